import { assertEquals } from "@std/assert"
import { toMessage } from "../../../src/api/anthropic/message.ts"
import { type Answer, fold } from "../../../src/domain/Answer.ts"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import type { DialectName } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"

const counted = {
  promptTokens: 30,
  completionTokens: 7,
  cachedTokens: 10,
  cacheWriteTokens: 5,
  reasoningTokens: 0,
  source: "estimated"
} as const

/** What a client is told of a whole answer whose provider said `body`. */
const told = (body: JsonObject, dialect: DialectName = "anthropic"): JsonObject => {
  const deltas = anthropic.decode(body)
  if (deltas instanceof UpstreamFault) throw deltas
  const answer: Answer = { ...fold(deltas)!, original: { dialect, body } }
  return toMessage("req_1", { model: "m", answer, usage: answer.usage ?? counted, cost: undefined })
}

const body = {
  model: "theirs",
  id: "theirs",
  type: "message",
  role: "assistant",
  content: [
    { type: "text", text: "Let me look." },
    { type: "server_tool_use", id: "s", name: "web_search", input: { query: "x" } },
    { type: "web_search_tool_result", tool_use_id: "s", content: [] },
    { type: "thinking", thinking: "Hm", signature: "c2ln" },
    { type: "text", text: "So it is", citations: [{ type: "char_location", cited_text: "a" }] },
    { type: "tool_use", id: "t", name: "f", input: { a: 1 }, caller: { type: "direct" } },
    { type: "text", text: "done", citations: null }
  ],
  container: { id: "c" },
  stop_reason: "pause_turn",
  stop_sequence: null,
  stop_details: null,
  usage: {
    input_tokens: 1,
    output_tokens: 2,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: 3,
    cache_creation: { ephemeral_5m_input_tokens: 0 },
    server_tool_use: { web_search_requests: 1 },
    service_tier: "standard"
  }
}

Deno.test("a whole answer is Anthropic's own, block by block, but for its id and its model", () => {
  assertEquals(JSON.stringify(told(body)), JSON.stringify({ ...body, id: "msg_1", model: "m" }))
})

Deno.test("what an imitator leaves out is there all the same", () => {
  const content = [{ type: "text", text: "Hi" }]
  assertEquals(told({ content, stop_reason: null, extra: 1 }), {
    content,
    extra: 1,
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    stop_reason: "end_turn",
    stop_sequence: null,
    stop_details: null,
    usage: {
      input_tokens: 15,
      cache_creation_input_tokens: 5,
      cache_read_input_tokens: 10,
      output_tokens: 7
    }
  })
})

Deno.test("usage that is half reported is counted", () => {
  const usage = { output_tokens: 99, service_tier: "x" }
  assertEquals(told({ ...body, usage }).usage, {
    output_tokens: 7,
    service_tier: "x",
    input_tokens: 15,
    cache_creation_input_tokens: 5,
    cache_read_input_tokens: 10
  })
})

Deno.test("an answer that only says that it is over, and calls tools, waits for them", () => {
  assertEquals(told({ ...body, stop_reason: "end_turn" }).stop_reason, "tool_use")
  for (const reason of ["max_tokens", "model_context_window_exceeded", "of_tomorrow"]) {
    assertEquals(told({ ...body, stop_reason: reason }).stop_reason, reason)
  }
})

Deno.test("blocks that clients could not read are told as they were read here", () => {
  const bad: ReadonlyArray<JsonObject> = [
    { type: "text" },
    { type: "thinking", thinking: "Hm" },
    { type: "redacted_thinking" },
    { type: "tool_use", name: "f", input: {} },
    { type: "tool_use", id: "a", name: "f" },
    {}
  ]
  for (const block of bad) {
    const content = [...body.content, block]
    const { content: shown, usage } = told({ ...body, content })
    assertEquals(
      Array.isArray(shown) && shown.slice(0, 2),
      [
        { type: "thinking", thinking: "Hm", signature: "c2ln" },
        ...(block.type === "thinking" ? [{ type: "thinking", thinking: "Hm", signature: "" }] : [{
          type: "text",
          text: "Let me look.So it isdone"
        }])
      ],
      JSON.stringify(block)
    )
    assertEquals(Object(usage).output_tokens, 2)
  }
})

Deno.test("the body of another dialect is not told", () => {
  assertEquals("container" in told(body, "bedrock"), false)
})
