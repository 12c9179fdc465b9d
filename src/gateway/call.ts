/**
 * One call to one candidate, from what it takes to make it to what is learned from it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { ClientTooSlow } from "../guard/Watchman.ts"
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

/** Calls `candidate`, where it may be called. */
export const call = <A>(
  tools: Tools,
  journey: Journey,
  candidate: Candidate,
  needs: Needs,
  course: Course<A>
): Effect.Effect<Call<A>> =>
  // What is taken to enter is given back at the end: no interruption may come between.
  Effect.uninterruptibleMask((restore): Effect.Effect<Call<A>> => {
    const entered = enter(tools, journey, candidate, needs)
    if (isSkip(entered)) return Effect.succeed({ _tag: "Passed", passed: entered })
    const leg = begin(tools, journey, candidate, entered)
    // Suspended: what is thrown while a call is put together has to be seen by its end, too.
    return restore(Effect.suspend(() => course(leg))).pipe(
      Effect.onExit((exit) => end(tools, journey, leg, entered.permission, exit)),
      Effect.result,
      Effect.map((result) => ({ _tag: "Called", leg, result }))
    )
  })
