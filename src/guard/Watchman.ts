/**
 * Watches requests for being too slow: one fiber for all of them.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Slots from "../actor/Slots.ts"
import type { Guard } from "../actor/Team.ts"
import type { TimeLimits } from "../config/TimeLimits.ts"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import { make, type Watch, type Watched, type WatchOptions } from "./Watch.ts"

/** The client left what it was sent unread for too long: it is as good as gone. */
export class ClientTooSlow extends Data.TaggedError("ClientTooSlow") {}

/** Why a request was given up. */
export type TooSlow = UpstreamFault | ClientTooSlow

/** The watch over one request. */
export interface Guarded {
  /** For the work, to tell how far it is. */
  readonly watch: Watch
  /** Begins to watch; `abandon` is called once where a limit has passed. */
  readonly guard: Guard<TooSlow>
}

/**
 * Watches requests for being too slow. A request costs it an entry in a register: a timer and a fiber of
 * its own for each would cost a third of what a request takes.
 */
export class Watchman extends Context.Service<Watchman, {
  /** A watch that counts from now; only the total counts while the work waits for a place. */
  readonly begin: (options: WatchOptions) => Guarded
}>()("penstock/guard/Watchman") {
  static readonly layer = (limits: TimeLimits) =>
    Layer.effect(
      Watchman,
      Effect.gen(function* () {
        const clock = yield* Clock.clockWith(Effect.succeed)
        // Monotonic: a clock that is set does not end an answer.
        const now = () => Math.floor(Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000)
        const entries = Slots.make<Entry>()
        const wake = Latch.makeUnsafe(false)
        let wakesAt = Infinity
        /** With a crowd, each with a time of its own to be looked at, a look comes no sooner. */
        const breather = Math.min(100, Math.min(...Object.values(limits)) / 100)

        /** Looks at one request; says when to look again. */
        const look = (entry: Entry, time: number) =>
          Effect.sync(() => {
            const seen = entry.watched.look(time)
            if (typeof seen === "number") return seen
            entries.remove(entry.slot, entry)
            entry.abandon(seen === "client" ? new ClientTooSlow() : tooSlow[seen]())
            return Infinity
          }).pipe(Effect.catchDefect((defect) =>
            // One that cannot be watched must not end the watch over the others.
            Effect.as(Effect.logError("A request cannot be watched", Cause.die(defect)), Infinity)
          ))

        const patrol = Effect.gen(function* () {
          while (true) {
            wake.closeUnsafe()
            // One that begins during the round, as another is given up, may be missed by it.
            wakesAt = Infinity
            const time = now()
            let due = Infinity
            for (const entry of entries) due = Math.min(due, yield* look(entry, time))
            const sleep = entries.size() < crowd ? due : Math.max(due, breather)
            wakesAt = time + sleep
            yield* sleep === Infinity
              ? wake.await
              : Effect.raceFirst(Effect.sleep(sleep), wake.await)
          }
        })
        yield* Effect.forkScoped(patrol, { startImmediately: true })

        return Watchman.of({
          begin: (options) => {
            const watched = make(limits, options, now)
            // Only one that is due before all the others cannot wait for the next look.
            const hasten = () => {
              if (now() + watched.soonest < wakesAt) wake.openUnsafe()
            }
            return {
              watch: watched,
              guard: (abandon) => {
                const entry: Entry = { watched, abandon, slot: -1 }
                entry.slot = entries.add(entry)
                hasten()
                return {
                  begun: () => {
                    watched.begun()
                    hasten()
                  },
                  over: () => void entries.remove(entry.slot, entry)
                }
              }
            }
          }
        })
      })
    )
}

/** A request that is watched. */
interface Entry {
  readonly watched: Watched
  readonly abandon: (error: TooSlow) => void
  slot: number
}

/** As many requests at once are a crowd. */
const crowd = 100

const fault = (kind: UpstreamFault["class"], message: string) => () =>
  new UpstreamFault({ class: kind, message })

const tooSlow = {
  head: fault("timeout_headers", "The provider did not answer in time"),
  first: fault("timeout_first_token", "The provider sent no content in time"),
  content: fault("timeout_idle", "The provider fell silent in the middle of the answer"),
  total: fault("timeout_total", "The answer took longer than a request may take")
}
