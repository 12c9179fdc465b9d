/**
 * One call to one candidate, from what it takes to make it to what is learned from it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import { GatewayError } from "../domain/GatewayError.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { ClientTooSlow } from "../guard/Watchman.ts"
import { toAsked } from "./account.ts"
import type { Candidate } from "./Decision.ts"
import { enter, isSkip, type Needs, type Passed } from "./enter.ts"
import type { Journey, Leg } from "./Journey.ts"
import { begin, end } from "./leg.ts"
import type { Tools } from "./Tools.ts"

/** How a call is made. */
export type Course<A> = (leg: Leg) => Effect.Effect<A, UpstreamFault | ClientTooSlow>

/** One call to a candidate, and how it went; or why it was passed over. */
export type Call<A> =
  | { readonly _tag: "Passed"; readonly passed: Passed }
  | {
    readonly _tag: "Called"
    readonly leg: Leg
    readonly result: Result.Result<A, UpstreamFault | ClientTooSlow>
  }

/**
 * Calls `candidate`, where it may be called. Nobody is called before the books say so: where they
 * cannot be written it fails, unless the operator has it go on.
 */
export const call = <A>(
  tools: Tools,
  journey: Journey,
  candidate: Candidate,
  needs: Needs,
  course: Course<A>
): Effect.Effect<Call<A>, GatewayError> =>
  // What is taken to enter is given back at the end: no interruption may come between.
  Effect.uninterruptibleMask((restore): Effect.Effect<Call<A>, GatewayError> => {
    const entered = enter(tools, journey, candidate, needs)
    if (isSkip(entered)) return Effect.succeed({ _tag: "Passed", passed: entered })
    const resumed = needs.resumes(candidate.deployment, entered.request)
    const asked = toAsked(tools, journey, candidate, resumed)
    const go = Effect.suspend(() => {
      const leg = begin(tools, journey, candidate, entered, asked)
      // Suspended: what is thrown while a call is put together has to be seen by its end, too.
      return restore(Effect.suspend(() => course(leg))).pipe(
        Effect.onExit((exit) => end(tools, journey, leg, entered.permission, exit)),
        Effect.result,
        Effect.map((result): Call<A> => ({ _tag: "Called", leg, result }))
      )
    })
    const closed = () => {
      entered.permission.note("neutral")
      return Effect.fail(booksClosed)
    }
    return Effect.matchEffect(journey.page.ask(asked), {
      onFailure: () => tools.onLedgerFailure === "serve" ? go : closed(),
      onSuccess: () => go
    })
  })

const booksClosed = new GatewayError({
  reason: {
    _tag: "ModelUnavailable",
    why: "ledger_unavailable",
    message: "Penstock cannot write its books now, and does nothing that it cannot account for",
    retryAfterMs: 1000
  }
})
