/**
 * Anthropic's messages, from the server's side.
 *
 * @module
 */
import { type FullAnswer, halves } from "./Answer.ts"
import type { FailureKind, FakeDialect, FakeEvent } from "./FakeDialect.ts"
import type { RecordedCall } from "./RecordedCall.ts"

const stopReasons = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal"
}

const signature = "ZmFrZS1zaWduYXR1cmU="

const usageOf = ({ usage, rawUsage }: FullAnswer): unknown =>
  rawUsage ?? (usage && {
    input_tokens: usage.prompt - usage.cached - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cached,
    output_tokens: usage.completion,
    service_tier: "standard"
  })

const message = (answer: FullAnswer, call: RecordedCall, rest: object) => ({
  id: `msg_fake${call.number}`,
  type: "message",
  role: "assistant",
  model: answer.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  ...rest
})

/** The blocks of an answer: empty as they start, then what streams into them, then whole. */
const blocksOf = (answer: FullAnswer) => [
  ...(answer.reasoning.length === 0 ? [] : [{
    start: { type: "thinking", thinking: "", signature: "" },
    deltas: [
      ...answer.reasoning.map((thinking): object => ({ type: "thinking_delta", thinking })),
      { type: "signature_delta", signature }
    ],
    whole: { type: "thinking", thinking: answer.reasoning.join(""), signature }
  }]),
  ...(answer.pieces.length === 0 ? [] : [{
    start: { type: "text", text: "" },
    deltas: answer.pieces.map((text): object => ({ type: "text_delta", text })),
    whole: { type: "text", text: answer.pieces.join("") }
  }]),
  ...answer.toolCalls.map(({ id, name, arguments: text }) => ({
    start: { type: "tool_use", id, name, input: {} },
    deltas: halves(text).map((partial_json): object => ({
      type: "input_json_delta",
      partial_json
    })),
    whole: { type: "tool_use", id, name, input: JSON.parse(text) }
  }))
]

const event = (kind: FakeEvent["kind"], type: string, rest: object): FakeEvent => ({
  kind,
  name: type,
  data: { type, ...rest }
})

const events: FakeDialect["events"] = (answer, call) => {
  const usage = usageOf(answer)
  const start = usage === undefined ? {} : { usage: { ...Object(usage), output_tokens: 1 } }
  return [
    event("preamble", "message_start", { message: message(answer, call, start) }),
    ...blocksOf(answer).flatMap(({ start, deltas }, index) => [
      event("preamble", "content_block_start", { index, content_block: start }),
      ...(index === 0 ? [event("preamble", "ping", {})] : []),
      ...deltas.map((delta) => event("content", "content_block_delta", { index, delta })),
      event("preamble", "content_block_stop", { index })
    ]),
    event("finish", "message_delta", {
      delta: { stop_reason: stopReasons[answer.finish], stop_sequence: null },
      ...(usage === undefined ? {} : { usage })
    }),
    event("terminator", "message_stop", {})
  ]
}

const failures: Record<FailureKind, readonly [number, string, string]> = {
  rate_limited: [429, "rate_limit_error", "This request would exceed your rate limit."],
  quota_exhausted: [
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API."
  ],
  overloaded: [529, "overloaded_error", "Overloaded"],
  server: [500, "api_error", "Internal server error"],
  auth: [401, "authentication_error", "invalid x-api-key"],
  forbidden: [403, "permission_error", "Your API key does not have permission for this model."],
  not_found: [404, "not_found_error", "model: no-such-model"],
  context_length: [
    400,
    "invalid_request_error",
    "prompt is too long: 210000 tokens > 200000 maximum"
  ],
  filtered: [400, "invalid_request_error", "Output blocked by content filtering policy"],
  bad_request: [400, "invalid_request_error", "messages: at least one message is required"]
}

const failure: FakeDialect["failure"] = (kind, detail) => {
  const [status, type, message] = failures[kind]
  return {
    status,
    body: {
      type: "error",
      error: { type, message: detail.message ?? message },
      request_id: "req_fake"
    }
  }
}

/** How Anthropic answers. */
export const anthropic: FakeDialect = {
  whole: (answer, call) =>
    message(answer, call, {
      content: blocksOf(answer).map(({ whole }) => whole),
      stop_reason: stopReasons[answer.finish],
      usage: usageOf(answer)
    }),
  events,
  failure,
  errorEvent: (kind, detail) => ({
    kind: "error",
    name: "error",
    data: failure(kind, detail).body
  }),
  models: (ids) => ({
    data: ids.map((id) => ({
      type: "model",
      id,
      display_name: id,
      created_at: "2025-01-01T00:00:00Z"
    })),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null
  })
}
