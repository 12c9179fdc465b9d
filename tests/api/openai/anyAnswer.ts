/**
 * Any answer that a provider may stream, in any order that deltas may come in.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import type { Delta, Finish } from "../../../src/domain/Delta.ts"
import { finishReasons } from "../../../src/domain/FinishReason.ts"
import type { Usage } from "../../../src/domain/Usage.ts"

/** Texts as they are hard to frame: line ends, quotes, halves of characters. */
const Text = Schema.Literals(
  ["a", "Hello ", "\n\n", '"\\', "\u2028data: [DONE]", "\ud83d", "\ude00", "日本", "{}", " "]
)
const Step = Schema.Struct({
  kind: Schema.Literals(
    ["text", "text", "refusal", "logprobs", "thought", "signed", "redacted", "call", "more", "more"]
  ),
  choice: Schema.Literals([0, 0, 0, 1, 2]),
  /** Which of the calls of the choice gets more arguments. */
  call: Schema.Literals([0, 1, 2, 3]),
  text: Text
})

/** An answer of so many steps at least, as steps to take and reasons to end for. */
export const anyAnswer = (shortest: number) =>
  Schema.Struct({
    steps: Schema.Array(Step).check(Schema.isMinLength(shortest), Schema.isMaxLength(40)),
    reasons: Schema.Tuple([
      Schema.Literals(finishReasons),
      Schema.Literals(finishReasons),
      Schema.Literals(finishReasons)
    ])
  })

/** An answer, as steps to take and reasons to end for. */
export type AnyAnswer = ReturnType<typeof anyAnswer>["Type"]

/** An answer as its deltas. */
export interface Told {
  readonly deltas: ReadonlyArray<Delta>
  readonly finishes: ReadonlyArray<Finish>
}

const token = (token: string) => ({ token, logprob: -0.5, bytes: [1], top_logprobs: [] })
const signature = { dialect: "anthropic", value: "S" } as const

/**
 * The deltas of an answer: none is empty, calls are counted without gaps, and each has arguments
 * before the end. Arguments are JSON at times, and become more after that.
 */
export const toDeltas = ({ steps, reasons }: AnyAnswer): Told => {
  const deltas: Array<Delta> = []
  const calls = [0, 0, 0]
  let last = 0
  for (const { kind, choice, call, text } of steps) {
    last = Math.max(last, choice)
    switch (kind) {
      case "text":
        deltas.push({ _tag: "Text", choice, text })
        break
      case "refusal":
        deltas.push({ _tag: "Refusal", choice, text })
        break
      case "logprobs":
        deltas.push({ _tag: "Logprobs", choice, tokens: [token(text)] })
        break
      case "thought":
        deltas.push({ _tag: "Reasoning", choice, text })
        break
      case "signed":
        deltas.push({ _tag: "ReasoningSignature", choice, signature })
        break
      case "redacted":
        deltas.push({ _tag: "ReasoningRedacted", choice, data: signature })
        break
      case "call": {
        const index = calls[choice]!++
        const name = index % 2 === 0 ? "f" : "c"
        deltas.push({ _tag: "ToolCallStart", choice, index, id: `call_${index}`, name })
        break
      }
      case "more": {
        const index = Math.min(call, calls[choice]! - 1)
        if (index >= 0) {
          deltas.push({ _tag: "ToolCallArguments", choice, index, fragment: text })
        }
      }
    }
  }
  calls.forEach((count, choice) => {
    for (let index = 0; index < count; index++) {
      const fragment = '{"input":"x"}'
      deltas.push({ _tag: "ToolCallArguments", choice, index, fragment })
    }
  })
  const finishes = reasons.slice(0, last + 1).map((reason, choice): Finish => ({
    _tag: "Finish",
    choice,
    reason
  }))
  return { deltas, finishes }
}

/**
 * Whether nothing that `check` asserts fails. What does is logged: the law itself then tells the
 * smallest answer that it fails for, and the seed.
 */
export const holds = (check: () => void): boolean => {
  try {
    check()
    return true
  } catch (error) {
    console.log(`  ${String(error).split("\n").slice(0, 12).join("\n  ")}`)
    return false
  }
}

/** What any of them took. */
export const usage: Usage = {
  promptTokens: 10,
  completionTokens: 5,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  reasoningTokens: 2,
  source: "reported"
}
