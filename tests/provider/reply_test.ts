import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { openai } from "../../src/protocol/openai/mod.ts"
import * as Reply from "../../src/provider/reply.ts"
import { test } from "../kit/effect.ts"
import { base64 } from "../protocol/vectors.ts"

const { embeddings } = openai()

/** What is made of `vectors` that came for two inputs, as they stand in JSON. */
const read = (...vectors: ReadonlyArray<string>) =>
  Effect.suspend(() => {
    if (embeddings === undefined) throw new Error("There are no embeddings")
    const items = vectors.map((vector, index) => `{"index":${index},"embedding":${vector}}`)
    return Reply.vectors(`{"data":[${items.join()}]}`, embeddings, 2)
  })

test("vectors come as numbers or as base64", () =>
  Effect.gen(function* () {
    const { vectors } = yield* read("[0.5,-2]", `"${base64([1, 0.25])}"`)
    assertEquals(vectors, [[0.5, -2], [1, 0.25]])
  }))

for (
  const [name, wrong] of Object.entries({
    "one vector for two inputs": ["[1,2]"],
    "three vectors for two inputs": ["[1,2]", "[1,2]", "[1,2]"],
    "vectors of different lengths": ["[1,2]", "[1]"],
    "an empty vector": ["[1]", "[]"],
    "a number that is too large for one": ["[1]", "[1e999]"],
    "a number in words": ["[1]", '["1"]'],
    "no number": ["[1]", "[null]"],
    "words": ["[1,2]", '"hello, worlds!"'],
    "bytes of what is no number": ["[1]", `"${base64([NaN])}"`],
    "half a number": ["[1]", '"AAAAAAA="'],
    "nothing": ["[1]", "null"]
  })
) {
  test(`${name} is no answer`, () =>
    Effect.gen(function* () {
      assertEquals((yield* Effect.flip(read(...wrong))).class, "bad_response")
    }))
}
