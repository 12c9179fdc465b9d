/**
 * A bell: one waits for it, and whoever rings it waits for nobody.
 *
 * @module
 */
import * as Effect from "effect/Effect"

/** A bell for one who waits. */
export interface Bell {
  /** Nothing happens where nobody waits. */
  readonly ring: () => void
  /** Until it rings; not at all where there is no need to. */
  readonly wait: (isNeedless: () => boolean) => Effect.Effect<void>
}

/** A bell that nobody waits for yet. */
export const makeBell = (): Bell => {
  let wake: (() => void) | undefined
  return {
    ring: () => {
      const awake = wake
      wake = undefined
      awake?.()
    },
    wait: (isNeedless) =>
      Effect.callback<void>((resume) => {
        if (isNeedless()) return resume(Effect.void)
        wake = () => resume(Effect.void)
        return Effect.sync(() => {
          wake = undefined
        })
      })
  }
}
