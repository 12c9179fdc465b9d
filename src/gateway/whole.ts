/**
 * Answers in one piece.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { type Answer, toDeltas } from "../domain/Answer.ts"
import * as Written from "../ledger/tokens/Written.ts"
import { targetOf } from "./account.ts"
import type { Course } from "./call.ts"
import type { Journey } from "./Journey.ts"
import { inOnePiece, type Piece } from "./onePiece.ts"
import type { Tools } from "./Tools.ts"
import { type Manner, travel } from "./travel.ts"

/** A whole answer, who gave it, and what it took. */
export interface Generated extends Piece<Answer> {
  /** The id of the model that served it. */
  readonly model: string
}

/** Has somebody answer in one piece. */
export const answerWhole = (tools: Tools, journey: Journey) => {
  const course: Course<Generated> = (leg) => {
    const { deployment: { model, provider } } = leg.candidate
    const { caller } = journey.ask
    const call = inOnePiece<Answer>(tools, journey, leg, {
      ask: (guard) => provider.complete(leg.request, targetOf(model, false), guard, caller),
      reported: ({ choices, usage }) => {
        journey.isFiltered = choices.some(({ finishReason }) => finishReason === "content_filter")
        return usage
      },
      written: writtenIn
    })
    return Effect.map(call, (piece): Generated => ({ ...piece, model: model.id }))
  }
  return travel(tools, journey, course, manner)
}

/** Nothing is shown before it is whole: whoever comes next begins from the beginning. */
export const manner: Manner = {
  aftermath: () => "by_rule",
  canTakeUp: () => true,
  resumes: () => undefined
}

/** All of an answer. */
const writtenIn = (answer: Answer): Written.Written => {
  const text = Written.make()
  for (const delta of toDeltas(answer)) text.add(delta)
  return text
}
