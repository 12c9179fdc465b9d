/**
 * OpenAI's chat completions, from the server's side.
 *
 * @module
 */
import { type FullAnswer, halves } from "./Answer.ts"
import type { FailureKind, FakeDialect, FakeEvent } from "./FakeDialect.ts"
import type { RecordedCall } from "./RecordedCall.ts"

const id = (call: RecordedCall) => `chatcmpl-fake${call.number}`

const usageOf = ({ usage, rawUsage }: FullAnswer): unknown =>
  rawUsage ?? (usage && {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: 0 }
  })

const whole: FakeDialect["whole"] = (answer, call) => ({
  id: id(call),
  object: "chat.completion",
  created: 1770933892,
  model: answer.model,
  choices: [{
    index: 0,
    message: {
      role: "assistant",
      content: answer.pieces.length > 0 ? answer.pieces.join("") : null,
      refusal: null,
      ...(answer.reasoning.length > 0 ? { reasoning_content: answer.reasoning.join("") } : {}),
      ...(answer.toolCalls.length > 0
        ? {
          tool_calls: answer.toolCalls.map(({ id, name, arguments: text }) => ({
            id,
            type: "function",
            function: { name, arguments: text }
          }))
        }
        : {})
    },
    logprobs: null,
    finish_reason: answer.finish
  }],
  usage: usageOf(answer)
})

/** As with the real one, a stream reports usage only where `stream_options.include_usage` asked for it. */
const events: FakeDialect["events"] = (answer, call) => {
  const chunk = (kind: FakeEvent["kind"], rest: object): FakeEvent => ({
    kind,
    data: {
      id: id(call),
      object: "chat.completion.chunk",
      created: 1770933892,
      model: answer.model,
      ...rest
    }
  })
  const step = (kind: FakeEvent["kind"], delta: object, finish: string | null = null) =>
    chunk(kind, { choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })
  const options = Object(call.body.stream_options)
  const usage = usageOf(answer)
  return [
    step("preamble", { role: "assistant", content: "", refusal: null }),
    ...answer.reasoning.map((text) => step("content", { reasoning_content: text })),
    ...answer.pieces.map((content) => step("content", { content })),
    ...answer.toolCalls.flatMap(({ id, name, arguments: text }, index) => [
      step("content", {
        tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }]
      }),
      ...halves(text).map((part) =>
        step("content", { tool_calls: [{ index, function: { arguments: part } }] })
      )
    ]),
    step("finish", {}, answer.finish),
    ...(options.include_usage === true && usage !== undefined
      ? [chunk("finish", { choices: [], usage })]
      : []),
    { kind: "terminator", data: "[DONE]" }
  ]
}

const failures: Record<FailureKind, readonly [number, string, string, string | null]> = {
  rate_limited: [429, "Rate limit reached for requests", "requests", "rate_limit_exceeded"],
  quota_exhausted: [
    429,
    "You exceeded your current quota, please check your plan and billing details.",
    "insufficient_quota",
    "insufficient_quota"
  ],
  overloaded: [
    503,
    "The engine is currently overloaded, please try again later",
    "server_error",
    null
  ],
  server: [500, "The server had an error while processing your request.", "server_error", null],
  auth: [401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"],
  forbidden: [
    403,
    "Project does not have access to the model",
    "invalid_request_error",
    "model_not_found"
  ],
  not_found: [404, "The model does not exist", "invalid_request_error", "model_not_found"],
  context_length: [
    400,
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    "invalid_request_error",
    "context_length_exceeded"
  ],
  filtered: [
    400,
    "The response was filtered due to the prompt triggering the content management policy.",
    "invalid_request_error",
    "content_filter"
  ],
  bad_request: [400, "Invalid value for 'temperature'.", "invalid_request_error", null]
}

const failure: FakeDialect["failure"] = (kind, detail) => {
  const [status, message, type, code] = failures[kind]
  return {
    status,
    body: { error: { message: detail.message ?? message, type, param: null, code } }
  }
}

/** How OpenAI and those that speak like it answer. */
export const openai: FakeDialect = {
  whole,
  events,
  failure,
  errorEvent: (kind, detail) => ({ kind: "error", data: failure(kind, detail).body }),
  models: (ids) => ({
    object: "list",
    data: ids.map((id) => ({ id, object: "model", created: 1770933892, owned_by: "fake" }))
  })
}
