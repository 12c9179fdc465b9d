/**
 * Watches bodies for coming in too slowly: one look for all of them, every now and then.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Slots from "../actor/Slots.ts"

/**
 * Watches bodies for coming in too slowly. One that is there at once costs an entry in a register:
 * no timer, and no look at the clock.
 */
export interface BodyWatch {
  /** Begins to wait for a body; `giveUp` is called once where it takes too long. Gives the end of that. */
  readonly begin: (giveUp: () => void) => () => void
}

/** So many looks at each body make up its time. */
const looks = 30

/** A body that is waited for. */
interface Waiting {
  readonly giveUp: () => void
  seen: number
  slot: number
}

/** A watch that gives each body `bodyMs` milliseconds, a thirtieth more at most. */
export const make = Effect.fnUntraced(function* (bodyMs: number) {
  const waiting = Slots.make<Waiting>()
  const look = Effect.sync(() => {
    for (const one of waiting) {
      if (++one.seen <= looks) continue
      waiting.remove(one.slot, one)
      one.giveUp()
    }
  })
  yield* Effect.forkScoped(
    Effect.forever(Effect.andThen(Effect.sleep(Math.ceil(bodyMs / looks)), look))
  )
  const watch: BodyWatch = {
    begin: (giveUp) => {
      const one: Waiting = { giveUp, seen: 0, slot: -1 }
      one.slot = waiting.add(one)
      return () => void waiting.remove(one.slot, one)
    }
  }
  return watch
})
