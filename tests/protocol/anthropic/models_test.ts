import { assertEquals } from "@std/assert"
import { readModels } from "../../../src/protocol/anthropic/models.ts"

const yes = { supported: true }
const no = { supported: false }

const model = {
  type: "model",
  id: "claude-next-20261101",
  display_name: "Claude Next",
  created_at: "2026-11-01T00:00:00Z",
  lifecycle: "active",
  max_input_tokens: 1_000_000,
  max_tokens: 128_000,
  capabilities: { batch: yes, image_input: yes, structured_outputs: no, thinking: yes }
}

Deno.test("Anthropic's list tells names, limits and some capabilities, yes or no", () => {
  assertEquals(readModels({ data: [model], has_more: false }), [{
    id: "claude-next-20261101",
    name: "Claude Next",
    contextWindow: 1_000_000,
    maxOutputTokens: 128_000,
    capabilities: ["text-generation", "conversation", "vision", "reasoning"],
    lacks: ["json-schema", "embeddings"]
  }])
})

Deno.test("who is like Anthropic may tell less", () => {
  assertEquals(
    readModels({ data: [{ id: "a" }, { id: "b", capabilities: null, max_tokens: null }] }),
    [
      { id: "a" },
      { id: "b" }
    ]
  )
})

Deno.test("a model that the list only remembers is not served", () => {
  const retired = { ...model, id: "claude-old", lifecycle: "retired" }
  const going = { ...model, id: "claude-going", lifecycle: "deprecated" }
  assertEquals(readModels({ data: [retired, going] }).map(({ id }) => id), ["claude-going"])
})

Deno.test("nothing is read from what is no list", () => {
  for (const body of [null, undefined, [], {}, "x", { data: [null, 7, {}, { id: 7 }] }]) {
    assertEquals(readModels(body), [])
  }
})
