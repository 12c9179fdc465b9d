/**
 * Where work waits for a place: so many seats, in lanes that take turns, and not for ever.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { ActorBusy, ActorDown } from "./errors.ts"
import * as FairQueue from "./FairQueue.ts"

/** A piece of work that waits for a place. */
export interface Waiting {
  readonly start: () => void
  readonly refuse: (error: ActorBusy | ActorDown) => void
  /** Since when it waits; the room says so. */
  since: number
}

/** Where work waits for a place. */
export interface WaitingRoom {
  /** Gives `piece` a seat, perhaps that of another one, which is refused; `false` where there is none. */
  readonly enter: (lane: string, piece: Waiting) => boolean
  /** Gives up the seat of `piece`; says whether it still had one. */
  readonly leave: (lane: string, piece: Waiting) => boolean
  /** Starts the one whose turn it is. */
  readonly startNext: () => void
  /** Refuses all who wait. */
  readonly dismiss: (error: ActorDown) => void
  readonly size: () => number
  /** Refuses who waited for too long, for ever. One fiber, and a timer only while somebody waits. */
  readonly patrol: Effect.Effect<never>
}

/**
 * A room with `seats`, where nobody waits for longer than `waitMs`; a hundredth more in a crowd. Who
 * is refused is told `busy`. It tells the time by `now`, in milliseconds.
 */
export const make = (
  seats: number,
  waitMs: number,
  busy: ActorBusy,
  now: () => number
): WaitingRoom => {
  const queue = FairQueue.make<Waiting>(seats)
  /** Open while somebody waits. */
  const occupied = Latch.makeUnsafe(false)

  /** Refuses who waited for too long; says in how many milliseconds the next one will have. */
  const look = (): number => {
    const time = now()
    let next = Infinity
    const late = queue.takeDue(({ since }) => {
      const left = since + waitMs - time
      if (left > 0) next = Math.min(next, left)
      return left <= 0
    })
    for (const { refuse } of late) refuse(busy)
    return next
  }

  return {
    enter: (lane, piece) => {
      piece.since = now()
      const offered = queue.offer(lane, piece)
      if (offered._tag === "Full") return false
      occupied.openUnsafe()
      if (offered._tag === "Displaced") offered.item.refuse(busy)
      return true
    },
    leave: queue.remove,
    startNext: () => queue.take()?.start(),
    dismiss: (error) => {
      for (const { refuse } of queue.clear()) refuse(error)
    },
    size: queue.size,
    patrol: Effect.gen(function* () {
      while (true) {
        yield* occupied.await
        const next = look()
        if (next === Infinity) occupied.closeUnsafe()
        // With a crowd, each with a time of its own to be refused, a look comes no sooner.
        else yield* Effect.sleep(Math.max(next, waitMs / 100))
      }
    })
  }
}
