/**
 * Requests of every shape that the domain has.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import {
  type DialectName,
  dialectNames,
  type Message,
  type Part,
  type Reasoning,
  type Signature
} from "../../src/domain/Message.ts"
import { parameters } from "./parameters.ts"
import { argumentsText, content, label, oneOf, resultText, text } from "./texts.ts"

const signed = (dialect: DialectName, number: number): Signature => ({
  dialect,
  value: `s1g+${dialect}${number}/=`
})

const numbers = oneOf([1, 2, 3])

const reasoning: Arbitrary.Arbitrary<Reasoning> = Arbitrary.map(
  Arbitrary.all({
    text,
    dialect: oneOf([undefined, ...dialectNames]),
    number: numbers,
    isRedacted: oneOf([false, false, true])
  }),
  ({ text, dialect, number, isRedacted }): Reasoning => {
    if (dialect === undefined) return { type: "text", text: `a${text}` }
    return isRedacted
      ? { type: "redacted", data: signed(dialect, number) }
      : { type: "text", text, signature: signed(dialect, number) }
  }
)

const thoughts = Arbitrary.array(reasoning, { maxLength: 3 })

/** Ids of each provider's making, and those that were made up; the number makes them unlike. */
const ids: ReadonlyArray<(number: number) => string> = [
  (number) => `toolu_01A${number}`,
  (number) => `call_8aBcDeF${number}`,
  (number) => `functions.look:${number}`,
  (number) => `call_r-1_0_${number}`,
  (number) => `call_made_${number}`,
  (number) => `ü ${number}`
]

const call = Arbitrary.all({
  id: oneOf(ids),
  name: oneOf(["look", "see", "a-b_c"]),
  arguments: argumentsText,
  signer: oneOf([undefined, undefined, "gemini", "openai", "anthropic"]),
  result: resultText,
  more: content,
  isError: oneOf([undefined, true]),
  /** Results come by this, and not by the order of their calls. */
  rank: numbers
})

type Saying =
  | {
    readonly says: "system" | "user"
    readonly content: ReadonlyArray<Part>
    readonly name?: string
  }
  | {
    readonly says: "assistant"
    readonly content: ReadonlyArray<Part>
    readonly reasoning: ReadonlyArray<Reasoning>
    /** Whether the user says something before the first result, or behind it. */
    readonly interrupted: 0 | 1 | undefined
    readonly calls: ReadonlyArray<
      typeof call extends Arbitrary.Arbitrary<infer A> ? A : never
    >
  }

const saying: Arbitrary.Arbitrary<Saying> = Arbitrary.map(
  Arbitrary.all({
    says: oneOf(["user", "assistant", "assistant", "system"]),
    content,
    name: oneOf([undefined, "Ann"]),
    reasoning: thoughts,
    interrupted: oneOf([undefined, undefined, 0, 1]),
    calls: Arbitrary.array(call, { maxLength: 3 })
  }),
  ({ says, content, name, reasoning, interrupted, calls }): Saying => {
    if (says === "assistant") return { says, content, reasoning, interrupted, calls }
    return says === "user" && name ? { says, content, name } : { says, content }
  }
)

const visible: Arbitrary.Arbitrary<Saying> = Arbitrary.map(
  label,
  (text): Saying => ({ says: "user", content: [{ type: "text", text }] })
)

/**
 * Any conversation in which somebody says something, and each call has its results behind it, in any
 * order; those of the last calls may not have come yet.
 */
export const conversation: Arbitrary.Arbitrary<ReadonlyArray<Message>> = Arbitrary.map(
  Arbitrary.all({
    before: Arbitrary.array(saying, { maxLength: 4 }),
    visible,
    after: Arbitrary.array(saying, { maxLength: 4 }),
    isOpen: oneOf([false, true])
  }),
  ({ before, visible, after, isOpen }) => {
    let calls = 0
    const sayings = [...before, visible, ...after]
    return sayings.flatMap((saying, at): ReadonlyArray<Message> => {
      if (saying.says !== "assistant") {
        const { says, ...rest } = saying
        return [{ role: says, ...rest }]
      }
      const { content, reasoning, interrupted } = saying
      const made = saying.calls.map((call) => ({ ...call, id: call.id(calls++) }))
      const asks: Message = {
        role: "assistant",
        content,
        reasoning,
        toolCalls: made.map(({ id, name, arguments: text, signer, rank }) =>
          signer
            ? { id, name, arguments: text, signature: signed(signer, rank) }
            : { id, name, arguments: text }
        )
      }
      const answers = made.toSorted((a, b) => a.rank - b.rank).map((
        { id, result, more, isError }
      ): Message => ({
        role: "tool",
        toolCallId: id,
        content: result === "" ? more : [{ type: "text", text: result }, ...more],
        ...(isError ? { isError } : {})
      }))
      if (isOpen && at === sayings.length - 1) return [asks]
      if (interrupted === undefined) return [asks, ...answers]
      const said: Message = { role: "user", content: [{ type: "text", text: "Wait." }] }
      return [asks, ...answers.slice(0, interrupted), said, ...answers.slice(interrupted)]
    })
  }
)

/** Any request. */
export const requests: Arbitrary.Arbitrary<CompletionRequest> = Arbitrary.map(
  Arbitrary.all({ messages: conversation, parameters }),
  ({ messages, parameters }) => ({ model: "m", messages, parameters, dropUnsupported: false })
)
