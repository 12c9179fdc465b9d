import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert"
import type { CompletionRequest, JsonObject, Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { assistant, body, request, result, target, text, user } from "./request.ts"

/** A request whose client wrote `written`, of which `parameters` and `messages` were read. */
const spoken = (
  written: JsonObject,
  parameters: Parameters = {},
  messages: ReadonlyArray<Message> = [user("Hi")]
): CompletionRequest => ({
  ...request(parameters, messages),
  original: {
    dialect: "anthropic",
    body: written,
    headers: { "anthropic-beta": "a-1" },
    messages,
    parameters
  }
})

const turn = { role: "user", content: [{ type: "text", text: "Hi", cache_control: {} }] }

Deno.test("a client's own words pass as they are, in their order", () => {
  const written = {
    stream: true,
    thinking: { type: "enabled", budget_tokens: 9000 },
    messages: [turn],
    tools: [{ type: "web_search_20250305", name: "web_search" }],
    tool_choice: { type: "none" },
    max_tokens: 100,
    service_tier: "auto",
    model: "claude",
    metadata: { user_id: "x".repeat(100) }
  }
  const asked = spoken(written, { maxTokens: 100, reasoningEffort: "medium" })
  const { body: sent, headers } = anthropic.encode(asked, target)
  assertEquals(
    JSON.stringify(sent),
    JSON.stringify({ ...written, stream: false, model: target.model })
  )
  assertEquals(headers, { "anthropic-beta": "a-1" })
})

Deno.test("what the gateway changed goes out as it wants it, and nothing besides", () => {
  const written = { model: "claude", max_tokens: 100, temperature: 0.3, top_k: 4, messages: [turn] }
  const asked = spoken(written, { maxTokens: 100, temperature: 0.3, topK: 4 })
  const changed = { ...asked, parameters: { maxTokens: 50, topK: 4, topP: 0.5 } }
  assertEquals(body(changed), {
    model: target.model,
    max_tokens: 50,
    top_k: 4,
    messages: [turn],
    top_p: 0.5,
    stream: false
  })
})

Deno.test("an answer that is gone on with stands behind the client's own turns", () => {
  const messages = [user("Hi")]
  const asked = spoken({ model: "claude", max_tokens: 100, messages: [turn] }, {}, messages)
  const grown = { ...asked, messages: [...messages, assistant("So far"), user("Go on")] }
  assertEquals(body(grown).messages, [
    turn,
    { role: "assistant", content: "So far" },
    { role: "user", content: "Go on" }
  ])
})

Deno.test("an answer that the client itself began is gone on with in its place", () => {
  const messages = [user("Hi"), assistant("So")]
  const written = [turn, { role: "assistant", content: [{ type: "text", text: "So" }] }]
  const asked = spoken({ model: "claude", max_tokens: 100, messages: written }, {}, messages)
  assertEquals(body({ ...asked, messages: [user("Hi"), assistant("So far")] }).messages, [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "So far" }
  ])
  assertEquals(body({ ...asked, messages: [messages[0]!, assistant("So far")] }).messages, [
    turn,
    { role: "assistant", content: "So far" }
  ])
})

Deno.test("one tool at a time is asked for with any choice of them", () => {
  const tools = [{ name: "time" }]
  const choice = (parameters: Parameters) =>
    body(request({ ...parameters, parallelToolCalls: false })).tool_choice
  const disable_parallel_tool_use = true
  assertEquals(choice({ tools }), { type: "auto", disable_parallel_tool_use })
  assertEquals(choice({ tools, toolChoice: "auto" }), { type: "auto", disable_parallel_tool_use })
  assertEquals(choice({ tools, toolChoice: "required" }), {
    type: "any",
    disable_parallel_tool_use
  })
  assertEquals(choice({ tools, toolChoice: { name: "time" } }), {
    type: "tool",
    name: "time",
    disable_parallel_tool_use
  })
  assertEquals(choice({ tools, toolChoice: "none" }), { type: "none" })
  assertEquals(choice({}), undefined)
})

Deno.test("top_k is sent, and that a tool failed", () => {
  assertEquals(body(request({ topK: 7 })).top_k, 7)
  const failed: Message = { role: "tool", toolCallId: "a", content: [text("No")], isError: true }
  assertEquals(body(request({}, [user("Hi"), failed])).messages, [{
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "a", content: "No", is_error: true },
      { type: "text", text: "Hi" }
    ]
  }])
})

Deno.test("the stop text that was met is told", () => {
  const end = { stop_reason: "stop_sequence", stop_sequence: "END" }
  const finish = { _tag: "Finish", choice: 0, reason: "stop", stop: "END" }
  const whole = anthropic.decode({
    type: "message",
    content: [{ type: "text", text: "a" }],
    ...end
  })
  assertEquals(Array.isArray(whole) && whole.at(-1), finish)
  const out: Array<unknown> = []
  anthropic.reader().read(
    "",
    JSON.stringify({ type: "message_delta", delta: end }),
    // @ts-expect-error What it tells is only looked at here.
    out
  )
  assertEquals(out, [finish])
})

Deno.test("to have a prompt counted, what is said of the answer is left out", () => {
  const { counting } = anthropic
  const written = {
    model: "claude",
    max_tokens: 100,
    temperature: 1,
    metadata: {},
    system: [{ type: "text", text: "Be kind" }],
    messages: [turn]
  }
  const call = counting!.encode(spoken(written, { maxTokens: 100 }), target)
  assertEquals(call.path, "/v1/messages/count_tokens")
  assertEquals(call.headers, { "anthropic-beta": "a-1" })
  const { system, messages } = written
  assertEquals(call.body, { model: target.model, system, messages })
  const foreign = counting!.encode(request({ maxTokens: 5, topK: 1 }), target)
  assertEquals(JSON.parse(JSON.stringify(foreign.body)), {
    model: target.model,
    messages: [{ role: "user", content: "Hi" }]
  })
  assertEquals(counting!.decode({ input_tokens: 12 }), 12)
  assertInstanceOf(counting!.decode({ input_tokens: "12" }), UpstreamFault)
  assertInstanceOf(counting!.decode({ error: { type: "api_error" } }), UpstreamFault)
})

Deno.test("ids from another provider's answer are made plain also in a client's own words", () => {
  const id = "functions.x:0"
  const call = { input: {}, type: "tool_use", id, name: "x", cache_control: {} }
  const answer = { type: "tool_result", tool_use_id: id, content: "1" }
  const written = {
    messages: [turn, { role: "assistant", content: [call] }, { role: "user", content: [answer] }]
  }
  const messages = [
    user("Hi"),
    assistant("", { toolCalls: [{ id, name: "x", arguments: "{}" }] }),
    result(id, "1")
  ]
  const sent = body(spoken(written, {}, messages)).messages as typeof written.messages
  const plain = body(request({}, messages)).messages as typeof written.messages
  const [, asked, answered] = plain as ReadonlyArray<{ content: ReadonlyArray<typeof call> }>
  const made = asked?.content[0]?.id
  assertMatch(made ?? "", /^functions_x_0_\w+$/)
  assertEquals(
    JSON.stringify(sent),
    JSON.stringify([
      turn,
      { role: "assistant", content: [{ ...call, id: made }] },
      { role: "user", content: [{ ...answer, tool_use_id: made }] }
    ])
  )
  assertEquals(answered?.content.length, 1)
  // And with what the gateway added.
  const more = [...messages, assistant("So")]
  const grown = body({ ...spoken(written, {}, messages), messages: more }).messages
  assertEquals(grown, [...sent, { role: "assistant", content: "So" }])
})
