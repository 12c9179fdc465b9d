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

Deno.test("encodeMessages() says a single text as a string, and anything else in parts", () => {
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

Deno.test("encodeMessages() says null for the content of an assistant that only calls tools", () => {
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

Deno.test("encodeMessages() puts a Gemini signature back on its call where that is known, and no other", () => {
  const call = (dialect: "gemini" | "anthropic" | "openai", quirks: OpenAiQuirks) =>
    said(
      assistant({
        toolCalls: [{ id: "c", name: "f", arguments: "{}", signature: { dialect, value: "S" } }]
      }),
      quirks
    )
  const plain = { id: "c", type: "function", function: { name: "f", arguments: "{}" } }
  assertEquals(call("gemini", { thoughtSignatures: true }), {
    role: "assistant",
    content: null,
    tool_calls: [{ ...plain, extra_content: { google: { thought_signature: "S" } } }]
  })
  for (const other of ["anthropic", "openai", "gemini"] as const) {
    const thoughtSignatures = other === "gemini" ? undefined : true
    assertEquals(call(other, { thoughtSignatures }), {
      role: "assistant",
      content: null,
      tool_calls: [plain]
    })
  }
})

Deno.test("encodeMessages() says which call a tool's result answers", () => {
  assertEquals(said({ role: "tool", toolCallId: "c1", content: [text("21 °C")] }), {
    role: "tool",
    tool_call_id: "c1",
    content: "21 °C"
  })
})

Deno.test("encodeMessages() sends reasoning back only where the provider wants it, and only its own", () => {
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

Deno.test("unsupported() names the images that nobody can show; encode() leaves them out", () => {
  const asked = request([
    { role: "system", content: [image] },
    { role: "user", content: [image] },
    assistant({ content: [text("b"), image] }),
    { role: "tool", toolCallId: "c", content: [text("a"), image] }
  ])
  assertEquals(openai().unsupported(asked).map(({ path }) => path), [
    ["messages", 0, "content", 0],
    ["messages", 2, "content", 1]
  ])
  const sent = body(asked).messages as ReadonlyArray<{ readonly content: unknown }>
  assertEquals([sent[0]?.content, sent[2]?.content], ["", "b"])
})

Deno.test("the images of tools are shown by the user, behind the last result of their turn", () => {
  const result = (toolCallId: string, ...content: ReadonlyArray<Part>): Message => ({
    role: "tool",
    toolCallId,
    content
  })
  const url = "https://example.com/b.png"
  const other: Part = { type: "image", url }
  const sent = body(request([
    result("c1", text("a"), image, text("b")),
    result("c2", text("none")),
    result("c3", image, other),
    assistant({ content: [text("I see.")] }),
    { role: "user", content: [text("Do you?")] },
    result("c4", other)
  ])).messages
  const shown = {
    type: "image_url",
    image_url: { url: "data:image/png;base64,AA==", detail: "low" }
  }
  const label = (id: string) => ({
    type: "text",
    text: `What tool call ${id} gave back besides its text:`
  })
  assertEquals(sent, [
    {
      role: "tool",
      tool_call_id: "c1",
      content: [{ type: "text", text: "a" }, { type: "text", text: "b" }]
    },
    { role: "tool", tool_call_id: "c2", content: "none" },
    { role: "tool", tool_call_id: "c3", content: "" },
    {
      role: "user",
      content: [label("c1"), shown, label("c3"), shown, { type: "image_url", image_url: { url } }]
    },
    { role: "assistant", content: "I see." },
    { role: "user", content: "Do you?" },
    { role: "tool", tool_call_id: "c4", content: "" },
    { role: "user", content: [label("c4"), { type: "image_url", image_url: { url } }] }
  ])
})

Deno.test("the images of tools are shown under the ids that the provider is told", () => {
  const [tool, user] = body(
    request([{ role: "tool", toolCallId: "functions.x:0", content: [image] }]),
    { shortToolCallIds: true }
  ).messages as ReadonlyArray<{ readonly tool_call_id: string; readonly content: unknown }>
  const [label] = user?.content as ReadonlyArray<{ readonly text: string }>
  assertEquals(label?.text, `What tool call ${tool?.tool_call_id} gave back besides its text:`)
})
