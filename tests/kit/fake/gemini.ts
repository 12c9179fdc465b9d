/**
 * Gemini's `generateContent`, from the server's side.
 *
 * @module
 */
import type { FullAnswer } from "./Answer.ts"
import type { FailureDetail, FailureKind, FakeDialect, FakeEvent } from "./FakeDialect.ts"
import type { RecordedCall } from "./RecordedCall.ts"

const finishReasons = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY"
}

const usageOf = ({ usage, rawUsage }: FullAnswer): object => {
  if (rawUsage !== undefined) return { usageMetadata: rawUsage }
  if (usage === undefined) return {}
  return {
    usageMetadata: {
      promptTokenCount: usage.prompt,
      candidatesTokenCount: usage.completion - usage.reasoning,
      totalTokenCount: usage.prompt + usage.completion,
      ...(usage.cached > 0 ? { cachedContentTokenCount: usage.cached } : {}),
      ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {})
    }
  }
}

const partsOf = (answer: FullAnswer): ReadonlyArray<object> => [
  ...answer.reasoning.map((text) => ({ text, thought: true })),
  ...answer.pieces.map((text) => ({ text })),
  ...answer.toolCalls.map(({ name, arguments: text }) => ({
    functionCall: { name, args: JSON.parse(text) }
  }))
]

const reply = (
  answer: FullAnswer,
  call: RecordedCall,
  parts: ReadonlyArray<object>,
  finish: object
) => ({
  candidates: [{ content: { parts, role: "model" }, ...finish, index: 0 }],
  ...usageOf(answer),
  modelVersion: answer.model,
  responseId: `fake${call.number}`
})

const events: FakeDialect["events"] = (answer, call) => {
  const event = (
    kind: FakeEvent["kind"],
    parts: ReadonlyArray<object>,
    finish: object = {}
  ): FakeEvent => ({ kind, data: reply(answer, call, parts, finish) })
  return [
    ...partsOf(answer).map((part) => event("content", [part])),
    event("finish", [{ text: "" }], { finishReason: finishReasons[answer.finish] })
  ]
}

/** Adjacent texts of one kind are one part, as the real one has it. */
const merged = (answer: FullAnswer): FullAnswer => ({
  ...answer,
  reasoning: answer.reasoning.length > 0 ? [answer.reasoning.join("")] : [],
  pieces: answer.pieces.length > 0 ? [answer.pieces.join("")] : []
})

const failures: Record<FailureKind, readonly [number, string, string]> = {
  rate_limited: [429, "RESOURCE_EXHAUSTED", "Resource has been exhausted."],
  quota_exhausted: [
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details."
  ],
  overloaded: [503, "UNAVAILABLE", "The model is overloaded. Please try again later."],
  server: [500, "INTERNAL", "An internal error has occurred."],
  auth: [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."],
  forbidden: [403, "PERMISSION_DENIED", "The caller does not have permission"],
  not_found: [404, "NOT_FOUND", "models/no-such-model is not found for API version v1beta"],
  context_length: [
    400,
    "INVALID_ARGUMENT",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
  ],
  filtered: [400, "INVALID_ARGUMENT", "The prompt was blocked"],
  bad_request: [400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.temperature'"]
}

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`

const detailsOf = (kind: FailureKind, { retryDelay }: FailureDetail): ReadonlyArray<object> => [
  ...(kind === "rate_limited" || kind === "quota_exhausted"
    ? [{
      "@type": type("QuotaFailure"),
      violations: [{
        quotaId: kind === "rate_limited"
          ? "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
          : "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
      }]
    }]
    : []),
  ...(kind === "auth"
    ? [{ "@type": type("ErrorInfo"), reason: "API_KEY_INVALID", domain: "googleapis.com" }]
    : []),
  ...(retryDelay === undefined ? [] : [{ "@type": type("RetryInfo"), retryDelay }])
]

/** A blocked prompt is no error here: it is an answer without candidates. */
const failure: FakeDialect["failure"] = (kind, detail) => {
  if (kind === "filtered") {
    return {
      status: 200,
      body: {
        promptFeedback: { blockReason: "SAFETY" },
        usageMetadata: { promptTokenCount: 11, totalTokenCount: 11 }
      }
    }
  }
  const [code, status, words] = failures[kind]
  const message = detail.message ?? words
  return {
    status: code,
    body: { error: { code, message, status, details: detailsOf(kind, detail) } }
  }
}

/** How Gemini answers. */
export const gemini: FakeDialect = {
  whole: (answer, call) =>
    reply(answer, call, partsOf(merged(answer)), { finishReason: finishReasons[answer.finish] }),
  events,
  failure,
  errorEvent: (kind, detail) => ({ kind: "error", data: failure(kind, detail).body }),
  models: (ids) => ({
    models: ids.map((id) => ({
      name: `models/${id}`,
      displayName: id,
      supportedGenerationMethods: ["generateContent"]
    }))
  })
}
