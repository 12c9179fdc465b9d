import { assertEquals } from "@std/assert"
import { cohere } from "../../../src/protocol/cohere/mod.ts"

Deno.test("models that answer or embed are read, with what they are told to do", () => {
  const listed = cohere.readModels({
    models: [
      {
        name: "command-a-03-2025",
        endpoints: ["generate", "chat"],
        context_length: 288_000,
        features: ["json_mode", "json_schema", "tools", "strict_tools"]
      },
      { name: "plain", endpoints: ["chat"], context_length: 0, features: null },
      { name: "embed-v4.0", endpoints: ["embed", "embed_image"], context_length: 128_000 },
      { name: "rerank-v4", endpoints: ["rerank"] },
      { name: "old", endpoints: ["chat"], is_deprecated: true },
      { endpoints: ["chat"] },
      "no"
    ]
  })
  assertEquals(listed.map(({ id }) => id), ["command-a-03-2025", "plain", "embed-v4.0"])
  const [command, plain, embed] = listed
  assertEquals(command?.capabilities, [
    "text-generation",
    "conversation",
    "tools",
    "json-schema"
  ])
  assertEquals(command?.lacks, ["vision", "reasoning", "embeddings"])
  assertEquals([command?.contextWindow, plain?.contextWindow], [288_000, undefined])
  assertEquals(plain?.capabilities, ["text-generation", "conversation"])
  assertEquals([embed?.capabilities, embed?.contextWindow], [["embeddings"], 128_000])
  assertEquals(cohere.readModels("no"), [])
})
