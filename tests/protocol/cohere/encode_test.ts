import { assertEquals } from "@std/assert"
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { cohere } from "../../../src/protocol/cohere/mod.ts"

const text = (text: string) => ({ type: "text", text }) as const
const hello: Message = { role: "user", content: [text("Hello")] }
const image = { type: "image", url: "data:image/png;base64,AAAA", detail: "low" } as const

const asking = (
  parameters: Parameters = {},
  messages: ReadonlyArray<Message> = [hello]
): CompletionRequest => ({ model: "ours", messages, parameters, dropUnsupported: false })

/** What goes out, without what is left out. */
const sent = (request: CompletionRequest, stream = false) =>
  JSON.parse(JSON.stringify(cohere.encode(request, { model: "theirs", stream }).body))

const refused = (parameters: Parameters, messages?: ReadonlyArray<Message>) =>
  cohere.unsupported(asking(parameters, messages)).map(({ path }) => path.join("."))

const weather = { name: "weather", description: "d", parameters: { type: "object" } } as const

Deno.test("a request goes to /v2/chat, streamed or not", () => {
  assertEquals(cohere.encode(asking(), { model: "m", stream: true }).path, "/v2/chat")
  assertEquals(sent(asking()), {
    model: "theirs",
    messages: [{ role: "user", content: "Hello" }],
    stream: false
  })
  assertEquals(sent(asking(), true).stream, true)
})

Deno.test("parameters are said by Cohere's names", () => {
  const parameters: Parameters = {
    temperature: 0.5,
    maxTokens: 100,
    topP: 0.9,
    topK: 40,
    stop: ["a"],
    seed: 7,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    user: "ada",
    metadata: { a: "b" }
  }
  assertEquals(refused(parameters), [])
  const { messages: _, model: __, ...rest } = sent(asking(parameters))
  assertEquals(rest, {
    temperature: 0.5,
    max_tokens: 100,
    p: 0.9,
    k: 40,
    stop_sequences: ["a"],
    seed: 7,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    stream: false
  })
  assertEquals([sent(asking({ topP: 1 })).p, sent(asking({ topP: 0 })).p], [0.99, 0.01])
})

Deno.test("what Cohere cannot do is told by name, and left out", () => {
  const each: ReadonlyArray<readonly [string, string, Parameters]> = [
    ["temperature", "temperature", { temperature: 1.5 }],
    ["top_k", "k", { topK: 501 }],
    ["stop", "stop_sequences", { stop: ["1", "2", "3", "4", "5", "6"] }],
    ["seed", "seed", { seed: -1 }],
    ["presence_penalty", "presence_penalty", { presencePenalty: -0.5 }],
    ["frequency_penalty", "frequency_penalty", { frequencyPenalty: 1.5 }],
    ["n", "n", { n: 2 }],
    ["logprobs", "logprobs", { logprobs: 1 }],
    ["parallel_tool_calls", "parallel_tool_calls", { parallelToolCalls: false, tools: [weather] }],
    [
      "response_format",
      "response_format",
      { responseFormat: { type: "json_object" }, tools: [weather] }
    ]
  ]
  for (const [name, field, parameters] of each) {
    assertEquals(refused(parameters), [`parameters.${name}`])
    assertEquals(field in sent(asking(parameters)), false, field)
  }
  assertEquals(refused({ n: 1, stop: [], parallelToolCalls: true, presencePenalty: 0 }), [])
})

Deno.test("tools are offered; one that is asked for by name is the only one", () => {
  const tools = [weather, { name: "time", strict: true }]
  const offered = [
    { type: "function", function: weather },
    {
      type: "function",
      function: { name: "time", parameters: { type: "object", properties: {} } }
    }
  ]
  const body = sent(asking({ tools }))
  assertEquals([body.tools, body.strict_tools, body.tool_choice], [offered, true, undefined])
  assertEquals(sent(asking({ tools, toolChoice: "none" })).tool_choice, "NONE")
  assertEquals(sent(asking({ tools, toolChoice: "required" })).tool_choice, "REQUIRED")
  const named = sent(asking({ tools, toolChoice: { name: "weather" } }))
  assertEquals([named.tools, named.tool_choice], [[offered[0]], "REQUIRED"])
  assertEquals("tools" in sent(asking({ tools: [], toolChoice: "auto" })), false)
})

Deno.test("JSON is asked for with a schema or without", () => {
  const schema = { type: "object" }
  assertEquals(sent(asking({ responseFormat: { type: "json_object" } })).response_format, {
    type: "json_object"
  })
  assertEquals(
    sent(asking({ responseFormat: { type: "json_schema", name: "n", schema } })).response_format,
    { type: "json_object", json_schema: schema }
  )
  assertEquals("response_format" in sent(asking({ responseFormat: { type: "text" } })), false)
})

Deno.test("an effort is a budget for thinking", () => {
  const thinking = (reasoningEffort: Parameters["reasoningEffort"]) =>
    sent(asking({ reasoningEffort })).thinking
  assertEquals(thinking("none"), { type: "disabled" })
  assertEquals(thinking("low"), { type: "enabled", token_budget: 1024 })
  assertEquals(thinking("high"), { type: "enabled" })
  assertEquals(thinking(undefined), undefined)
})

Deno.test("a conversation with tools goes back as Cohere told it", () => {
  const messages: ReadonlyArray<Message> = [
    { role: "system", content: [text("Be "), text("brief.")] },
    { role: "user", content: [text("What is this?"), image] },
    {
      role: "assistant",
      content: [],
      reasoning: [
        { type: "text", text: "I will look." },
        { type: "text", text: "secret", signature: { dialect: "anthropic", value: "s" } }
      ],
      toolCalls: [{ id: "c1", name: "look", arguments: "{}" }]
    },
    { role: "tool", toolCallId: "c1", content: [text("a cat")] },
    { role: "assistant", content: [text("A cat.")], reasoning: [], toolCalls: [] }
  ]
  assertEquals(refused({}, messages), [])
  assertEquals(sent(asking({}, messages)).messages, [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: image.url, detail: "low" } }
      ]
    },
    {
      role: "assistant",
      tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }],
      tool_plan: "I will look."
    },
    { role: "tool", tool_call_id: "c1", content: "a cat" },
    { role: "assistant", content: "A cat." }
  ])
})

Deno.test("an image stands in a message of the user, and nowhere else", () => {
  const messages: ReadonlyArray<Message> = [
    hello,
    { role: "tool", toolCallId: "c", content: [text("a"), image] }
  ]
  assertEquals(refused({}, messages), ["messages.1.content.1"])
})
