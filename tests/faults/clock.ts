/**
 * A clock that a test can stop and move, for what takes seconds or minutes: pauses, open circuits.
 * Sleeps take the time that they take.
 *
 * @module
 */
import * as Clock from "effect/Clock"

/** A clock that a test can stop and move. */
export interface MovableClock {
  readonly clock: Clock.Clock
  /** Monotonic time stands still from now on, but for `move`. */
  readonly stop: () => void
  /** Monotonic time is so many milliseconds later. */
  readonly move: (milliseconds: number) => void
}

/** A clock that goes right, until it is stopped or moved. */
export const movableClock = (): MovableClock => {
  const real = Clock.Clock.defaultValue()
  let offset = 0n
  let stopped: bigint | undefined
  const now = () => (stopped ?? real.monotonicTimeNanosUnsafe()) + offset
  return {
    clock: new Proxy(real, {
      get: (target, name) =>
        name === "monotonicTimeNanosUnsafe" ? now : Reflect.get(target, name, target)
    }),
    stop: () => {
      stopped ??= real.monotonicTimeNanosUnsafe()
    },
    move: (milliseconds) => {
      offset += BigInt(Math.round(milliseconds * 1_000_000))
    }
  }
}
