import { assertEquals } from "@std/assert"
import { openai } from "../../../src/protocol/openai/mod.ts"

const { modelsPath, readModels } = openai()

/** What is read of one model in a list. */
const read = (model: object) => readModels({ object: "list", data: [model] })[0]

const answers = ["text-generation", "conversation"]

Deno.test("readModels() reads the ids of each kind of list", () => {
  assertEquals(modelsPath, "/models")
  assertEquals(readModels({ object: "list", data: [{ id: "a" }, { id: "b" }] }), [{ id: "a" }, {
    id: "b"
  }])
  assertEquals(readModels({ models: [{ name: "c" }, { id: "d", name: "D" }] }), [
    { id: "c" },
    { id: "d", name: "D" }
  ])
  assertEquals(readModels([{ id: "e" }]), [{ id: "e" }])
})

Deno.test("readModels() reads nothing from anything else", () => {
  for (
    const body of [null, undefined, "x", 7, {}, { data: {} }, { data: [null, "a", { id: 7 }] }]
  ) {
    assertEquals(openai().readModels(body), [])
  }
})

Deno.test("of OpenAI's, DeepSeek's and Ollama's lists no more than the id is read", () => {
  const lean = { id: "gpt-9", object: "model", created: 1_770_000_000, owned_by: "openai" }
  assertEquals(read({ ...lean, shutdown_date: null }), { id: "gpt-9" })
})

Deno.test("only its name tells that a model makes vectors, where a list tells ids alone", () => {
  for (
    const id of ["text-embedding-9", "mistral-embed", "nomic-embed-text:latest", "a/Embeddings-v2"]
  ) {
    assertEquals(read({ id })?.capabilities, ["embeddings"], id)
    assertEquals(read({ id })?.lacks?.includes("conversation"), true, id)
  }
  for (const id of ["gpt-9", "embedded-expert", "bge-m3"]) {
    assertEquals(read({ id })?.capabilities, undefined, id)
  }
})

const openRouter = {
  id: "maker/model-1",
  canonical_slug: "maker/model-1-20260101",
  name: "Maker: Model 1",
  context_length: 200_000,
  architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
  pricing: {
    prompt: "0.000003",
    completion: "0.000015",
    request: "0",
    image: "0.0048",
    input_cache_read: "0.0000003",
    input_cache_write: "0.00000375",
    internal_reasoning: "0"
  },
  top_provider: { context_length: 200_000, max_completion_tokens: 64_000, is_moderated: true },
  supported_parameters: ["max_tokens", "temperature", "tools", "tool_choice", "response_format"]
}

Deno.test("OpenRouter's list tells nearly all: name, limits, prices for a token, what is taken", () => {
  assertEquals(read(openRouter), {
    id: "maker/model-1",
    name: "Maker: Model 1",
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
    rates: {
      input: 3,
      output: 15,
      cachedInput: 0.3,
      cacheWrite: 3.75,
      reasoning: undefined,
      perRequest: undefined
    },
    capabilities: [...answers, "vision", "tools"] as const,
    lacks: ["json-schema", "reasoning", "embeddings"]
  })
  const blind = { input_modalities: ["text"], output_modalities: ["text"] }
  const supported_parameters = ["structured_outputs", "reasoning", "include_reasoning"]
  assertEquals(read({ ...openRouter, architecture: blind, supported_parameters })?.capabilities, [
    "text-generation",
    "conversation",
    "json-schema",
    "reasoning"
  ])
})

Deno.test("a price that is none is not read: negative, no number, or half of one", () => {
  for (
    const pricing of [
      { prompt: "-1", completion: "-1" },
      { prompt: "free", completion: "0" },
      { prompt: "0.1" },
      { prompt: "1e300", completion: "1" },
      { prompt: "", completion: "" },
      { prompt: [1], completion: {} },
      "cheap",
      null
    ]
  ) assertEquals(read({ ...openRouter, pricing })?.rates, undefined, JSON.stringify(pricing))
  // OpenRouter says of what is free that it is.
  const { rates } = read({ ...openRouter, pricing: { prompt: "0", completion: "0" } })!
  assertEquals([rates?.input, rates?.output], [0, 0])
})

Deno.test("Groq tells limits, and what is switched off", () => {
  const groq = {
    id: "llama-9",
    active: true,
    context_window: 131_072,
    max_completion_tokens: 32_768
  }
  assertEquals(read({ ...groq, public_apps: null }), {
    id: "llama-9",
    contextWindow: 131_072,
    maxOutputTokens: 32_768
  })
  assertEquals(read({ ...groq, active: false }), undefined)
})

Deno.test("Mistral tells some capabilities, yes or no", () => {
  const mistral = {
    id: "mistral-large-9",
    name: "mistral-large-9",
    aliases: ["mistral-large-latest"],
    deprecation: null,
    max_context_length: 131_072,
    capabilities: {
      completion_chat: true,
      completion_fim: false,
      function_calling: true,
      fine_tuning: false,
      vision: false
    }
  }
  assertEquals(read(mistral), {
    id: "mistral-large-9",
    contextWindow: 131_072,
    capabilities: ["text-generation", "conversation", "tools"],
    lacks: ["vision", "embeddings"]
  })
  assertEquals(read({ ...mistral, archived: true }), undefined)
})

Deno.test("Together tells what a model makes, and prices for a million tokens", () => {
  const together = {
    id: "maker/chat",
    type: "chat",
    display_name: "Chat",
    context_length: 8192,
    pricing: { hourly: 0, input: 0.6, output: 1.7, base: 0, finetune: 0 }
  }
  const chat = read(together)!
  assertEquals([chat.name, chat.contextWindow, chat.capabilities?.length], ["Chat", 8192, 2])
  assertEquals([chat.rates?.input, chat.rates?.output], [0.6, 1.7])
  // Nothing is free there: it is sold by the hour.
  assertEquals(read({ ...together, pricing: { input: 0, output: 0 } })?.rates, undefined)
  assertEquals(read({ ...together, type: "embedding" })?.capabilities, ["embeddings"])
  for (const type of ["image", "moderation", "rerank", "audio", "video", "transcribe"]) {
    assertEquals(read({ ...together, type }), undefined, type)
  }
  for (const type of ["new", "constructor", "__proto__", 7]) {
    assertEquals(read({ ...together, type })?.capabilities, undefined, String(type))
  }
})

Deno.test("vLLM, LM Studio, llama.cpp and Fireworks tell some", () => {
  assertEquals(read({ id: "v", max_model_len: 4096, root: "v", parent: null }), {
    id: "v",
    contextWindow: 4096
  })
  const seeing = read({ id: "q", type: "vlm", max_context_length: 32_768, state: "not-loaded" })
  assertEquals([seeing?.contextWindow, seeing?.capabilities], [32_768, [...answers, "vision"]])
  const blind = read({ id: "q", type: "llm", capabilities: ["tool_use"] })
  assertEquals([blind?.capabilities, blind?.lacks], [[...answers, "tools"], [
    "vision",
    "embeddings"
  ]])
  assertEquals(read({ id: "l", meta: { n_ctx: 2048 } })?.contextWindow, 2048)
  assertEquals(
    read({
      id: "accounts/fireworks/models/f",
      supports_chat: true,
      supports_image_input: false,
      supports_tools: true,
      context_length: 131_072
    })?.capabilities,
    [...answers, "tools"]
  )
})

Deno.test("of Hugging Face's many providers, what one of them does is done, and all keep to the least window", () => {
  const provider = { provider: "one", status: "live", supports_tools: true, context_length: 9000 }
  const model = read({
    id: "maker/open",
    architecture: { input_modalities: ["text"], output_modalities: ["text"] },
    providers: [
      provider,
      {
        ...provider,
        context_length: 4000,
        supports_tools: false,
        supports_structured_output: false
      }
    ]
  })
  assertEquals(model, {
    id: "maker/open",
    contextWindow: 4000,
    capabilities: ["text-generation", "conversation", "tools"],
    lacks: ["vision", "json-schema", "embeddings"]
  })
})

Deno.test("whatever fields hold, no more is read than what they can mean", () => {
  const wrong = [null, true, -1, 0, 1.5, 1e99, "9", {}, [], [null], { a: 1 }]
  const fields = [
    "name",
    "display_name",
    "context_length",
    "max_model_len",
    "max_completion_tokens",
    "top_provider",
    "pricing",
    "architecture",
    "supported_parameters",
    "capabilities",
    "providers",
    "meta",
    "kind"
  ]
  for (const field of fields) {
    for (const value of wrong) {
      const model = read({ id: "m", [field]: value })!
      const { id, name = "", contextWindow = 1, maxOutputTokens = 1 } = model
      assertEquals([id, typeof name, model.rates], ["m", "string", undefined], field)
      for (const limit of [contextWindow, maxOutputTokens]) {
        assertEquals(Number.isSafeInteger(limit) && limit > 0, true, field)
      }
    }
  }
})
