/**
 * One call whose answer comes in one piece: what it took is charged for, whoever leaves meanwhile.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Guard } from "../actor/Team.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Cost } from "../domain/Cost.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"
import type { ClientTooSlow } from "../guard/Watchman.ts"
import * as Written from "../ledger/tokens/Written.ts"
import { account, charged, written } from "./account.ts"
import type { Journey, Leg } from "./Journey.ts"
import { placing } from "./leg.ts"
import type { Tools } from "./Tools.ts"

/** An answer in one piece, and what it took. */
export interface Piece<A> {
  readonly answer: A
  readonly usage: Usage
  /** Absent where the price is unknown. */
  readonly cost: Cost | undefined
}

/** How such a call is made, and what its answer tells. */
export interface OnePiece<A> {
  readonly ask: (
    guard: Guard<UpstreamFault | ClientTooSlow>
  ) => Effect.Effect<A, UpstreamFault | ClientTooSlow>
  /** What the provider counted. */
  readonly reported: (answer: A) => Usage | undefined
  /** What it wrote, for where that has to be counted. */
  readonly written: (answer: A) => Written.Written
  /**
   * What it read before it came to nothing. Default: all of `request` where it `isGivenUp`, for it
   * may have been read by then, and else nothing.
   */
  readonly read?: ((isGivenUp: boolean, request: CompletionRequest) => Read | undefined) | undefined
}

/** What was read by a call without an answer. */
export interface Read {
  /** So much of the request. */
  readonly request: CompletionRequest
  /** What the provider counted of that; absent where it did not. */
  readonly reported: Usage | undefined
}

/** Makes the call of `leg`, and charges it. */
export const inOnePiece = <A>(
  tools: Tools,
  journey: Journey,
  leg: Leg,
  { ask, read: readBy = allOrNothing, reported, written: writtenIn }: OnePiece<A>
): Effect.Effect<Piece<A>, UpstreamFault | ClientTooSlow> => {
  const { guard } = tools.watchman.begin({
    headMs: tools.times.wholeHeadMs,
    totalMs: leg.leftMs,
    keepAlive: nothing
  })
  // An answer that is there is charged whole, though its client leaves while it is counted.
  const asked = Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      restore(ask(placing(tools, journey, leg, guard))),
      (answer) =>
        Effect.map(
          charged(tools, leg, leg.request, () => writtenIn(answer), {
            reported: reported(answer),
            interrupted: false,
            accepted: true
          }),
          (took): Piece<A> => {
            const usage = took ?? written(0, 0)
            return { answer, usage, cost: account(journey, leg, usage) }
          }
        )
    )
  )
  // Whoever leaves before the answer has had it written all the same: at least its prompt was read.
  return Effect.onExit(asked, (exit) => {
    if (leg.charge || Exit.isSuccess(exit) || leg.placedAt === undefined) return Effect.void
    const read = readBy(isGivenUp(exit), leg.request)
    if (read === undefined) return Effect.void
    return Effect.map(
      charged(tools, leg, read.request, Written.make, {
        reported: read.reported,
        interrupted: true,
        accepted: true
      }),
      (usage) => {
        if (usage) account(journey, leg, usage)
      }
    )
  })
}

/** Whether the client gave it up, by leaving or by the time that it had for it. */
const isGivenUp = (exit: Exit.Exit<unknown, UpstreamFault | ClientTooSlow>): boolean => {
  if (Exit.isSuccess(exit)) return false
  if (Cause.hasInterruptsOnly(exit.cause)) return true
  const error = Cause.squash(exit.cause)
  return error instanceof UpstreamFault && error.class === "timeout_total"
}

const allOrNothing = (isGivenUp: boolean, request: CompletionRequest): Read | undefined =>
  isGivenUp ? { request, reported: undefined } : undefined

const nothing = () => {}
