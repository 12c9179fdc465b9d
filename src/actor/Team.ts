/**
 * The children of an actor that do the work it is asked for: so many at once, and so many more that
 * wait for a place.
 *
 * All of the bookkeeping is synchronous, within the callbacks that begin and end a piece of work: it
 * cannot be interrupted halfway, and it costs one fiber for each piece and nothing else.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { ActorBusy, ActorCrashed, ActorDown } from "./errors.ts"
import * as Slots from "./Slots.ts"

/**
 * Watches over a piece of work from its beginning, also while it waits for a place. It may call
 * `abandon`, which interrupts the work and fails it with that error. What it gives back ends it.
 */
export type Guard<in out E> = (abandon: (error: E) => void) => () => void

/** What became of a piece of work that was not done. */
export type NotDone = ActorBusy | ActorDown | ActorCrashed

/** The children of an actor. */
export interface Team {
  /** Has a child do `work`; where `closed` says so, or there is no room, it is refused at once. */
  readonly perform: <A, E, R, E2>(
    work: Effect.Effect<A, E, R>,
    closed: () => ActorDown | undefined,
    guard: Guard<E2> | undefined
  ) => Effect.Effect<A, E | E2 | NotDone, R>
  /** Children live in the current scope from now on: its end interrupts them. */
  readonly assemble: Effect.Effect<void, never, Scope.Scope>
  /** Turns away who waits for a place. */
  readonly dismiss: (error: ActorDown) => void
  /** Waits until nobody is at work. */
  readonly rest: Effect.Effect<void>
  readonly inFlight: () => number
  readonly waiting: () => number
}

/** A piece of work that waits for a place. */
interface Waiting {
  readonly start: () => void
  readonly refuse: (error: ActorDown) => void
}

/** A team of `concurrency` children, with `seats` for those who wait. */
export const make = (name: string, concurrency: number, seats: number): Team => {
  const children = Slots.make<Fiber.Fiber<unknown, unknown>>()
  let inFlight = 0
  /** Who waits until nobody is at work. */
  let idle: Array<() => void> = []
  const queue = new Set<Waiting>()

  const startNext = (): void => {
    const [next] = queue
    if (next === undefined || inFlight >= concurrency) return
    queue.delete(next)
    next.start()
  }

  /** A child that was interrupted, though its asker is still there, was lost in a crash. */
  const outcome = <A, E>(exit: Exit.Exit<A, E>): Exit.Exit<A, E | ActorCrashed> => {
    if (Exit.isSuccess(exit) || Cause.hasFails(exit.cause)) return exit
    return Exit.fail(
      Cause.hasInterruptsOnly(exit.cause)
        ? new ActorCrashed({ actor: name })
        : new ActorCrashed({ actor: name, defect: Cause.squash(exit.cause) })
    )
  }

  return {
    perform: <A, E, R, E2>(
      work: Effect.Effect<A, E, R>,
      closed: () => ActorDown | undefined,
      guard: Guard<E2> | undefined
    ) =>
      Effect.contextWith((context: Context.Context<R>) =>
        Effect.callback<A, E | E2 | NotDone>((resume) => {
          const down = closed()
          if (down) return resume(Exit.fail(down))
          const hasPlace = inFlight < concurrency
          if (!hasPlace && queue.size >= seats) {
            return resume(Exit.fail(new ActorBusy({ actor: name })))
          }
          let child: Fiber.Fiber<A, E> | undefined
          let abandoned: Exit.Exit<never, E2> | undefined
          let left = false
          const end = (exit: Exit.Exit<A, E | E2 | NotDone>): void => {
            release?.()
            if (!left) resume(exit)
          }
          const piece: Waiting = {
            start: () => {
              inFlight++
              const started = child = Effect.runForkWith(context)(work)
              const slot = children.add(started)
              started.addObserver((exit) => {
                children.remove(slot, started)
                inFlight--
                startNext()
                end(abandoned ?? outcome(exit))
                if (inFlight === 0) { for (const tell of idle.splice(0)) tell() }
              })
            },
            refuse: (error) => end(Exit.fail(error))
          }
          const release = guard?.((error) => {
            abandoned = Exit.fail(error)
            if (child) child.interruptUnsafe()
            else if (queue.delete(piece)) end(abandoned)
          })
          if (hasPlace) piece.start()
          else queue.add(piece)
          return Effect.suspend(() => {
            left = true
            if (child) return Fiber.interrupt(child)
            queue.delete(piece)
            release?.()
            return Effect.void
          })
        })
      ),
    assemble: Effect.addFinalizer(() =>
      Effect.suspend(() => Fiber.interruptAll(Array.from(children)))
    ),
    dismiss: (error) => {
      const waiting = Array.from(queue)
      queue.clear()
      for (const { refuse } of waiting) refuse(error)
    },
    rest: Effect.callback((resume) => {
      const tell = () => resume(Effect.void)
      if (inFlight === 0) return tell()
      idle.push(tell)
      return Effect.sync(() => {
        idle = idle.filter((one) => one !== tell)
      })
    }),
    inFlight: () => inFlight,
    waiting: () => queue.size
  }
}
