/**
 * Providers that are read on although their clients have left, for their own count of tokens.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type { Journey } from "./Journey.ts"

/** Has requests go on for a while after their clients have left. */
export interface ReadOn {
  /** As `work`; where it is interrupted, a model that says so is read on, and nobody else is asked. */
  readonly after: <A, E>(journey: Journey, work: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Ends all reading on, and waits until it has ended. */
  readonly stop: Effect.Effect<void>
}

/** Reads on for up to `mostMs`. */
export const make = (mostMs: number): ReadOn => {
  const stopping = Latch.makeUnsafe(false)
  const left = new Set<Fiber.Fiber<unknown, unknown>>()
  return {
    after: (journey, work) => {
      const { decision: { candidates }, ask: { told } } = journey
      // A fiber of its own is only for those who may need it.
      if (!candidates.some(({ policy }) => policy.onDisconnect === "drain")) return work
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(
          Effect.forkDetach(restore(work)),
          (fiber) =>
            Effect.onInterrupt(restore(Fiber.join(fiber)), () => {
              // Who was not asked yet is not asked any more, whatever comes of the call at hand.
              journey.deadline = journey.lastDeadline = -Infinity
              const ending = journey.drains && !told.stopped
                ? Effect.raceFirst(
                  Effect.timeoutOption(Fiber.await(fiber), mostMs),
                  stopping.await
                )
                : Effect.void
              left.add(fiber)
              return Effect.ensuring(
                Effect.andThen(ending, Fiber.interrupt(fiber)),
                Effect.sync(() => left.delete(fiber))
              )
            })
        )
      )
    },
    stop: Effect.suspend(() => {
      stopping.openUnsafe()
      return Fiber.awaitAll(Array.from(left))
    })
  }
}
