import { assertEquals } from "@std/assert"
import { gemini } from "../../../src/protocol/gemini/mod.ts"

Deno.test("readModels() takes the models that write or embed, by their short names", () => {
  assertEquals(
    gemini.readModels({
      models: [
        {
          name: "models/gemini-2.5-pro",
          displayName: "Gemini 2.5 Pro",
          inputTokenLimit: 1_048_576,
          outputTokenLimit: 65_536,
          thinking: true,
          supportedGenerationMethods: ["generateContent", "countTokens"]
        },
        { name: "models/embedding-001", supportedGenerationMethods: ["embedContent"] },
        { name: "models/imagen", supportedGenerationMethods: ["predict"] },
        { name: "tunedModels/mine", inputTokenLimit: "many" },
        { supportedGenerationMethods: ["generateContent"] },
        { name: 5 },
        null
      ]
    }),
    [
      {
        id: "gemini-2.5-pro",
        name: "Gemini 2.5 Pro",
        contextWindow: 1_048_576,
        maxOutputTokens: 65_536,
        capabilities: ["text-generation", "conversation", "reasoning"],
        lacks: ["embeddings"]
      },
      {
        id: "embedding-001",
        capabilities: ["embeddings"],
        lacks: [
          "text-generation",
          "conversation",
          "vision",
          "tools",
          "json-schema",
          "reasoning"
        ]
      },
      {
        id: "tunedModels/mine",
        capabilities: ["text-generation", "conversation"],
        lacks: ["embeddings"]
      }
    ]
  )
  for (const body of [null, [], {}, { models: "x" }, "x"]) assertEquals(gemini.readModels(body), [])
})
