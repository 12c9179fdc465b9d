/**
 * How long nothing else can run.
 *
 * @module
 */
import * as Effect from "effect/Effect"

/** What `work` came to, and the longest that nothing else could run meanwhile, in milliseconds. */
export const lagDuring = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 2)
    const result = yield* Effect.ensuring(work, Effect.sync(() => clearInterval(timer)))
    return { result, lag: Math.max(longest, performance.now() - last) }
  })
