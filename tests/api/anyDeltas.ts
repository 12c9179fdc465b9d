/**
 * Answers of any kind, step by step, as a provider may write them: also several calls at once.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import type { Delta } from "../../src/domain/Delta.ts"
import { finishReasons } from "../../src/domain/FinishReason.ts"
import { dialectNames, type Signature as Signed } from "../../src/domain/Message.ts"

const Signature = Schema.Struct({
  dialect: Schema.Literals(dialectNames),
  value: Schema.NonEmptyString
})

const Step = Schema.Union([
  Schema.Struct({ step: Schema.Literal("text"), text: Schema.NonEmptyString }),
  Schema.Struct({ step: Schema.Literal("refusal"), text: Schema.NonEmptyString }),
  Schema.Struct({ step: Schema.Literal("reasoning"), text: Schema.NonEmptyString }),
  Schema.Struct({ step: Schema.Literal("signature"), signature: Signature }),
  Schema.Struct({ step: Schema.Literal("redacted"), signature: Signature }),
  Schema.Struct({
    step: Schema.Literal("call"),
    arguments: Schema.Record(Schema.String, Schema.String),
    signature: Schema.optionalKey(Signature)
  }),
  /** More of the arguments of one of the calls that are not whole. */
  Schema.Struct({
    step: Schema.Literal("more"),
    which: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
    length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))
  }),
  Schema.Struct({ step: Schema.Literal("usage") })
])

/** The steps of an answer, in any order. */
export const Steps = Schema.Struct({
  steps: Schema.Array(Step),
  finish: Schema.Literals(finishReasons)
})

/** The deltas of an answer of these steps, with all calls whole at the end, and its last. */
export const deltasOf = (
  { finish, steps }: typeof Steps.Type,
  choice = 0
): ReadonlyArray<Delta> => {
  const deltas: Array<Delta> = []
  const open: Array<{ readonly index: number; rest: string }> = []
  let index = 0
  const argue = (call: typeof open[number], length: number) => {
    const fragment = call.rest.slice(0, length)
    call.rest = call.rest.slice(length)
    deltas.push({ _tag: "ToolCallArguments", choice, index: call.index, fragment })
    if (call.rest === "") open.splice(open.indexOf(call), 1)
  }
  for (const one of steps) {
    switch (one.step) {
      case "text":
        deltas.push({ _tag: "Text", choice, text: one.text })
        break
      case "refusal":
        deltas.push({ _tag: "Refusal", choice, text: one.text })
        break
      case "reasoning":
        deltas.push({ _tag: "Reasoning", choice, text: one.text })
        break
      case "signature":
        deltas.push({ _tag: "ReasoningSignature", choice, signature: one.signature })
        break
      case "redacted":
        deltas.push({ _tag: "ReasoningRedacted", choice, data: one.signature })
        break
      case "usage":
        deltas.push({ _tag: "Usage", usage })
        break
      case "call": {
        const signed: { signature?: Signed } = one.signature ? { signature: one.signature } : {}
        const id = `call_${index}`
        deltas.push({ _tag: "ToolCallStart", choice, index, id, name: `f${index}`, ...signed })
        open.push({ index: index++, rest: JSON.stringify(one.arguments) })
        break
      }
      case "more": {
        const call = open[one.which % Math.max(1, open.length)]
        if (call) argue(call, one.length)
      }
    }
  }
  for (const call of Array.from(open)) argue(call, call.rest.length)
  deltas.push({ _tag: "Finish", choice, reason: finish })
  return deltas
}

/** What each of these answers took. */
export const usage = {
  promptTokens: 10,
  completionTokens: 7,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  reasoningTokens: 2,
  source: "reported"
} as const
