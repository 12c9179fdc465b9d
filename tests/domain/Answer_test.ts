import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { type Answer, fold, toDeltas } from "../../src/domain/Answer.ts"
import type { Delta } from "../../src/domain/Delta.ts"
import { finishReasons } from "../../src/domain/FinishReason.ts"
import type { Reasoning } from "../../src/domain/Message.ts"
import type { Usage } from "../../src/domain/Usage.ts"
import { law } from "../kit/effect.ts"

const Signature = Schema.Struct({
  dialect: Schema.Literals(["openai", "anthropic", "gemini"]),
  value: Schema.String
})
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 }))
const Choice = Schema.Struct({
  text: Schema.String,
  /** Unsigned text runs on into the next: only the last block may be unsigned. */
  thoughts: Schema.Array(
    Schema.Union([
      Schema.Struct({
        type: Schema.Literal("text"),
        text: Schema.String,
        signature: Signature
      }),
      Schema.Struct({ type: Schema.Literal("redacted"), data: Signature })
    ])
  ),
  lastThought: Schema.UndefinedOr(Schema.NonEmptyString),
  toolCalls: Schema.Array(Schema.Struct({
    id: Schema.String,
    name: Schema.String,
    arguments: Schema.String,
    signature: Schema.UndefinedOr(Signature)
  })),
  finishReason: Schema.Literals(finishReasons)
})
const Parts = Schema.Struct({
  choices: Schema.NonEmptyArray(Choice),
  usage: Schema.UndefinedOr(Schema.Struct({
    promptTokens: Count,
    completionTokens: Count,
    cachedTokens: Count,
    cacheWriteTokens: Count,
    reasoningTokens: Count,
    source: Schema.Literals(["reported", "estimated"])
  }))
})

const answerOf = ({ choices, usage }: typeof Parts.Type): Answer => ({
  choices: choices.map(({ thoughts, lastThought, ...choice }, index) => ({
    index,
    ...choice,
    reasoning: [
      ...thoughts,
      ...(lastThought === undefined
        ? []
        : [{ type: "text", text: lastThought, signature: undefined } satisfies Reasoning])
    ]
  })),
  usage
})

law("fold() of an answer's deltas is the answer", Parts, (parts) => {
  const answer = answerOf(parts)
  assertEquals(fold(toDeltas(answer)), answer)
  return true
})

law("fold() does not mind how texts are split, or which choice comes first", Parts, (parts) => {
  const answer = answerOf(parts)
  const whole = toDeltas(answer)
  const pieces = whole.flatMap((delta): ReadonlyArray<Delta> =>
    delta._tag === "Text" || delta._tag === "Reasoning"
      ? Array.from(delta.text, (text) => ({ ...delta, text }))
      : delta._tag === "ToolCallArguments"
      ? Array.from(delta.fragment, (fragment) => ({ ...delta, fragment }))
      : [delta]
  )
  const choiceOf = (delta: Delta) => delta._tag === "Usage" ? Infinity : delta.choice
  assertEquals(fold(pieces), answer)
  assertEquals(fold(pieces.toSorted((one, other) => choiceOf(other) - choiceOf(one))), answer)
  return true
})

law("fold() has no answer where one choice's end is missing", Parts, (parts) => {
  const whole = toDeltas(answerOf(parts))
  const ends = whole.filter(({ _tag }) => _tag === "Finish")
  return ends.every((end) => {
    const rest = whole.filter((delta) => delta !== end)
    // A choice of which nothing at all is left was never begun, if it was the last.
    const [choice] = end._tag === "Finish" ? [end.choice] : []
    const isGone = choice === ends.length - 1 && choice > 0 &&
      !rest.some((delta) => delta._tag !== "Usage" && delta.choice === choice)
    return isGone || fold(rest) === undefined
  })
})

Deno.test("fold() has no answer where there is no choice, or one is left out", () => {
  assertEquals(fold([]), undefined)
  const usage: Usage = {
    promptTokens: 1,
    completionTokens: 1,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported"
  }
  assertEquals(fold([{ _tag: "Usage", usage }]), undefined)
  assertEquals(fold([{ _tag: "Finish", choice: 1, reason: "stop" }]), undefined)
})

Deno.test("fold() takes the last count, and never sums", () => {
  const usage = (completionTokens: number): Delta => ({
    _tag: "Usage",
    usage: {
      promptTokens: 1,
      completionTokens,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      source: "reported"
    }
  })
  const answer = fold([usage(5), { _tag: "Finish", choice: 0, reason: "stop" }, usage(3)])
  assertEquals(answer?.usage?.completionTokens, 3)
})

Deno.test("fold() keeps the order of reasoning that is signed, hidden and neither", () => {
  const signature = { dialect: "anthropic", value: "s" } as const
  const answer = fold([
    { _tag: "Reasoning", choice: 0, text: "a" },
    { _tag: "Reasoning", choice: 0, text: "b" },
    { _tag: "ReasoningSignature", choice: 0, signature },
    { _tag: "Reasoning", choice: 0, text: "c" },
    { _tag: "ReasoningRedacted", choice: 0, data: signature },
    { _tag: "Reasoning", choice: 0, text: "d" },
    { _tag: "Finish", choice: 0, reason: "stop" }
  ])
  assertEquals(answer?.choices[0]?.reasoning, [
    { type: "text", text: "ab", signature },
    { type: "text", text: "c", signature: undefined },
    { type: "redacted", data: signature },
    { type: "text", text: "d", signature: undefined }
  ])
})
