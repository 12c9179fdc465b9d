import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import type { Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import type { Fields } from "../../../src/protocol/json.ts"
import * as catalog from "../../../src/provider/catalog/mod.ts"
import type { Provider } from "../../../src/provider/Provider.ts"
import { test } from "../../kit/effect.ts"
import { asking, sentBy } from "./connected.ts"

/** Each provider that speaks OpenAI's dialect: its variables, its address, and its own words. */
const providers: ReadonlyArray<
  readonly [id: string, env: Record<string, string>, url: string]
> = [
  ["openai", { OPENAI_API_KEY: "k" }, "https://api.openai.com/v1/chat/completions"],
  ["groq", { GROQ_API_KEY: "k" }, "https://api.groq.com/openai/v1/chat/completions"],
  [
    "groq",
    { GROQ_API_KEY: "k", GROQ_BASE_URL: "https://api.groq.com" },
    "https://api.groq.com/openai/v1/chat/completions"
  ],
  ["mistral", { MISTRAL_API_KEY: "k" }, "https://api.mistral.ai/v1/chat/completions"],
  ["deepseek", { DEEPSEEK_API_KEY: "k" }, "https://api.deepseek.com/v1/chat/completions"],
  ["openrouter", { OPENROUTER_API_KEY: "k" }, "https://openrouter.ai/api/v1/chat/completions"],
  ["xai", { XAI_API_KEY: "k" }, "https://api.x.ai/v1/chat/completions"],
  ["together", { TOGETHER_API_KEY: "k" }, "https://api.together.xyz/v1/chat/completions"],
  [
    "fireworks",
    { FIREWORKS_API_KEY: "k" },
    "https://api.fireworks.ai/inference/v1/chat/completions"
  ],
  ["perplexity", { PERPLEXITY_API_KEY: "k" }, "https://api.perplexity.ai/chat/completions"],
  ["huggingface", { HF_TOKEN: "k" }, "https://router.huggingface.co/v1/chat/completions"],
  [
    "vllm",
    { VLLM_BASE_URL: "http://there:8001", VLLM_API_KEY: "k" },
    "http://there:8001/v1/chat/completions"
  ],
  [
    "lmstudio",
    { LM_STUDIO_BASE_URL: "http://there:1234", LM_STUDIO_API_KEY: "k" },
    "http://there:1234/v1/chat/completions"
  ],
  ["ollama", {}, "http://127.0.0.1:11434/v1/chat/completions"]
]

for (const [id, env, url] of providers) {
  test(`${id} is asked at ${url}`, () =>
    Effect.gen(function* () {
      const sent = yield* sentBy(id, { env }, asking())
      assertEquals(sent.url, url)
      assertEquals(sent.headers.authorization, id === "ollama" ? undefined : "Bearer k")
    }))
}

test("vLLM and LM Studio are asked without a key where none is set", () =>
  Effect.gen(function* () {
    for (const [id, name] of [["vllm", "VLLM_BASE_URL"], ["lmstudio", "LM_STUDIO_BASE_URL"]]) {
      const sent = yield* sentBy(id!, { env: { [name!]: "http://there" } }, asking())
      assertEquals(sent.headers.authorization, undefined)
    }
  }))

const dialectOf = (id: string) => {
  const found: Provider | undefined = Object.values(catalog).find((one) => one.id === id)
  if (found === undefined) throw new Error(id)
  return found.dialect
}

/** The fields that `id` is sent for `parameters`, without those of every request. */
const fieldsFor = (
  id: string,
  parameters: Parameters,
  { stream = false, messages = asking().messages } = {}
): Record<string, unknown> => {
  const { body } = dialectOf(id).encode(asking(parameters, messages), { model: "m", stream })
  const { model: _, messages: __, ...fields } = JSON.parse(JSON.stringify(body))
  return fields
}

/** What each provider is sent instead of what OpenAI's dialect says by default. */
const words: ReadonlyArray<
  readonly [ids: ReadonlyArray<string>, parameters: Parameters, fields: Record<string, unknown>]
> = [
  [["openai", "azure", "groq", "xai"], { maxTokens: 5 }, { max_completion_tokens: 5 }],
  [
    ["mistral", "deepseek", "openrouter", "together", "fireworks", "perplexity", "huggingface"],
    { maxTokens: 5 },
    { max_tokens: 5 }
  ],
  [["vllm", "lmstudio", "ollama"], { maxTokens: 5 }, { max_tokens: 5 }],
  [["openai"], { user: "u" }, { safety_identifier: "u" }],
  [["deepseek"], { user: "u" }, { user_id: "u" }],
  [["azure", "groq", "xai", "together"], { user: "u" }, { user: "u" }],
  [["mistral", "perplexity"], { user: "u" }, {}],
  [["mistral"], { seed: 1 }, { random_seed: 1 }],
  [["openai", "groq", "xai", "vllm"], { seed: 1 }, { seed: 1 }],
  [["perplexity"], { seed: 1, stop: ["a"], tools: [{ name: "t" }] }, {}],
  [["deepseek"], { reasoningEffort: "none" }, { thinking: { type: "disabled" } }],
  [["deepseek"], { reasoningEffort: "high" }, {
    thinking: { type: "enabled" },
    reasoning_effort: "high"
  }],
  [["openai", "groq", "xai", "openrouter"], { reasoningEffort: "low" }, {
    reasoning_effort: "low"
  }],
  [["together", "fireworks", "openrouter", "vllm", "lmstudio"], { topK: 3 }, { top_k: 3 }],
  [["openai", "azure", "mistral", "groq", "xai", "deepseek", "perplexity"], { topK: 3 }, {}],
  [["groq", "deepseek", "openrouter", "ollama", "lmstudio"], { n: 2 }, {}],
  [["openai", "mistral", "xai", "together", "fireworks", "vllm"], { n: 2 }, { n: 2 }],
  [["deepseek"], { responseFormat: { type: "json_object" } }, {
    response_format: { type: "json_object" }
  }],
  [["lmstudio", "perplexity"], { responseFormat: { type: "json_object" } }, {}],
  [["deepseek"], { responseFormat: { type: "json_schema", name: "n", schema: {} } }, {}],
  [["openai", "groq", "fireworks"], { stop: ["a", "b", "c", "d", "e"] }, {
    stop: ["a", "b", "c", "d"]
  }],
  [["mistral"], { tools: [{ name: "t" }], toolChoice: "required" }, {
    tools: [{ type: "function", function: { name: "t" } }],
    tool_choice: "any"
  }],
  [["ollama"], { tools: [{ name: "t" }], toolChoice: "required" }, {
    tools: [{ type: "function", function: { name: "t" } }]
  }]
]

for (const [ids, parameters, fields] of words) {
  Deno.test(`${ids.join(", ")}: ${JSON.stringify(parameters)} is ${JSON.stringify(fields)}`, () => {
    for (const id of ids) assertEquals(fieldsFor(id, parameters), fields, id)
  })
}

Deno.test("a tool that is asked for by its name is the only one shown where names are not taken", () => {
  const parameters: Parameters = {
    tools: [{ name: "a" }, { name: "b" }],
    toolChoice: { name: "b" }
  }
  const only = [{ type: "function", function: { name: "b" } }]
  assertEquals(fieldsFor("mistral", parameters), { tools: only, tool_choice: "any" })
  assertEquals(fieldsFor("lmstudio", parameters), { tools: only, tool_choice: "required" })
  assertEquals(fieldsFor("groq", parameters).tool_choice, {
    type: "function",
    function: { name: "b" }
  })
})

Deno.test("usage is asked for in streams, but not of who tells it unasked", () => {
  for (const [id] of providers) {
    const asked = fieldsFor(id, {}, { stream: true }).stream_options
    const unasked = id === "mistral" || id === "perplexity"
    assertEquals(asked, unasked ? undefined : { include_usage: true }, id)
  }
})

const conversation: ReadonlyArray<Message> = [
  { role: "user", name: "ann", content: [{ type: "text", text: "Hi" }] },
  {
    role: "assistant",
    content: [],
    reasoning: [{ type: "text", text: "Hm" }],
    toolCalls: [{ id: "call_0123456789", name: "t", arguments: "{}" }]
  },
  { role: "tool", toolCallId: "call_0123456789", content: [{ type: "text", text: "7" }] }
]

const messagesFor = (id: string, messages = conversation): ReadonlyArray<Fields> =>
  JSON.parse(JSON.stringify(
    dialectOf(id).encode(asking({}, messages), { model: "m", stream: false }).body.messages
  ))

Deno.test("the reasoning of earlier turns goes back where, and as, the provider takes it", () => {
  const fields = ["reasoning", "reasoning_content"]
  const sent = (id: string) => fields.filter((name) => messagesFor(id)[1]![name] === "Hm")
  for (const id of ["deepseek", "fireworks"]) assertEquals(sent(id), ["reasoning_content"], id)
  for (const id of ["groq", "openrouter", "ollama", "vllm"]) assertEquals(sent(id), ["reasoning"])
  for (const id of ["openai", "mistral", "xai", "together"]) assertEquals(sent(id), [], id)
})

Deno.test("names of messages are left out where they are not taken", () => {
  for (const id of ["groq", "mistral", "xai", "perplexity"]) {
    assertEquals(messagesFor(id)[0]!.name, undefined, id)
  }
  for (const id of ["openai", "deepseek", "together"]) {
    assertEquals(messagesFor(id)[0]!.name, "ann", id)
  }
})

Deno.test("Mistral is shown ids of nine letters and digits, the same for a call and its result", () => {
  const idsOf = (messages: ReadonlyArray<Fields>): ReadonlyArray<unknown> => {
    const [, assistant, tool] = JSON.parse(JSON.stringify(messages))
    return [assistant.tool_calls[0].id, tool.tool_call_id]
  }
  const [call, result] = idsOf(messagesFor("mistral"))
  assert(/^[a-zA-Z0-9]{9}$/.test(String(call)), String(call))
  assertEquals(result, call)
  assertEquals(idsOf(messagesFor("openai")), ["call_0123456789", "call_0123456789"])
  const own = JSON.parse(JSON.stringify(conversation).replaceAll("call_0123456789", "D681PevKs"))
  assertEquals(idsOf(messagesFor("mistral", own)), ["D681PevKs", "D681PevKs"])
})

Deno.test("what a provider does not take is told by its path", () => {
  const told = (id: string, parameters: Parameters, messages = asking().messages) =>
    dialectOf(id).unsupported(asking(parameters, messages)).map(({ path }) => path.join("."))
  assertEquals(told("perplexity", { tools: [{ name: "t" }], seed: 1, temperature: 1 }), [
    "parameters.tools",
    "parameters.seed"
  ])
  assertEquals(told("groq", { n: 2, logprobs: 1 }), ["parameters.n", "parameters.logprobs"])
  // What they would do anyway is no reason to refuse.
  assertEquals(told("groq", { n: 1 }), [])
  assertEquals(told("ollama", { tools: [{ name: "t" }], toolChoice: "auto" }), [])
  assertEquals(told("openai", { topK: 3 }), ["parameters.top_k"])
  assertEquals(told("vllm", { topK: 3 }), [])
  assertEquals(told("openai", { stop: ["a", "b", "c", "d", "e"] }), ["parameters.stop"])
  assertEquals(
    told("deepseek", { responseFormat: { type: "json_schema", name: "n", schema: {} } }),
    [
      "parameters.response_format"
    ]
  )
  assertEquals(told("lmstudio", { responseFormat: { type: "text" } }), [])
  assertEquals(told("groq", {}, conversation), ["messages.0.name"])
})

Deno.test("xAI's models that reason are known to refuse penalties and stops", () => {
  const refused = (id: string) =>
    dialectOf("xai").readModels({ data: [{ id }] })[0]?.unsupportedParameters ?? []
  const penalties = ["presence_penalty", "frequency_penalty", "stop"]
  assertEquals(refused("grok-3-mini"), penalties)
  assertEquals(refused("grok-4.3"), penalties)
  assertEquals(refused("grok-4-0709"), [...penalties, "reasoning_effort"])
  assertEquals(refused("grok-code-fast-1"), [...penalties, "reasoning_effort"])
  assertEquals(refused("grok-4-1-fast-non-reasoning"), [])
  assertEquals(refused("grok-3"), [])
})
