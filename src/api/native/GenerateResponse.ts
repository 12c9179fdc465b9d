/**
 * What `/generate` answers, and what each event of `/generate/stream` holds.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import type { Choice } from "../../domain/Answer.ts"
import { type Cost, toDollars, totalNanos } from "../../domain/Cost.ts"
import { finishReasons } from "../../domain/FinishReason.ts"
import type { Usage } from "../../domain/Usage.ts"
import type { Generated } from "../../gateway/whole.ts"
import { ErrorObject } from "../ErrorBody.ts"
import { ReasoningDetail } from "./ReasoningDetail.ts"
import * as Signature from "./signature.ts"

const optional = Schema.optionalKey

const ToolCall = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("function"),
  function: Schema.Struct({ name: Schema.String, arguments: Schema.String }),
  signature: optional(Schema.String)
})

/** Tokens that an answer took. */
export const UsageBody = Schema.Struct({
  prompt_tokens: Schema.Natural,
  completion_tokens: Schema.Natural,
  total_tokens: Schema.Natural,
  prompt_tokens_details: Schema.Struct({
    cached_tokens: Schema.Natural,
    cache_write_tokens: Schema.Natural
  }),
  completion_tokens_details: Schema.Struct({ reasoning_tokens: Schema.Natural }),
  /** Who counted: the provider, or Penstock by a rule of thumb. */
  source: Schema.Literals(["reported", "estimated", "mixed"])
})

/** US dollars; `null` where the price is unknown. */
export const CostBody = Schema.NullOr(Schema.Struct({
  input_cost: Schema.Finite,
  output_cost: Schema.Finite,
  total_cost: Schema.Finite
}))

/** What `/generate` answers. */
export const GenerateResponse = Schema.Struct({
  /** The request's id, as in `X-Request-Id`. */
  id: Schema.String,
  /** The model that served it. */
  model: Schema.String,
  choices: Schema.Array(Schema.Struct({
    index: Schema.Natural,
    message: Schema.Struct({
      role: Schema.Literal("assistant"),
      /** `null` where the model only calls tools. */
      content: Schema.NullOr(Schema.String),
      reasoning_content: optional(Schema.String),
      reasoning_details: optional(Schema.Array(ReasoningDetail)),
      tool_calls: optional(Schema.Array(ToolCall))
    }),
    finish_reason: Schema.Literals(finishReasons)
  })),
  usage: UsageBody,
  cost: CostBody
}).annotate({ identifier: "GenerateResponse" })

/** What an event of `/generate/stream` holds; the last before `[DONE]` has usage and cost. */
export const GenerateEvent = Schema.Struct({
  id: Schema.String,
  model: optional(Schema.String),
  /** Never empty. */
  choices: Schema.Array(Schema.Struct({
    index: Schema.Natural,
    delta: Schema.Struct({
      content: optional(Schema.String),
      reasoning_content: optional(Schema.String),
      reasoning_details: optional(Schema.Array(ReasoningDetail)),
      tool_calls: optional(Schema.Array(Schema.Struct({
        index: Schema.Natural,
        id: optional(Schema.String),
        type: optional(Schema.Literal("function")),
        function: Schema.Struct({ name: optional(Schema.String), arguments: Schema.String }),
        signature: optional(Schema.String)
      })))
    }),
    finish_reason: optional(Schema.Literals(finishReasons))
  })),
  usage: optional(UsageBody),
  cost: optional(CostBody),
  /** The answer broke off: no `[DONE]` follows. */
  error: optional(ErrorObject)
}).annotate({ identifier: "GenerateEvent" })

/** A whole answer, as `/generate` tells it. */
export const toResponse = (
  id: string,
  { model, answer, usage, cost }: Generated
): typeof GenerateResponse.Type => ({
  id,
  model,
  choices: answer.choices.map(toChoice),
  usage: toUsage(usage),
  cost: toCost(cost)
})

/** Usage, as clients read it. */
export const toUsage = (usage: Usage): typeof UsageBody.Type => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.promptTokens + usage.completionTokens,
  prompt_tokens_details: {
    cached_tokens: usage.cachedTokens,
    cache_write_tokens: usage.cacheWriteTokens
  },
  completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  source: usage.source
})

/** Cost in US dollars. */
export const toCost = (cost: Cost | undefined): typeof CostBody.Type =>
  cost
    ? {
      input_cost: toDollars(cost.inputNanos),
      output_cost: toDollars(cost.outputNanos),
      total_cost: toDollars(totalNanos(cost))
    }
    : null

const toChoice = (
  { index, text, refusal = "", reasoning, toolCalls, finishReason }: Choice
) => ({
  index,
  message: {
    role: "assistant" as const,
    content: text + refusal === "" && toolCalls.length > 0 ? null : text + refusal,
    ...(reasoning.length > 0 ? toReasoning(reasoning) : {}),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls.map(toToolCall) } : {})
  },
  finish_reason: finishReason
})

const toReasoning = (reasoning: Choice["reasoning"]) => ({
  reasoning_content: reasoning.map((block) => block.type === "text" ? block.text : "").join(""),
  reasoning_details: reasoning.map((block): typeof ReasoningDetail.Type =>
    block.type === "redacted"
      ? { type: "redacted", data: Signature.show(block.data) }
      : { type: "text", text: block.text, ...signed(block.signature) }
  )
})

const toToolCall = (
  { id, name, arguments: text, signature }: Choice["toolCalls"][number]
): typeof ToolCall.Type => ({
  id,
  type: "function",
  function: { name, arguments: text },
  ...signed(signature)
})

/** A signature as a field, where there is one. */
export const signed = (
  signature: Choice["toolCalls"][number]["signature"]
): { readonly signature?: string } => signature ? { signature: Signature.show(signature) } : {}
