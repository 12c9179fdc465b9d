/**
 * Amazon Bedrock's Converse, from the server's side.
 *
 * @module
 */
import { type FullAnswer, halves } from "./Answer.ts"
import { message } from "./eventstream.ts"
import type { FailureKind, FakeDialect, FakeEvent } from "./FakeDialect.ts"

const stopReasons = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "content_filtered"
}

const signature = "ZmFrZS1zaWduYXR1cmU="

const usageOf = ({ usage, rawUsage }: FullAnswer): unknown =>
  rawUsage ?? (usage && {
    inputTokens: usage.prompt - usage.cached - usage.cacheWrite,
    outputTokens: usage.completion,
    totalTokens: usage.prompt + usage.completion,
    cacheReadInputTokens: usage.cached,
    cacheWriteInputTokens: usage.cacheWrite
  })

/** The blocks of an answer: as they start, then what streams into them, then whole. */
const blocksOf = (answer: FullAnswer) => [
  ...(answer.reasoning.length === 0 ? [] : [{
    start: undefined,
    deltas: [
      ...answer.reasoning.map((text): object => ({ reasoningContent: { text } })),
      { reasoningContent: { signature } }
    ],
    whole: { reasoningContent: { reasoningText: { text: answer.reasoning.join(""), signature } } }
  }]),
  ...(answer.pieces.length === 0 ? [] : [{
    start: undefined,
    deltas: answer.pieces.map((text): object => ({ text })),
    whole: { text: answer.pieces.join("") }
  }]),
  ...answer.toolCalls.map(({ id, name, arguments: text }) => ({
    start: { toolUse: { toolUseId: id, name } },
    deltas: halves(text).map((input): object => ({ toolUse: { input } })),
    whole: { toolUse: { toolUseId: id, name, input: JSON.parse(text) } }
  }))
]

/** As the real one does, it pads what it sends, so that its length tells nobody anything. */
const event = (kind: FakeEvent["kind"], name: string, data: object): FakeEvent => ({
  kind,
  name,
  data: { ...data, p: "abcdefghijklmnop" }
})

const events: FakeDialect["events"] = (answer) => [
  event("preamble", "messageStart", { role: "assistant" }),
  ...blocksOf(answer).flatMap(({ start, deltas }, contentBlockIndex) => [
    ...(start === undefined
      ? []
      : [event("preamble", "contentBlockStart", { contentBlockIndex, start })]),
    ...deltas.map((delta) => event("content", "contentBlockDelta", { contentBlockIndex, delta })),
    event("preamble", "contentBlockStop", { contentBlockIndex })
  ]),
  event("finish", "messageStop", { stopReason: stopReasons[answer.finish] }),
  event("finish", "metadata", { usage: usageOf(answer), metrics: { latencyMs: 7 } })
]

const failures: Record<FailureKind, readonly [number, string, string]> = {
  rate_limited: [429, "ThrottlingException", "Too many requests, please wait before trying again."],
  quota_exhausted: [
    400,
    "ServiceQuotaExceededException",
    "Your request exceeds the service quota."
  ],
  overloaded: [503, "ServiceUnavailableException", "Bedrock is unable to process your request."],
  server: [500, "InternalServerException", "The system encountered an unexpected error."],
  auth: [
    403,
    "UnrecognizedClientException",
    "The security token included in the request is invalid."
  ],
  forbidden: [
    403,
    "AccessDeniedException",
    "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: bedrock:InvokeModel"
  ],
  not_found: [404, "ResourceNotFoundException", "Could not resolve the foundation model."],
  context_length: [400, "ValidationException", "Input is too long for requested model."],
  filtered: [400, "ValidationException", "The prompt was blocked by a content filter."],
  bad_request: [400, "ValidationException", "Malformed input request, please reformat your input."]
}

const failure: FakeDialect["failure"] = (kind, detail) => {
  const [status, type, words] = failures[kind]
  return {
    status,
    headers: { "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
    body: { message: detail.message ?? words }
  }
}

/** How Bedrock answers. */
export const bedrock: FakeDialect = {
  whole: (answer) => ({
    metrics: { latencyMs: 7 },
    output: { message: { role: "assistant", content: blocksOf(answer).map(({ whole }) => whole) } },
    stopReason: stopReasons[answer.finish],
    usage: usageOf(answer)
  }),
  events,
  failure,
  errorEvent: (kind, detail) => {
    const [, type, words] = failures[kind]
    const name = `${type[0]!.toLowerCase()}${type.slice(1)}`
    return { kind: "error", name, data: { message: detail.message ?? words } }
  },
  models: (ids) => ({ modelSummaries: ids.map((modelId) => ({ modelId, modelName: modelId })) }),
  binary: {
    contentType: "application/vnd.amazon.eventstream",
    frame: ({ kind, name = "contentBlockDelta", data }) => {
      const isException = kind === "error" && name.endsWith("Exception")
      return message({
        ":message-type": isException ? "exception" : "event",
        [isException ? ":exception-type" : ":event-type"]: name,
        ":content-type": "application/json"
      }, typeof data === "string" ? data : JSON.stringify(data))
    }
  }
}
