import { assertEquals } from "@std/assert"
import type { Message, Part } from "../../../src/domain/Message.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import type { OpenAiQuirks } from "../../../src/protocol/openai/mod.ts"
import { body, request } from "./deltas.ts"

const said = (message: Message, quirks?: OpenAiQuirks) => {
  const [first] = body(request([message]), quirks).messages as ReadonlyArray<unknown>
  return first
}
const text = (text: string): Part => ({ type: "text", text })
const image: Part = { type: "image", url: "data:image/png;base64,AA==", detail: "low" }
const assistant = (message: Partial<Message & { role: "assistant" }>): Message => ({
  role: "assistant",
  content: [],
  reasoning: [],
  toolCalls: [],
  ...message
})

Deno.test("encodeMessage() says a single text as a string, and anything else in parts", () => {
  assertEquals(said({ role: "user", content: [text("Hi")], name: "Ann" }), {
    role: "user",
    content: "Hi",
    name: "Ann"
  })
  const url = "https://example.com/a.png"
  assertEquals(said({ role: "user", content: [text("a"), image, { type: "image", url }] }), {
    role: "user",
    content: [
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
      { type: "image_url", image_url: { url } }
    ]
  })
  assertEquals(said({ role: "user", content: [image] }), {
    role: "user",
    content: [
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } }
    ]
  })
  assertEquals(said({ role: "system", content: [text("a"), text("b")] }), {
    role: "system",
    content: [{ type: "text", text: "a" }, { type: "text", text: "b" }]
  })
  assertEquals(said({ role: "user", content: [] }), { role: "user", content: "" })
})

Deno.test("encodeMessage() says null for the content of an assistant that only calls tools", () => {
  const call = { id: "c1", name: "f", arguments: `{"a":` }
  const calls = [{ id: "c1", type: "function", function: { name: "f", arguments: `{"a":` } }]
  for (const content of [[], [text("")]]) {
    assertEquals(said(assistant({ content, toolCalls: [call] })), {
      role: "assistant",
      content: null,
      tool_calls: calls
    })
  }
  assertEquals(said(assistant({ content: [text("x")], toolCalls: [call] })), {
    role: "assistant",
    content: "x",
    tool_calls: calls
  })
  assertEquals(said(assistant({})), { role: "assistant", content: "" })
})

Deno.test("encodeMessage() puts a Gemini signature back on its call, and no other signature", () => {
  const call = (dialect: "gemini" | "anthropic" | "openai") =>
    said(assistant({
      toolCalls: [{ id: "c", name: "f", arguments: "{}", signature: { dialect, value: "S" } }]
    }))
  const plain = { id: "c", type: "function", function: { name: "f", arguments: "{}" } }
  assertEquals(call("gemini"), {
    role: "assistant",
    content: null,
    tool_calls: [{ ...plain, extra_content: { google: { thought_signature: "S" } } }]
  })
  for (const other of ["anthropic", "openai"] as const) {
    assertEquals(call(other), { role: "assistant", content: null, tool_calls: [plain] })
  }
})

Deno.test("encodeMessage() says which call a tool's result answers", () => {
  assertEquals(said({ role: "tool", toolCallId: "c1", content: [text("21 °C")] }), {
    role: "tool",
    tool_call_id: "c1",
    content: "21 °C"
  })
})

Deno.test("encodeMessage() sends reasoning back only where the provider wants it, and only its own", () => {
  const message = assistant({
    content: [text("x")],
    reasoning: [
      { type: "text", text: "one " },
      { type: "text", text: "foreign ", signature: { dialect: "anthropic", value: "S" } },
      { type: "redacted", data: { dialect: "anthropic", value: "R" } },
      { type: "text", text: "two" }
    ]
  })
  assertEquals(said(message), { role: "assistant", content: "x" })
  assertEquals(said(message, { reasoningField: "reasoning_content" }), {
    role: "assistant",
    content: "x",
    reasoning_content: "one two"
  })
  assertEquals(said(assistant({}), { reasoningField: "reasoning_content" }), {
    role: "assistant",
    content: ""
  })
})

Deno.test("unsupported() names the images that only a user could show; encode() leaves them out", () => {
  const tool: Message = { role: "tool", toolCallId: "c", content: [text("a"), image] }
  const asked = request([
    { role: "system", content: [image] },
    { role: "user", content: [image] },
    assistant({ content: [text("b"), image] }),
    tool
  ])
  assertEquals(openai().unsupported(asked).map(({ path }) => path), [
    ["messages", 0, "content", 0],
    ["messages", 2, "content", 1],
    ["messages", 3, "content", 1]
  ])
  assertEquals(said(tool), { role: "tool", tool_call_id: "c", content: "a" })
  assertEquals(openai().unsupported(request([{ role: "user", content: [image] }])), [])
})
