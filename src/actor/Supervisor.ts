/**
 * Keeps actors alive, and tells how each of them is.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Actor, type ActorSize, type Behaviour, make, type Vitals } from "./Actor.ts"
import { crashReason } from "./crashReason.ts"
import { defaultRestartPolicy, judge, type RestartPolicy } from "./restart.ts"

/** One actor as an operator sees it. */
export interface Child extends Vitals {
  readonly name: string
  /** How often it came back since the gateway started. */
  readonly restarts: number
  readonly lastCrash: Crash | undefined
}

/** The last time that an actor died. */
export interface Crash {
  /** Unix time in milliseconds. */
  readonly at: number
  /** The defect, in one line: its name and its place. */
  readonly reason: string
}

/** Keeps actors alive, one for one: a crash of one is not felt by the others. */
export class Supervisor extends Context.Service<Supervisor, {
  /**
   * Starts an actor that lives as long as the current scope. When its behaviour crashes it is
   * logged and started anew after a while; when it crashes too often it is given up.
   */
  readonly start: <Message, R>(
    name: string,
    behaviour: Behaviour<Message, R>,
    size: ActorSize,
    policy?: RestartPolicy
  ) => Effect.Effect<Actor<Message>, never, R | Scope.Scope>
  /** How each actor is, in the order in which they were started. */
  readonly children: () => ReadonlyArray<Child>
  /** Has every actor take no more work, and waits until what is under way is done. */
  readonly drain: Effect.Effect<void>
}>()("penstock/actor/Supervisor") {
  static readonly layer = Layer.sync(Supervisor, () => {
    interface Ward {
      readonly actor: Actor<never>
      restarts: number
      lastCrash: Crash | undefined
    }
    const wards = new Set<Ward>()

    const start = Effect.fnUntraced(function* <Message, R>(
      name: string,
      behaviour: Behaviour<Message, R>,
      size: ActorSize,
      policy: RestartPolicy = defaultRestartPolicy
    ) {
      const actor = yield* make<Message>(name, size)
      const ward: Ward = { actor, restarts: 0, lastCrash: undefined }
      yield* Effect.acquireRelease(
        Effect.sync(() => wards.add(ward)),
        () => Effect.sync(() => wards.delete(ward))
      )

      const life = Effect.fnUntraced(function* () {
        let recent: ReadonlyArray<number> = []
        while (true) {
          const cause = yield* Effect.flip(Effect.sandbox(actor.live(behaviour)))
          // Interrupted from outside, it was told to stop: that is no crash.
          if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
          const now = yield* Clock.currentTimeMillis
          ward.lastCrash = {
            at: now,
            reason: crashReason(cause)
          }
          const verdict = judge(policy, recent, now)
          if (!verdict.restart) {
            yield* actor.giveUp
            yield* Effect.logError("Actor crashed too often and was given up", cause)
            return
          }
          recent = verdict.recent
          yield* Effect.logError(`Actor crashed, and is back in ${verdict.afterMs} ms`, cause)
          yield* Effect.sleep(verdict.afterMs)
          ward.restarts++
        }
      })
      yield* Effect.forkScoped(
        life().pipe(Effect.annotateLogs({ actor: name })),
        { startImmediately: true }
      )
      return actor
    })

    return Supervisor.of({
      start,
      children: () =>
        Array.from(wards, ({ actor, restarts, lastCrash }) => ({
          name: actor.name,
          restarts,
          lastCrash,
          ...actor.vitals()
        })),
      drain: Effect.suspend(() =>
        Effect.forEach(Array.from(wards), ({ actor }) => actor.drain, {
          concurrency: "unbounded",
          discard: true
        })
      )
    })
  })
}
