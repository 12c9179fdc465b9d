/**
 * Watches one request for being too slow.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"
import type { TimeLimits } from "../config/TimeLimits.ts"

/**
 * What the watched work tells its watch: field writes, no timer per delta. One fiber sleeps until
 * the earliest deadline that may come into force until it next looks, and looks again.
 */
export interface Watch {
  /** The head of the answer is there. */
  readonly head: () => void
  /** Content came, or the client took what it was sent. */
  readonly progress: () => void
  /** From now on the client is waited for, not the provider. */
  readonly waitForClient: () => void
}

/** The client left what it was sent unread for too long: it is as good as gone. */
export class ClientTooSlow extends Data.TaggedError("ClientTooSlow") {}

/**
 * Runs `work`; fails, and so interrupts it, when one of `limits` has passed: `headMs` until the head
 * is there. `keepAlive` is called when the client was sent nothing for `keepAliveMs`.
 */
export const watched = <A, E, R>(
  limits: TimeLimits,
  headMs: number,
  keepAlive: () => void,
  work: (watch: Watch) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | UpstreamFault | ClientTooSlow, R> =>
  Clock.clockWith((clock) => {
    const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
    const startedAt = now()
    let phase: Phase = "head"
    /** When the phase began, or content last came. */
    let since = startedAt
    /** When the client was last sent something. */
    let spokeAt = startedAt

    const watch: Watch = {
      head: () => {
        phase = "first"
      },
      progress: () => {
        phase = "content"
        since = spokeAt = now()
      },
      waitForClient: () => {
        phase = "client"
        since = now()
      }
    }
    const allowance = (): number => {
      switch (phase) {
        case "head":
          return headMs
        case "first":
          return limits.firstTokenMs
        case "content":
          return limits.idleMs
        case "client":
          return limits.slowClientMs
      }
    }

    // A deadline that comes into force between two looks is never closer than the shortest of these.
    const shortest = Math.min(limits.idleMs, limits.keepAliveMs, limits.slowClientMs)

    const patrol = Effect.gen(function* () {
      while (true) {
        const time = now()
        const left = since + allowance() - time
        const totalLeft = startedAt + limits.totalMs - time
        if (left <= 0) return yield* (phase === "client" ? new ClientTooSlow() : tooSlow[phase]())
        if (totalLeft <= 0) return yield* tooSlow.total()
        let next = Math.min(left, totalLeft, shortest)
        // With the head comes a deadline that has been running since the start.
        const firstLeft = startedAt + limits.firstTokenMs - time
        if (phase === "head" && firstLeft > 0) next = Math.min(next, firstLeft)
        if (phase === "content") {
          if (time - spokeAt >= limits.keepAliveMs) {
            keepAlive()
            spokeAt = time
          }
          next = Math.min(next, spokeAt + limits.keepAliveMs - time)
        }
        yield* Effect.sleep(next)
      }
    })
    return Effect.raceFirst(work(watch), patrol)
  })

/** What is waited for: the head, the first content, more content, or the client. */
type Phase = "head" | "first" | "content" | "client"

const fault = (kind: FaultClass, message: string) => () =>
  new UpstreamFault({ class: kind, message })

const tooSlow = {
  head: fault("timeout_headers", "The provider did not answer in time"),
  first: fault("timeout_first_token", "The provider sent no content in time"),
  content: fault("timeout_idle", "The provider fell silent in the middle of the answer"),
  total: fault("timeout_total", "The answer took longer than a request may take")
}
