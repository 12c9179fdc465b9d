import { assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { faultsIn, type Loose, read, readWell } from "./asked.ts"

const messagesOf = (input: unknown, rest: object = {}) => readWell({ input, ...rest }).messages
const parametersOf = (rest: object) => readWell({ input: "Hi", ...rest }).parameters
const said = (text: string) => [{ type: "text", text }]
const weather = {
  type: "function",
  name: "weather",
  description: "How it is",
  parameters: { type: "object" },
  strict: true
}
const call = { type: "function_call", call_id: "call_1", name: "weather", arguments: "{}" }

Deno.test("a text is what the user says, after the instructions", () => {
  assertEquals(messagesOf("Hi"), [{ role: "user", content: said("Hi") }])
  assertEquals(messagesOf("Hi", { instructions: "Be brief" }), [
    { role: "system", content: said("Be brief") },
    { role: "user", content: said("Hi") }
  ])
})

Deno.test("messages are read with and without a type, of texts and of parts", () => {
  assertEquals(
    messagesOf([
      { role: "developer", content: "Be brief" },
      { type: "message", role: "system", content: [{ type: "input_text", text: "Be kind" }] },
      {
        role: "user",
        content: [
          { type: "input_text", text: "What is this?" },
          { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "original" },
          { type: "input_image", image_url: "https://example.com/a.png" }
        ]
      },
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [
          { type: "output_text", text: "A dot", annotations: [], logprobs: [] },
          { type: "refusal", refusal: "No more" }
        ]
      },
      { role: "assistant", content: "Sorry" }
    ]),
    [
      { role: "system", content: said("Be brief") },
      { role: "system", content: said("Be kind") },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image", url: "data:image/png;base64,AA==", detail: "high" },
          { type: "image", url: "https://example.com/a.png", detail: undefined }
        ]
      },
      {
        role: "assistant",
        content: [...said("A dot"), ...said("No more")],
        reasoning: [],
        toolCalls: []
      },
      { role: "assistant", content: said("Sorry"), reasoning: [], toolCalls: [] }
    ] as Loose
  )
})

Deno.test("what the assistant thought, said and called in a row is one turn", () => {
  assertEquals(
    messagesOf([
      { role: "user", content: "Hi" },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Hm" }],
        encrypted_content: "anthropic:a:b"
      },
      { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "redacted:anthropic:xyz" },
      { type: "reasoning", id: "rs_3", summary: [], encrypted_content: "gAAAA of OpenAI's own" },
      { role: "assistant", content: "Let me look" },
      { ...call, signature: "gemini:thought" },
      { ...call, call_id: "call_2" },
      { type: "function_call_output", call_id: "call_1", output: "Rain" },
      {
        type: "function_call_output",
        call_id: "call_2",
        output: [{ type: "input_text", text: "Sun" }, { type: "input_image", image_url: "data:x" }]
      }
    ]).slice(1),
    [
      {
        role: "assistant",
        content: said("Let me look"),
        reasoning: [
          { type: "text", text: "Hm", signature: { dialect: "anthropic", value: "a:b" } },
          { type: "redacted", data: { dialect: "anthropic", value: "xyz" } }
        ],
        toolCalls: [
          {
            id: "call_1",
            name: "weather",
            arguments: "{}",
            signature: { dialect: "gemini", value: "thought" }
          },
          { id: "call_2", name: "weather", arguments: "{}", signature: undefined }
        ]
      },
      { role: "tool", toolCallId: "call_1", content: said("Rain") },
      {
        role: "tool",
        toolCallId: "call_2",
        content: [...said("Sun"), { type: "image", url: "data:x", detail: undefined }]
      }
    ] as Loose
  )
})

Deno.test("thoughts between words keep their place, and calls stay together with their results", () => {
  const thought = (text: string) => ({
    type: "reasoning",
    summary: [{ type: "summary_text", text }]
  })
  const word = (content: string) => ({ role: "assistant", content })
  const shape = (input: ReadonlyArray<object>) =>
    messagesOf(input).map((message) =>
      message.role !== "assistant" ? message.role : [
        ...message.reasoning.map((block) => block.type === "text" ? block.text : ""),
        ...message.content.map((part) => part.type === "text" ? part.text : ""),
        ...message.toolCalls.map(({ id }) => id)
      ].join(" ")
    )
  const output = { type: "function_call_output", call_id: "call_1", output: "" }
  assertEquals(shape([thought("a"), word("b"), thought("c"), call, output]), [
    "a b",
    "c call_1",
    "tool"
  ])
  assertEquals(shape([call, thought("a"), word("b"), { ...call, call_id: "call_2" }, output]), [
    "a b call_1 call_2",
    "tool"
  ])
  assertEquals(shape([word("a"), call, thought("b"), { ...call, call_id: "call_2" }, output]), [
    "b a call_1 call_2",
    "tool"
  ])
  assertEquals(shape([word("a"), thought("b"), { role: "user", content: "c" }]), ["b a", "user"])
  assertEquals(shape([thought("a"), output]), ["a", "tool"])
})

Deno.test("how to answer is read in this API's own words", () => {
  assertEquals(
    parametersOf({
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 100,
      reasoning: { effort: "high", summary: "auto" },
      tools: [weather, { type: "function", name: "time", parameters: null, strict: null }],
      tool_choice: { type: "function", name: "weather" },
      parallel_tool_calls: false,
      text: {
        format: { type: "json_schema", name: "out", schema: { type: "object" }, strict: true },
        verbosity: "low"
      },
      top_logprobs: 3,
      include: ["message.output_text.logprobs", "reasoning.encrypted_content"],
      metadata: { team: "blue" },
      user: "old",
      safety_identifier: "new"
    }),
    {
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 100,
      reasoningEffort: "high",
      tools: [
        {
          name: "weather",
          description: "How it is",
          parameters: { type: "object" },
          strict: true
        },
        { name: "time", description: undefined, parameters: undefined, strict: undefined }
      ],
      toolChoice: { name: "weather" },
      parallelToolCalls: false,
      responseFormat: {
        type: "json_schema",
        name: "out",
        description: undefined,
        schema: { type: "object" },
        strict: true
      },
      logprobs: 3,
      metadata: { team: "blue" },
      user: "new"
    }
  )
  assertEquals(parametersOf({ reasoning: { effort: "max" } }).reasoningEffort, "xhigh")
  assertEquals(parametersOf({ include: ["message.output_text.logprobs"] }).logprobs, 0)
  assertEquals(parametersOf({ top_logprobs: 2 }).logprobs, 2)
  assertEquals(parametersOf({ top_logprobs: 0 }).logprobs, undefined)
  assertEquals(parametersOf({ text: { format: { type: "json_object" } } }).responseFormat, {
    type: "json_object"
  })
})

Deno.test("of the tools only those that are allowed are offered", () => {
  const parameters = parametersOf({
    tools: [weather, { ...weather, name: "time" }],
    tool_choice: {
      type: "allowed_tools",
      mode: "required",
      tools: [{ type: "function", name: "time" }]
    }
  })
  assertEquals(parameters.tools?.map(({ name }) => name), ["time"])
  assertEquals(parameters.toolChoice, "required")
})

Deno.test("what says nothing without tools is not passed on without them", () => {
  assertEquals(
    readWell({ input: "Hi", tools: [], tool_choice: "auto", parallel_tool_calls: true }).parameters,
    readWell({ input: "Hi" }).parameters
  )
  assertEquals(faultsIn({ model: "m", input: "Hi", tool_choice: "required" }).paths, [
    "tool_choice"
  ])
})

Deno.test("null is as good as absent, and what nobody knows is no fault", () => {
  const plain = readWell({ input: "Hi" })
  const nothing = Object.fromEntries(
    [
      "instructions temperature top_p max_output_tokens reasoning tools tool_choice text user",
      "parallel_tool_calls top_logprobs include metadata stream store previous_response_id prompt",
      "conversation background truncation service_tier safety_identifier"
    ].join(" ").split(" ").map((name) => [name, null])
  )
  assertEquals(readWell({ input: "Hi", ...nothing }), plain)
  assertEquals(
    readWell({
      input: "Hi",
      store: true,
      background: false,
      truncation: "auto",
      service_tier: "flex",
      prompt_cache_key: "k",
      max_tool_calls: 3,
      stream_options: { include_obfuscation: false },
      not_invented_yet: { a: 1 }
    }),
    plain
  )
  assertEquals(plain.original, undefined)
})

Deno.test("what needs kept responses, or OpenAI itself, is refused by its name", () => {
  const paths = (rest: object) => faultsIn({ model: "m", input: "Hi", ...rest }).paths
  assertEquals(paths({ previous_response_id: "resp_1" }), ["previous_response_id"])
  assertEquals(paths({ conversation: { id: "conv_1" } }), ["conversation"])
  assertEquals(paths({ background: true }), ["background"])
  assertEquals(paths({ prompt: { id: "pmpt_1" } }), ["prompt"])
  for (
    const type of [
      "web_search",
      "file_search",
      "code_interpreter",
      "computer",
      "mcp",
      "image_generation",
      "local_shell"
    ]
  ) {
    assertEquals(paths({ tools: [weather, { type }] }), ["tools.1.type"])
    assertEquals(paths({ tools: [weather], tool_choice: { type } }), ["tool_choice.type"])
  }
  const item = (item: object) => paths({ input: ["Hi", item].slice(1) })
  assertEquals(item({ type: "item_reference", id: "msg_1" }), ["input.0"])
  assertEquals(item({ type: "computer_call", id: "x" }), ["input.0.type"])
  const part = (part: object) => item({ role: "user", content: [part] })
  assertEquals(part({ type: "input_file", file_id: "f" }), ["input.0.content.0.type"])
  assertEquals(part({ type: "input_audio" }), ["input.0.content.0.type"])
  assertEquals(part({ type: "input_image", file_id: "f" }), ["input.0.content.0.file_id"])
  const { message } = faultsIn({ model: "m", input: [{ type: "item_reference", id: "msg_1" }] })
  assertStringIncludes(message, "input[0]")
  assertStringIncludes(message, "store: false")
})

Deno.test("what is wrong is told by its path", () => {
  const wrong: ReadonlyArray<readonly [object, string]> = [
    [{ input: undefined }, "input"],
    [{ input: [] }, "input"],
    [{ input: 7 }, "input"],
    [{ input: ["Hi"] }, "input.0"],
    [{ input: [{ content: "Hi" }] }, "input.0.type"],
    [{ input: [{ role: "nobody", content: "Hi" }] }, "input.0.role"],
    [{ input: [{ role: "user" }] }, "input.0.content"],
    [{ input: [{ role: "user", content: [{ type: "input_text" }] }] }, "input.0.content.0.text"],
    [{ input: [{ ...call, call_id: 7 }] }, "input.0.call_id"],
    [{ input: [{ ...call, name: "" }] }, "input.0.name"],
    [{ input: [{ type: "function_call_output", call_id: "a" }] }, "input.0.output"],
    [{ model: 7 }, "model"],
    [{ instructions: 7 }, "instructions"],
    [{ stream: "yes" }, "stream"],
    [{ temperature: 3 }, "temperature"],
    [{ top_p: "1" }, "top_p"],
    [{ max_output_tokens: 0 }, "max_output_tokens"],
    [{ top_logprobs: 21 }, "top_logprobs"],
    [{ reasoning: { effort: "huge" } }, "reasoning.effort"],
    [{ text: { format: { type: "xml" } } }, "text.format.type"],
    [{ text: { format: { type: "json_schema", name: "a" } } }, "text.format.schema"],
    [{ tools: [{ type: "function", function: weather }] }, "tools.0.name"],
    [{ tools: [weather], tool_choice: "any" }, "tool_choice"],
    [{ metadata: { a: 1 } }, "metadata"]
  ]
  for (const [rest, path] of wrong) {
    assertEquals(faultsIn({ model: "m", input: "Hi", ...rest }).paths, [path])
  }
  assertEquals(faultsIn([]).paths, [""])
})

Deno.test("the header says what to do with what the model cannot honour; else it is refused", () => {
  const name = "x-penstock-drop-unsupported"
  const drops = (headers: Record<string, string>) =>
    Effect.runSync(read({ model: "m", input: "Hi" }, headers)).request.dropUnsupported
  assertEquals([drops({}), drops({ [name]: "true" }), drops({ [name]: "false" })], [
    false,
    true,
    false
  ])
  assertEquals(faultsIn({ model: "m", input: "Hi" }, { [name]: "maybe" }).paths, [])
})
