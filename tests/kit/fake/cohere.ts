/**
 * Cohere's Chat, from the server's side.
 *
 * @module
 */
import { type FullAnswer, halves } from "./Answer.ts"
import type { FailureKind, FakeDialect, FakeEvent } from "./FakeDialect.ts"

const finishReasons = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  tool_calls: "TOOL_CALL",
  content_filter: "ERROR_TOXIC"
}

/** Cohere bills less than it reads: what it reads is what others count. */
const usageOf = ({ usage, rawUsage }: FullAnswer): unknown =>
  rawUsage ?? (usage && {
    billed_units: { input_tokens: Math.min(1, usage.prompt), output_tokens: usage.completion },
    tokens: { input_tokens: usage.prompt, output_tokens: usage.completion },
    cached_tokens: usage.cached
  })

const event = (
  kind: FakeEvent["kind"],
  type: string,
  message: object | undefined,
  index?: number
): FakeEvent => ({
  kind,
  name: type,
  data: {
    type,
    ...(index === undefined ? {} : { index }),
    ...(message ? { delta: { message } } : {})
  }
})

const called = ({ id, name, arguments: text }: FullAnswer["toolCalls"][number]) => ({
  id,
  type: "function",
  function: { name, arguments: text }
})

/** The blocks of the content: of thoughts, then of text. */
const blocksOf = ({ reasoning, pieces }: FullAnswer) =>
  [["thinking", reasoning], ["text", pieces]] as const

const events: FakeDialect["events"] = (answer) => {
  const said = blocksOf(answer).filter(([, pieces]) => pieces.length > 0)
  return [
    event("preamble", "message-start", { role: "assistant", content: [], tool_calls: [] }),
    ...said.flatMap(([type, pieces], index) => [
      event("preamble", "content-start", { content: { type, [type]: "" } }, index),
      ...pieces.map((text) =>
        event("content", "content-delta", { content: { [type]: text } }, index)
      ),
      event("preamble", "content-end", undefined, index)
    ]),
    ...answer.toolCalls.flatMap((call, index) => [
      event(
        "content",
        "tool-call-start",
        { tool_calls: called({ ...call, arguments: "" }) },
        index
      ),
      ...halves(call.arguments).map((text) =>
        event(
          "content",
          "tool-call-delta",
          { tool_calls: { function: { arguments: text } } },
          index
        )
      ),
      event("preamble", "tool-call-end", undefined, index)
    ]),
    {
      kind: "finish",
      name: "message-end",
      data: {
        type: "message-end",
        delta: { finish_reason: finishReasons[answer.finish], usage: usageOf(answer) }
      }
    }
  ]
}

const failures: Record<FailureKind, readonly [number, string]> = {
  rate_limited: [429, "You are using a Trial key, which is limited to 20 API calls / minute."],
  quota_exhausted: [402, "please add or update your payment method to continue"],
  overloaded: [503, "The service is unavailable"],
  server: [500, "internal server error"],
  auth: [401, "invalid api token"],
  forbidden: [403, "this api key may not be used for this"],
  not_found: [404, "model 'command-x' not found"],
  context_length: [400, "too many tokens: total number of tokens in the prompt exceeds the limit"],
  filtered: [
    498,
    "blocked input: please adjust your prompt and try again, as it may be a potential violation of " +
    "our Usage Guidelines."
  ],
  bad_request: [400, "invalid request: prompt must be at least 1 token long"]
}

/** How Cohere answers. */
export const cohere: FakeDialect = {
  whole: (answer) => ({
    id: "c14c80c3-18eb-4519-9460-6c92edd8cfb4",
    message: {
      role: "assistant",
      content: blocksOf(answer).flatMap(([type, pieces]) =>
        pieces.length === 0 ? [] : [{ type, [type]: pieces.join("") }]
      ),
      ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls.map(called) } : {})
    },
    finish_reason: finishReasons[answer.finish],
    usage: usageOf(answer)
  }),
  events,
  failure: (kind, detail) => {
    const [status, message] = failures[kind]
    return { status, body: { id: "x", message: detail.message ?? message } }
  },
  errorEvent: (kind, detail) => ({
    kind: "error",
    name: "message-end",
    data: {
      type: "message-end",
      delta: { finish_reason: "ERROR", error: detail.message ?? failures[kind][1] }
    }
  }),
  models: (ids) => ({ models: ids.map((name) => ({ name, endpoints: ["chat"] })) })
}
