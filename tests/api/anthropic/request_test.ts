import { assertEquals, assertStrictEquals } from "@std/assert"
import { toRequest } from "../../../src/api/anthropic/request.ts"
import type { CompletionRequest } from "../../../src/domain/Completion.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"

const hi = { role: "user", content: "Hi" }

const read = (body: object, headers: Record<string, string> = {}): CompletionRequest => {
  const request = toRequest(
    { model: "claude", max_tokens: 100, messages: [hi], ...body },
    new Headers(headers),
    "answer"
  )
  if (request instanceof GatewayError) throw new Error(JSON.stringify(request.reason))
  return request
}

/** The paths of what is wrong with a request. */
const wrong = (body: unknown, purpose: "answer" | "count" = "answer"): ReadonlyArray<string> => {
  const error = toRequest(body, new Headers(), purpose)
  if (!(error instanceof GatewayError) || error.reason._tag !== "InvalidRequest") {
    throw new Error("It is taken as it is")
  }
  return error.reason.issues.map(({ path }) => path.join("."))
}

const text = (text: string) => ({ type: "text" as const, text })

Deno.test("a plain question is read, and kept as it was written", () => {
  const body = { model: "claude", max_tokens: 100, messages: [hi], unheard_of: { of: 1 } }
  const headers = new Headers({
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "a-1,b-2",
    "x-api-key": "secret"
  })
  const request = toRequest(body, headers, "answer")
  if (request instanceof GatewayError) throw new Error("It is refused")
  assertEquals(request.model, "claude")
  assertEquals(request.messages, [{ role: "user", content: [text("Hi")] }])
  assertEquals(request.parameters.maxTokens, 100)
  assertEquals(request.dropUnsupported, true)
  const { original } = request
  assertStrictEquals(original?.body, body)
  assertStrictEquals(original?.messages, request.messages)
  assertStrictEquals(original?.parameters, request.parameters)
  assertEquals(original?.headers, {
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "a-1,b-2"
  })
  assertEquals(original?.only, [])
})

Deno.test("the system is told one text, without the line for Anthropic's accounts", () => {
  const system = [
    text("x-anthropic-billing-header: cc_version=2.1.177; cch=36ee5;"),
    { ...text("You are Claude Code."), cache_control: { type: "ephemeral" } },
    text("Be terse.")
  ]
  const asked = read({ system })
  assertEquals(asked.messages[0], {
    role: "system",
    content: [text("You are Claude Code.\n\nBe terse.")]
  })
  assertEquals(asked.original?.body.system, system)
  assertEquals(read({ system: "Be kind" }).messages[0], {
    role: "system",
    content: [text("Be kind")]
  })
  assertEquals(read({ system: "" }).messages.length, 1)
  const late = read({ messages: [hi, { role: "system", content: [text("From now on")] }] })
  assertEquals(late.messages.map(({ role }) => role), ["user", "system"])
})

Deno.test("results of tools become messages of their own, in order, and the user's words follow", () => {
  const { messages } = read({
    messages: [hi, {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a", content: "24 degrees" },
        text("Look:"),
        {
          type: "tool_result",
          tool_use_id: "b",
          is_error: true,
          content: [
            text("No such file"),
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }
          ]
        },
        { type: "tool_result", tool_use_id: "c" },
        { type: "image", source: { type: "url", url: "https://a.example/b.png" } }
      ]
    }]
  })
  assertEquals(messages.slice(1), [
    { role: "tool", toolCallId: "a", content: [text("24 degrees")] },
    {
      role: "tool",
      toolCallId: "b",
      isError: true,
      content: [text("No such file"), { type: "image", url: "data:image/png;base64,AAAA" }]
    },
    { role: "tool", toolCallId: "c", content: [] },
    {
      role: "user",
      content: [text("Look:"), { type: "image", url: "https://a.example/b.png" }]
    }
  ])
})

Deno.test("a model's turn is read with its thoughts, whoever signed them, and its calls", () => {
  const { messages } = read({
    messages: [hi, {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm", signature: "c2lnbmVk" },
        { type: "thinking", thinking: "Well", signature: "gemini:Zm9v" },
        { type: "thinking", thinking: "Unsigned", signature: "" },
        { type: "redacted_thinking", data: "ZGFyaw==" },
        text("I look"),
        { type: "redacted_thinking", data: "tool:gemini:YmFy" },
        { type: "tool_use", id: "1", name: "weather", input: { city: "Taipei" } },
        { type: "tool_use", id: "2", name: "time" }
      ]
    }]
  })
  assertEquals(messages[1], {
    role: "assistant",
    content: [text("I look")],
    reasoning: [
      { type: "text", text: "Hm", signature: { dialect: "anthropic", value: "c2lnbmVk" } },
      { type: "text", text: "Well", signature: { dialect: "gemini", value: "Zm9v" } },
      { type: "text", text: "Unsigned", signature: undefined },
      { type: "redacted", data: { dialect: "anthropic", value: "ZGFyaw==" } }
    ],
    toolCalls: [
      {
        id: "1",
        name: "weather",
        arguments: '{"city":"Taipei"}',
        signature: { dialect: "gemini", value: "YmFy" }
      },
      { id: "2", name: "time", arguments: "{}", signature: undefined }
    ]
  })
})

Deno.test("what Anthropic did not sign does not go to it, and all else stays in its order", () => {
  const said = { role: "assistant", content: [{ type: "text", text: "Hello", citations: null }] }
  const foreign = { type: "thinking", thinking: "Well", signature: "openai:Zm9v" }
  const own = { signature: "c2lnbmVk", thinking: "Hm", type: "thinking" }
  const call = { name: "time", type: "tool_use", input: {}, id: "2" }
  const { original } = read({
    messages: [
      hi,
      said,
      { role: "assistant", content: [foreign] },
      {
        content: [own, foreign, { type: "redacted_thinking", data: "tool:gemini:YmFy" }, call],
        role: "assistant"
      }
    ]
  })
  assertEquals(
    JSON.stringify(original?.body.messages),
    JSON.stringify([hi, said, { content: [own, call], role: "assistant" }])
  )
})

Deno.test("parameters are read into the gateway's words", () => {
  const { parameters } = read({
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    stop_sequences: ["END"],
    metadata: { user_id: "u-1" },
    tools: [
      { name: "time", input_schema: { type: "object" }, cache_control: { type: "ephemeral" } },
      { type: "custom", name: "weather", description: "Of a city", input_schema: {}, strict: true }
    ],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
    output_config: { format: { type: "json_schema", schema: { type: "object" } } }
  })
  assertEquals(JSON.parse(JSON.stringify(parameters)), {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    maxTokens: 100,
    stop: ["END"],
    tools: [
      { name: "time", parameters: { type: "object" } },
      { name: "weather", description: "Of a city", parameters: {}, strict: true }
    ],
    toolChoice: "required",
    parallelToolCalls: false,
    responseFormat: { type: "json_schema", name: "answer", schema: { type: "object" } },
    user: "u-1"
  })
})

Deno.test("a label that others would refuse for its length stays with Anthropic", () => {
  const user_id = `user_${"0".repeat(64)}_account__session_1`
  const { parameters, original } = read({ metadata: { user_id } })
  assertEquals(parameters.user, undefined)
  assertEquals(original?.body.metadata, { user_id })
})

Deno.test("each choice of a tool is understood", () => {
  const choice = (tool_choice: unknown) => read({ tool_choice }).parameters.toolChoice
  assertEquals(choice({ type: "auto" }), "auto")
  assertEquals(choice({ type: "any" }), "required")
  assertEquals(choice({ type: "none" }), "none")
  assertEquals(choice({ type: "tool", name: "time" }), { name: "time" })
  assertEquals(choice(null), undefined)
})

for (
  const [what, body, effort] of [
    ["nothing", {}, undefined],
    ["disabled", { thinking: { type: "disabled" } }, "none"],
    ["disabled, whatever the effort", {
      thinking: { type: "disabled" },
      output_config: { effort: "low" }
    }, "none"],
    ["a small budget", { thinking: { type: "enabled", budget_tokens: 4096 } }, "low"],
    ["a budget", { thinking: { type: "enabled", budget_tokens: 10_000 } }, "medium"],
    ["a large budget", { thinking: { type: "enabled", budget_tokens: 31_999 } }, "high"],
    ["adaptive", { thinking: { type: "adaptive" } }, "high"],
    ["adaptive with effort", {
      thinking: { type: "adaptive" },
      output_config: { effort: "low" }
    }, "low"],
    ["a kind of thinking not heard of", { thinking: { type: "between_tools" } }, "high"],
    ["effort alone", { output_config: { effort: "max" } }, "xhigh"],
    ["an effort not heard of", { output_config: { effort: "extreme" } }, undefined]
  ] as const
) {
  Deno.test(`how hard to think: ${what}`, () =>
    assertEquals(read(body).parameters.reasoningEffort, effort))
}

Deno.test("what only Anthropic's own can take is marked by its place, and kept as it was written", () => {
  const body = {
    tools: [
      { name: "time", input_schema: {} },
      { type: "web_search_20250305", name: "web_search", max_uses: 5 }
    ],
    messages: [{
      role: "user",
      content: [
        { type: "document", source: { type: "text", media_type: "text/plain", data: "…" } },
        { type: "image", source: { type: "file", file_id: "file_1" } },
        { type: "tool_result", tool_use_id: "a", content: [{ type: "search_result" }] }
      ]
    }, { role: "assistant", content: [{ type: "server_tool_use", id: "s", name: "web_search" }] }],
    mcp_servers: [{ type: "url", url: "https://mcp.example" }],
    container: null
  }
  const { original, parameters } = read(body)
  assertEquals(original?.only?.map(({ path }) => path.join(".")), [
    "messages.0.content.0",
    "messages.0.content.1.source",
    "messages.0.content.2.content.0",
    "messages.1.content.0",
    "mcp_servers",
    "tools.1"
  ])
  assertEquals(original?.body.tools, body.tools)
  assertEquals(parameters.tools?.map(({ name }) => name), ["time"])
})

Deno.test("all that is wrong is told at once, by the client's own words", () => {
  assertEquals(wrong({}), ["model", "max_tokens", "messages"])
  assertEquals(wrong({ model: "m", messages: [hi] }), ["max_tokens"])
  assertEquals(
    wrong({
      model: "m",
      max_tokens: 0,
      temperature: 1.5,
      top_k: "many",
      stop_sequences: [1],
      tools: [{ description: "nameless" }],
      tool_choice: { type: "tool" },
      output_config: { format: { type: "json_object" } },
      messages: [
        { role: "robot", content: "Hi" },
        { role: "user", content: 7 },
        { role: "user", content: [{}, { type: "text" }, { type: "tool_result" }] },
        { role: "user", content: [{ type: "image", source: { type: "base64" } }] },
        { role: "assistant", content: [{ type: "tool_use", input: "{}" }] }
      ]
    }).toSorted(),
    [
      "max_tokens",
      "messages.0.role",
      "messages.1.content",
      "messages.2.content.0",
      "messages.2.content.1.text",
      "messages.2.content.2.tool_use_id",
      "messages.3.content.0.source",
      "messages.4.content.0.id",
      "messages.4.content.0.input",
      "messages.4.content.0.name",
      "output_config.format",
      "stop_sequences",
      "temperature",
      "tool_choice.name",
      "tools.0.input_schema",
      "tools.0.name",
      "top_k"
    ]
  )
})

Deno.test("to have a prompt counted, no budget need be given", () => {
  assertEquals(wrong({ messages: [hi] }, "count"), ["model"])
  assertEquals(wrong({ messages: [hi], max_tokens: 0 }, "count"), ["model", "max_tokens"])
})

Deno.test("what cannot be honoured is left out, unless the client says otherwise", () => {
  const said = { "x-penstock-drop-unsupported": "false" }
  assertEquals(read({}, said).dropUnsupported, false)
})
