import { assert, assertEquals } from "@std/assert"
import { openai } from "../../src/provider/catalog/mod.ts"
import { isSame, make, mostModels } from "../../src/provider/ModelList.ts"

const named = (...ids: ReadonlyArray<string>) => ids.map((id) => ({ id }))
const idsOf = (ids: ReadonlyArray<string>) => Array.from(make(named(...ids), openai).keys())

Deno.test("a list has each model once: the first of an id counts", () => {
  const list = make([{ id: "a", name: "First" }, { id: "b" }, { id: "a", name: "Second" }], openai)
  assertEquals([...list.keys()], ["a", "b"])
  assertEquals(list.get("a")?.name, "First")
})

Deno.test("a list has no more than 5,000 models", () => {
  const ids = Array.from({ length: mostModels + 100 }, (_, index) => `m-${index}`)
  const list = idsOf(["m-0", "m-0", ...ids])
  assertEquals(list, ids.slice(0, mostModels))
})

Deno.test("an id is a name that can be seen on one line, of 256 characters at most", () => {
  const good = ["maker/model:8b@q4", "模型", "My Model.gguf", "x".repeat(256), "__proto__"]
  assertEquals(idsOf(good), good)
  assertEquals(
    idsOf([
      "",
      "x".repeat(257),
      "a\nb",
      "a\r\nX-Evil: 1",
      "a\u0000",
      "\u202egnp",
      "\ud800",
      "\u2028"
    ]),
    []
  )
})

Deno.test("a name is made fit to be shown", () => {
  const name = (text: string) => make([{ id: "a", name: text }], openai).get("a")?.name
  assertEquals(name("  GPT\u0007 9\n\u001b[31m "), "GPT 9[31m")
  assertEquals(name("\u0000\n"), "a")
  assertEquals(name("n".repeat(1000))?.length, 256)
})

Deno.test("of OpenAI's list only what writes or embeds is taken", () => {
  const others = [
    "whisper-1",
    "tts-1-hd",
    "dall-e-3",
    "gpt-image-2",
    "omni-moderation-latest",
    "sora-2",
    "gpt-realtime-mini",
    "gpt-4o-realtime-preview",
    "gpt-4o-mini-tts",
    "gpt-4o-transcribe",
    "gpt-audio",
    "babbage-002"
  ]
  assertEquals(idsOf(others), [])
  const good = ["gpt-9", "o9-mini", "gpt-4o-2024-08-06", "text-embedding-3-large", "ft:gpt-9:me::x"]
  assertEquals(idsOf(good), good)
})

Deno.test("two lists are the same that tell the same in the same order", () => {
  const a = make([{ id: "a", contextWindow: 1 }, { id: "b" }], openai)
  assert(isSame(a, make([{ id: "a", contextWindow: 1 }, { id: "b" }], openai)))
  assert(!isSame(a, make([{ id: "b" }, { id: "a", contextWindow: 1 }], openai)))
  assert(!isSame(a, make([{ id: "a", contextWindow: 2 }, { id: "b" }], openai)))
  assert(!isSame(a, make([{ id: "a", contextWindow: 1 }], openai)))
})
