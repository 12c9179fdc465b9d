/**
 * Answers in one piece.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { type Answer, toDeltas } from "../domain/Answer.ts"
import type { Cost } from "../domain/Cost.ts"
import type { Usage } from "../domain/Usage.ts"
import { addDelta, emptyTally, estimate, type Tally } from "../ledger/estimate.ts"
import { account, targetOf } from "./account.ts"
import type { Course } from "./call.ts"
import type { Journey } from "./Journey.ts"
import type { Tools } from "./Tools.ts"
import { travel } from "./travel.ts"

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
    const { guard } = tools.watchman.begin(tools.times.wholeHeadMs, leg.leftMs, nothing)
    return Effect.map(
      provider.complete(leg.request, targetOf(model, false), guard, journey.ask.caller),
      (answer) => {
        const usage = answer.usage ?? estimate(leg.request, written(answer))
        return { model: model.id, answer, usage, cost: account(tools, journey, leg, usage) }
      }
    )
  }
  return travel(tools, journey, course, byRule)
}

const byRule = () => "by_rule" as const
const nothing = () => {}

/** How much an answer holds. */
const written = (answer: Answer): Tally => {
  const tally = emptyTally()
  for (const delta of toDeltas(answer)) addDelta(tally, delta)
  return tally
}
