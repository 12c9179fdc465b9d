import { assert, assertEquals, assertStrictEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { EmbeddingRequest } from "../../src/domain/Embedding.ts"
import { mostParts, partsOf, tooMany } from "../../src/protocol/parts.ts"
import { law } from "../kit/effect.ts"

const request: EmbeddingRequest = { model: "m", inputs: ["a", "bb", "ccc", "dddd"] }

const cut = (...[size]: [Parameters<typeof partsOf>[1]]) =>
  partsOf(request, size).map(({ inputs }) => inputs)

Deno.test("what fits into one call is left as it is", () => {
  assertStrictEquals(partsOf(request, { texts: 4 })[0], request)
  assertStrictEquals(partsOf(request, { texts: 250, characters: 10 })[0], request)
})

Deno.test("a part ends where its texts or its characters are used up", () => {
  assertEquals(cut({ texts: 1 }), [["a"], ["bb"], ["ccc"], ["dddd"]])
  assertEquals(cut({ texts: 3 }), [["a", "bb", "ccc"], ["dddd"]])
  assertEquals(cut({ texts: 9, characters: 6 }), [["a", "bb", "ccc"], ["dddd"]])
  assertEquals(cut({ texts: 2, characters: 6 }), [["a", "bb"], ["ccc"], ["dddd"]])
})

Deno.test("a text that is too long by itself goes alone", () => {
  assertEquals(cut({ texts: 9, characters: 3 }), [["a", "bb"], ["ccc"], ["dddd"]])
  assertEquals(cut({ texts: 9, characters: 2 }), [["a"], ["bb"], ["ccc"], ["dddd"]])
})

law(
  "parts are the inputs in their order, none is empty, and none is too large",
  Schema.Struct({
    inputs: Schema.NonEmptyArray(Schema.String),
    texts: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 })),
    characters: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 }))
  }),
  ({ inputs, texts, characters }) => {
    const parts = partsOf({ model: "m", inputs }, { texts, characters })
    return parts.flatMap((part) => part.inputs).join("\n") === inputs.join("\n") &&
      parts.every(({ inputs: some }) =>
        some.length > 0 && some.length <= texts &&
        (some.length === 1 || some.join("").length <= characters)
      )
  }
)

Deno.test("what Gemini's clients say of each text goes with it", () => {
  const requests = [{ title: "A" }, { title: "B" }, { title: "C" }, { title: "D" }]
  const extra = { requests }
  const parts = partsOf({ ...request, dialect: "gemini", extra }, { texts: 3 })
  assertEquals(parts.map((part) => part.extra?.requests), [requests.slice(0, 3), requests.slice(3)])
  const others = partsOf({ ...request, dialect: "openai", extra }, { texts: 3 })
  assertEquals(others.map((part) => part.extra), [extra, extra])
})

Deno.test("so many calls are made for a request, and no more", () => {
  const of = (length: number) =>
    tooMany(partsOf({ ...request, inputs: Array(length).fill("a") }, { texts: 1 }))
  assertEquals(of(mostParts), [])
  const [refused] = of(mostParts + 1)
  assertEquals(refused?.path, ["inputs"])
  assert(refused?.message.includes("101 calls"), refused?.message)
})
