/**
 * The writer of the books: one actor that writes whatever waits at the end of a turn in one
 * transaction, and then has everybody go on who waited for it.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { DatabaseSync } from "node:sqlite"
import { type Backlog, type BacklogSize, makeBacklog } from "./Backlog.ts"
import { makeBell } from "./Bell.ts"
import type { LedgerUnavailable } from "../errors.ts"
import { makeScribe } from "./Scribe.ts"
import { messageOf } from "../store/sqliteError.ts"
import type { Fault } from "../store/transact.ts"

/** The writer, as those see it who have something to write. */
export interface Writer {
  readonly backlog: Backlog
  /** Has it look what there is to write. */
  readonly rouse: () => void
  /** The same, in a second at the latest. */
  readonly remind: () => void
  readonly vitals: Vitals
  /** What it does with its life: an actor's behaviour. */
  readonly live: Effect.Effect<never>
  /** Writes what is left, once it is dead. */
  readonly close: Effect.Effect<void>
}

/** How the writer is. */
export interface Vitals {
  state: "open" | "behind" | "broken" | "closed"
  /** Why it is not `open`. */
  why: LedgerUnavailable["why"]
  failures: number
}

/**
 * So many requests are added to the sums together, or those of a second where they are fewer: with each
 * commit that was a third of its pages.
 */
const mostUnsummed = 256

/** How long a lock of another program is waited for, from one try to the next: 2 s in all. */
const patience = [5, 10, 20, 40, 80, 145, 200, 250, 250, 250, 250, 250, 250]

/** After a failure it is tried again after so many milliseconds, and then each time after twice as many. */
const retryMs = { first: 250, longest: 2000 }

/** The writer of `database`; it does nothing before it lives. */
export const makeWriter = (database: DatabaseSync, size?: BacklogSize): Writer => {
  const vitals: Vitals = { state: "open", why: "failed", failures: 0 }
  const backlog = makeBacklog(size)
  const scribe = makeScribe(database, backlog)
  const urgent = makeBell()
  const soon = makeBell()
  let isDue = false

  const untilWork = urgent.wait(() => isDue || backlog.isUrgent())

  const isLeft = () => backlog.size() > 0 || scribe.unsummed() > 0

  /** What can wait for others to be written with does so for a second at most. */
  const remindLater = Effect.forever(
    soon.wait(isLeft).pipe(
      Effect.andThen(Effect.sleep("1 second")),
      Effect.andThen(Effect.sync(() => {
        isDue = isLeft()
        if (isDue) urgent.ring()
      }))
    )
  )

  const fail = (why: LedgerUnavailable["why"]): void => {
    vitals.failures++
    vitals.why = why
    vitals.state = why === "broken" ? "broken" : "behind"
    backlog.release(why)
    if (why === "broken") backlog.drop()
  }

  /** Adds to the sums what is to be. A lock is not waited for: it is tried again in a second. */
  const sum = (isDue: boolean): Fault | undefined => {
    if (scribe.unsummed() === 0) return undefined
    const fault = isDue || scribe.unsummed() >= mostUnsummed ? scribe.sum() : undefined
    if (scribe.unsummed() > 0) soon.ring()
    return fault?.why === "locked" ? undefined : fault
  }

  const write = Effect.fnUntraced(function* (isPatient: boolean) {
    let outcome = scribe.write()
    for (const ms of isPatient ? patience : []) {
      if (Result.isSuccess(outcome) || outcome.failure.why !== "locked") break
      yield* Effect.sleep(ms)
      outcome = scribe.write()
    }
    if (Result.isFailure(outcome)) return outcome.failure
    const refusal = outcome.success
    if (refusal === undefined) return undefined
    vitals.failures++
    yield* Effect.logError(`The ledger cannot take some entries: ${messageOf(refusal.cause)}`)
  })

  const recovered = Effect.suspend(() => {
    vitals.state = "open"
    return Effect.logInfo("The ledger can be written again")
  })

  const work = Effect.gen(function* () {
    let delayMs = retryMs.first
    while (vitals.state === "open" || vitals.state === "behind") {
      const wasOpen = vitals.state === "open"
      if (wasOpen) {
        yield* untilWork
        // Whoever else has something to write in this turn gets into the same transaction.
        yield* Effect.yieldNow
      } else yield* Effect.sleep(delayMs)
      const wasDue = isDue
      isDue = false
      const fault: Fault | undefined =
        (yield* wasOpen || backlog.size() > 0 ? write(wasOpen) : Effect.sync(scribe.probe)) ??
          sum(wasDue)
      if (fault === undefined) {
        delayMs = retryMs.first
        if (!wasOpen) yield* recovered
        continue
      }
      if (fault.why === "defect") return yield* Effect.die(fault.cause)
      delayMs = wasOpen ? retryMs.first : Math.min(delayMs * 2, retryMs.longest)
      fail(fault.why === "poisoned" ? "failed" : fault.why)
      if (wasOpen || fault.why === "broken") {
        yield* Effect.logError(`The ledger cannot be written: ${messageOf(fault.cause)}`)
      }
    }
    return yield* Effect.never
  })

  return {
    backlog,
    rouse: urgent.ring,
    remind: soon.ring,
    vitals,
    live: Effect.onExit(
      Effect.raceFirst(work, remindLater),
      (exit) =>
        // Nobody waits for an actor that may not come back; what has to be written is kept for it.
        Effect.sync(() => {
          if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) fail("failed")
        })
    ),
    close: Effect.gen(function* () {
      while (vitals.state !== "broken" && backlog.size() > 0) {
        const fault = yield* write(true)
        if (fault === undefined) continue
        const { lost, release, drop } = backlog
        const before = lost()
        release("failed")
        drop()
        yield* Effect.logError(
          `The ledger cannot be written, ${lost() - before} requests are lost: ${
            messageOf(fault.cause)
          }`
        )
      }
      // Otherwise the next start does it.
      if (vitals.state !== "broken" && scribe.unsummed() > 0) scribe.sum()
      vitals.state = "closed"
    })
  }
}
