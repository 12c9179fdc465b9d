/**
 * Answers in one piece.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Answer, toDeltas } from "../domain/Answer.ts"
import type { Cost } from "../domain/Cost.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"
import type { ClientTooSlow } from "../guard/Watchman.ts"
import * as Written from "../ledger/tokens/Written.ts"
import { account, charged, targetOf, written } from "./account.ts"
import type { Course } from "./call.ts"
import type { Journey } from "./Journey.ts"
import { placing } from "./leg.ts"
import type { Tools } from "./Tools.ts"
import { type Manner, travel } from "./travel.ts"

/** A whole answer, who gave it, and what it took. */
export interface Generated {
  /** The id of the model that served it. */
  readonly model: string
  readonly answer: Answer
  readonly usage: Usage
  /** Absent where the price is unknown. */
  readonly cost: Cost | undefined
}

/** Has somebody answer in one piece. */
export const answerWhole = (tools: Tools, journey: Journey) => {
  const course: Course<Generated> = (leg) => {
    const { deployment: { model, provider } } = leg.candidate
    const { guard } = tools.watchman.begin({
      headMs: tools.times.wholeHeadMs,
      totalMs: leg.leftMs,
      keepAlive: nothing
    })
    // An answer that is there is charged whole, though its client leaves while it is counted.
    const asked = Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        restore(provider.complete(
          leg.request,
          targetOf(model, false),
          placing(tools, journey, leg, guard),
          journey.ask.caller
        )),
        (answer) => {
          journey.isFiltered = answer.choices.some(({ finishReason }) =>
            finishReason === "content_filter"
          )
          return Effect.map(
            charged(tools, leg, leg.request, () => writtenIn(answer), {
              reported: answer.usage,
              interrupted: false,
              accepted: true
            }),
            (took): Generated => {
              const usage = took ?? written(0, 0)
              return { model: model.id, answer, usage, cost: account(journey, leg, usage) }
            }
          )
        }
      )
    )
    // Whoever leaves before the answer has had it written all the same: at least its prompt was read.
    return Effect.onExit(asked, (exit) => {
      if (leg.charge || !isGivenUp(exit) || leg.placedAt === undefined) return Effect.void
      return Effect.map(
        charged(tools, leg, leg.request, Written.make, {
          reported: undefined,
          interrupted: true,
          accepted: true
        }),
        (usage) => {
          if (usage) account(journey, leg, usage)
        }
      )
    })
  }
  return travel(tools, journey, course, manner)
}

/** Whether the client gave it up, by leaving or by the time that it had for it. */
const isGivenUp = (exit: Exit.Exit<unknown, UpstreamFault | ClientTooSlow>): boolean => {
  if (Exit.isSuccess(exit)) return false
  if (Cause.hasInterruptsOnly(exit.cause)) return true
  const error = Cause.squash(exit.cause)
  return error instanceof UpstreamFault && error.class === "timeout_total"
}

/** Nothing is shown before it is whole: whoever comes next begins from the beginning. */
const manner: Manner = {
  aftermath: () => "by_rule",
  canTakeUp: () => true,
  resumes: () => undefined
}
const nothing = () => {}

/** All of an answer. */
const writtenIn = (answer: Answer): Written.Written => {
  const text = Written.make()
  for (const delta of toDeltas(answer)) text.add(delta)
  return text
}
