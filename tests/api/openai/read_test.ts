import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { readChat } from "../../../src/api/openai/chat/read.ts"
import { readCompletion } from "../../../src/api/openai/completions/read.ts"
import { paramOf } from "../../../src/api/openai/invalid.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"

const hi = [{ role: "user", content: "Hi" }]
const none = new Headers()

/** What is read of a chat with these fields. */
const read = (fields: object, headers = none) =>
  good(readChat({ model: "gpt-4", messages: hi, ...fields }, headers))
const parameters = (fields: object) =>
  Object.fromEntries(
    Object.entries(read(fields).request.parameters).filter(([, value]) => value !== undefined)
  )
const messages = (...messages: ReadonlyArray<unknown>) => read({ messages }).request.messages
const message = (said: unknown) => messages(said)[0]

/** What was read; fails where it was refused. */
const good = <A extends object>(result: A | GatewayError): A => {
  if (result instanceof GatewayError) throw new Error(JSON.stringify(result.reason))
  return result
}

/** What is wrong, by the name that the client knows it by. */
const wrong = (result: object): ReadonlyArray<string | undefined> => {
  if (!(result instanceof GatewayError) || result.reason._tag !== "InvalidRequest") {
    throw new Error("It was not refused")
  }
  const { issues, message } = result.reason
  assertStringIncludes(message, paramOf(issues[0]?.path ?? []) ?? "")
  return issues.map(({ path }) => paramOf(path))
}
const faults = (fields: object) => wrong(readChat({ model: "g", messages: hi, ...fields }, none))

const text = (text: string) => ({ type: "text", text })
const image = (url: string, detail?: string) => ({ type: "image", url, detail })

Deno.test("readChat() reads what every role says, as a text or in parts", () => {
  const system = { role: "system", content: [text("a")] }
  assertEquals(messages({ role: "system", content: "a" }, { role: "developer", content: "a" }), [
    system,
    system
  ])
  assertEquals(
    message({
      role: "user",
      name: "Ann",
      content: [
        { type: "text", text: "a", cache_control: {} },
        { type: "image_url", image_url: { url: "https://x.y/z.png", detail: "low" } },
        { type: "image_url", image_url: "data:image/png;base64,AA==" }
      ]
    }),
    {
      role: "user",
      name: "Ann",
      content: [
        text("a"),
        image("https://x.y/z.png", "low"),
        image("data:image/png;base64,AA==", undefined)
      ]
    }
  )
  assertEquals(message({ role: "tool", tool_call_id: "c1", content: "x" }), {
    role: "tool",
    toolCallId: "c1",
    content: [text("x")]
  })
  for (const nothing of [{}, { content: null }, { content: "" }, { content: [] }]) {
    assertEquals(message({ role: "user", ...nothing }), {
      role: "user",
      name: undefined,
      content: []
    })
  }
})

Deno.test("readChat() reads what an assistant said, called, refused and thought", () => {
  const assistant = (fields: object) => message({ role: "assistant", ...fields })
  const plain = { role: "assistant", content: [], reasoning: [], toolCalls: [] }
  assertEquals(assistant({ content: "a", tool_calls: null, function_call: null, audio: null }), {
    ...plain,
    content: [text("a")]
  })
  assertEquals(assistant({ content: null, refusal: "No." }), { ...plain, content: [text("No.")] })
  assertEquals(assistant({ content: [{ type: "refusal", refusal: "No." }] }), {
    ...plain,
    content: [text("No.")]
  })
  assertEquals(
    assistant({
      tool_calls: [
        { index: 0, id: "c1", type: "function", function: { name: "f", arguments: '{"a":' } },
        { id: "c2", function: { name: "g", arguments: { b: 1 } } },
        { id: "c3", type: "function", function: { name: "h" }, extra_content: sign("S") }
      ]
    }),
    {
      ...plain,
      toolCalls: [
        { id: "c1", name: "f", arguments: '{"a":', signature: undefined },
        { id: "c2", name: "g", arguments: '{"b":1}', signature: undefined },
        { id: "c3", name: "h", arguments: "", signature: { dialect: "gemini", value: "S" } }
      ]
    }
  )
})

const sign = (thought_signature: string) => ({ google: { thought_signature } })

Deno.test("readChat() reads reasoning by each of its names, and its details before its text", () => {
  const reasoning = (fields: object) => {
    const said = message({ role: "assistant", content: "x", ...fields })
    return said?.role === "assistant" && said.reasoning
  }
  assertEquals(reasoning({ reasoning_content: "a", reasoning: "b" }), [{ type: "text", text: "a" }])
  assertEquals(reasoning({ reasoning: "b" }), [{ type: "text", text: "b" }])
  assertEquals(reasoning({ reasoning: null, reasoning_content: "" }), [])
  const signature = { dialect: "anthropic", value: "S:1" }
  assertEquals(
    reasoning({
      reasoning_content: "ab",
      reasoning_details: [
        { type: "reasoning.text", text: "a", signature: "anthropic:S:1" },
        { type: "text", text: "b", signature: "elsewhere:x" },
        { type: "reasoning.encrypted", data: "anthropic:R" },
        { type: "reasoning.encrypted", data: "unknown" },
        7
      ]
    }),
    [
      { type: "text", text: "a", signature },
      { type: "text", text: "b", signature: undefined },
      { type: "redacted", data: { dialect: "anthropic", value: "R" } }
    ]
  )
})

Deno.test("readChat() reads every parameter", () => {
  const schema = { type: "object" }
  assertEquals(
    parameters({
      temperature: 0,
      top_p: 1,
      max_tokens: 5,
      max_completion_tokens: 6,
      n: 2,
      stop: "a",
      seed: -1,
      presence_penalty: -2,
      frequency_penalty: 2,
      logprobs: true,
      top_logprobs: 20,
      reasoning_effort: "xhigh",
      parallel_tool_calls: false,
      user: "u",
      safety_identifier: "s",
      metadata: { a: "b" },
      tools: [{ type: "function", function: { name: "f", parameters: schema, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: null } },
      unknown: { to: "us" }
    }),
    {
      temperature: 0,
      topP: 1,
      maxTokens: 6,
      n: 2,
      stop: ["a"],
      seed: -1,
      presencePenalty: -2,
      frequencyPenalty: 2,
      logprobs: 20,
      reasoningEffort: "xhigh",
      parallelToolCalls: false,
      user: "s",
      metadata: { a: "b" },
      tools: [{ name: "f", description: undefined, parameters: schema, strict: true }],
      toolChoice: { name: "f" },
      responseFormat: {
        type: "json_schema",
        name: "n",
        description: undefined,
        schema,
        strict: undefined
      }
    }
  )
  assertEquals(parameters({ max_tokens: 5, stop: ["a", "b"], user: "u", logprobs: true }), {
    maxTokens: 5,
    stop: ["a", "b"],
    user: "u",
    logprobs: 0
  })
  for (const choice of ["auto", "none", "required"]) {
    assertEquals(parameters({ tool_choice: choice }), { toolChoice: choice })
  }
  for (const type of ["text", "json_object"]) {
    assertEquals(parameters({ response_format: { type } }), { responseFormat: { type } })
  }
})

const names = [
  "temperature",
  "top_p",
  "max_tokens",
  "max_completion_tokens",
  "n",
  "stop",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
  "reasoning_effort",
  "parallel_tool_calls",
  "user",
  "safety_identifier",
  "metadata",
  "tools",
  "tool_choice",
  "response_format",
  "stream",
  "stream_options"
]

Deno.test("readChat() takes null for what is not set, and names a field of a wrong type", () => {
  for (const name of [...names, "functions", "function_call", "audio", "modalities"]) {
    assertEquals(parameters({ [name]: null }), {})
  }
  for (const name of names) {
    const wrong = /temperature|penalty/.test(name) ? "0.5" : 3.5
    assertEquals(faults({ [name]: wrong }), [name])
  }
})

Deno.test("readChat() names what is wrong where it stands", () => {
  const at = (...messages: ReadonlyArray<unknown>) => faults({ messages })
  const calls = (...tool_calls: ReadonlyArray<unknown>) => at({ role: "assistant", tool_calls })
  const table: ReadonlyArray<readonly [ReadonlyArray<string | undefined>, string]> = [
    [wrong(readChat([], none)), ""],
    [wrong(readChat({}, none)), "model messages"],
    [faults({ model: "" }), "model"],
    [at(), "messages"],
    [faults({ messages: "Hi" }), "messages"],
    [at("Hi"), "messages[0]"],
    [at({ content: "Hi" }), "messages[0].role"],
    [
      at(...hi, { role: "bot" }, { role: "user", content: 3 }),
      "messages[1].role messages[2].content"
    ],
    [at({ role: "user", content: ["x"] }), "messages[0].content[0].type"],
    [at({ role: "user", content: [{ type: "text" }] }), "messages[0].content[0].text"],
    [at({ role: "user", content: [{ type: "image_url" }] }), "messages[0].content[0].image_url"],
    [at({ role: "tool", content: "x" }), "messages[0].tool_call_id"],
    [at({ role: "assistant", tool_calls: "x" }), "messages[0].tool_calls"],
    [calls({ function: { name: "f" } }), "messages[0].tool_calls[0].id"],
    [calls({ id: "c" }), "messages[0].tool_calls[0].function"],
    [calls({ id: "c", function: {} }), "messages[0].tool_calls[0].function.name"],
    [
      calls({ id: "c", type: "custom", custom: {} }),
      "messages[0].tool_calls[0].custom.name " +
      "messages[0].tool_calls[0].custom.input"
    ],
    [faults({ tools: [{}] }), "tools[0].type"],
    [faults({ tools: [{ type: "custom", custom: {} }] }), "tools[0].custom.name"],
    [faults({ tools: [{ type: "function" }] }), "tools[0].function"],
    [faults({ tools: [{ type: "function", function: { name: 3 } }] }), "tools[0].function.name"],
    [faults({ tool_choice: { type: "allowed_tools" } }), "tool_choice"],
    [faults({ tool_choice: { type: "custom" } }), "tool_choice"],
    [faults({ response_format: { type: "xml" } }), "response_format.type"],
    [faults({ response_format: { type: "json_schema" } }), "response_format.json_schema"],
    [
      faults({ response_format: { type: "json_schema", json_schema: {} } }),
      "response_format.json_schema.name"
    ],
    [faults({ functions: [], stream: true }), "stream"],
    [faults({ modalities: ["text", "audio"], stream: true }), "stream"],
    [faults({ modalities: "audio" }), "modalities"],
    [faults({ stop: [""] }), "stop"],
    [faults({ stop: ["a", 3] }), "stop"],
    [faults({ n: 0 }), "n"],
    [faults({ n: 1e9 }), "n"],
    [faults({ max_tokens: -1 }), "max_tokens"],
    [faults({ max_completion_tokens: 1e12 }), "max_completion_tokens"],
    [faults({ temperature: 2.1 }), "temperature"],
    [faults({ top_logprobs: 21, logprobs: true }), "top_logprobs"],
    [faults({ metadata: { a: 1 } }), "metadata"]
  ]
  for (const [found, expected] of table) assertEquals(found.join(" "), expected)
})

Deno.test("readChat() reads how the answer is to come, and keeps what the client wrote", () => {
  assertEquals([read({}).stream, read({}).includeUsage], [false, false])
  const streamed = read({ stream: true, stream_options: { include_usage: true, x: 1 } })
  assertEquals([streamed.stream, streamed.includeUsage], [true, true])
  const body = { model: "gpt-4", messages: hi, x: 1 }
  const chat = good(readChat(body, none))
  const { messages, parameters, original } = chat.request
  assert(original?.body === body && original.dialect === "openai")
  assert(original?.messages === messages && original.parameters === parameters)
})

Deno.test("readChat() refuses what cannot be honoured, unless a header says to leave it out", () => {
  const drop = (value: string) => new Headers({ "x-penstock-drop-unsupported": value })
  assertEquals(read({}).request.dropUnsupported, false)
  assertEquals(read({}, drop("True")).request.dropUnsupported, true)
  assertEquals(read({}, drop("false")).request.dropUnsupported, false)
  assertEquals(wrong(readChat({ model: "g", messages: hi }, drop("maybe"))), [])
})

Deno.test("readCompletion() reads one prompt as what a user says", () => {
  for (const prompt of ["Once", ["Once"]]) {
    const found = good(readCompletion(
      { model: "g", prompt, max_tokens: 4, echo: false, best_of: 1, logprobs: null, suffix: null },
      none
    ))
    assertEquals(found.request.messages, [{
      role: "user",
      content: [{ type: "text", text: "Once" }]
    }])
    assertEquals(found.request.parameters.maxTokens, 4)
    assertEquals(found.request.original, undefined)
  }
})

Deno.test("readCompletion() refuses what only the older models could do", () => {
  const found = (fields: object) =>
    wrong(readCompletion({ model: "g", prompt: "x", ...fields }, none)).join(" ")
  for (const prompt of ["", null, ["a", "b"], [], [1, 2], [[1]], 3]) {
    assertEquals(found({ prompt }), "prompt")
  }
  assertEquals(found({ echo: true }), "echo")
  assertEquals(found({ suffix: "x" }), "suffix")
  assertEquals(found({ logprobs: 0 }), "logprobs")
  assertEquals(found({ best_of: 3, n: 2 }), "best_of")
  assertEquals(found({ model: undefined, temperature: 9 }), "model temperature")
})

Deno.test("readChat() refuses to have a provider choose among models past the operator", () => {
  assertEquals(faults({ models: ["a", "b"], route: "fallback" }), ["models", "route"])
})
