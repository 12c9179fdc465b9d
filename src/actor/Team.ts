/**
 * The children of an actor that do the work it is asked for: so many at once, and so many more that
 * wait for a place, in lanes that take turns.
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
import * as WaitingRoom from "./WaitingRoom.ts"

/**
 * Watches over a piece of work, also while it waits for a place. It may call `abandon`, which
 * interrupts the work and fails it with that error.
 */
export type Guard<in out E> = (abandon: (error: E) => void) => Guarding

/** What a guard is told. */
export interface Guarding {
  /** The work has a place, and begins. */
  readonly begun: () => void
  /** The work is over: the guard is free. */
  readonly over: () => void
}

/** What became of a piece of work that was not done. */
export type NotDone = ActorBusy | ActorDown | ActorCrashed

/** The children of an actor. */
export interface Team {
  /**
   * Has a child do `work`. Where `closed` says so, or there is no room, it is refused at once; where
   * it waits, it does so in `lane`, and is refused when it waited for too long.
   */
  readonly perform: <A, E, R, E2>(
    work: Effect.Effect<A, E, R>,
    closed: () => ActorDown | undefined,
    guard: Guard<E2> | undefined,
    lane: string
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

/** How large a team is. */
export interface TeamSize {
  /** Pieces of work under way at once. */
  readonly concurrency: number
  /** Pieces of work that wait for a place. */
  readonly waiting: number
  /** How long a piece of work waits at most, in milliseconds; a hundredth more in a crowd. */
  readonly waitMs: number
}

/** A team that tells the time by `now`, in milliseconds. */
export const make = (
  name: string,
  { concurrency, waiting: seats, waitMs }: TeamSize,
  now: () => number
): Team => {
  const children = Slots.make<Fiber.Fiber<unknown, unknown>>()
  let inFlight = 0
  /** Who waits until nobody is at work. */
  let idle: Array<() => void> = []
  /** Made once: in a flood, its stack for each refusal would be most of the work. */
  const busy = new ActorBusy({ actor: name })
  const room = WaitingRoom.make(seats, waitMs, busy, now)

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
      guard: Guard<E2> | undefined,
      lane: string
    ) =>
      Effect.contextWith((context: Context.Context<R>) =>
        Effect.callback<A, E | E2 | NotDone>((resume) => {
          const down = closed()
          if (down) return resume(Exit.fail(down))
          let child: Fiber.Fiber<A, E> | undefined
          let abandoned: Exit.Exit<never, E2> | undefined
          let left = false
          const end = (exit: Exit.Exit<A, E | E2 | NotDone>): void => {
            guarding?.over()
            if (!left) resume(exit)
          }
          const piece: WaitingRoom.Waiting = {
            start: () => {
              inFlight++
              guarding?.begun()
              const started = child = Effect.runForkWith(context)(work)
              const slot = children.add(started)
              started.addObserver((exit) => {
                children.remove(slot, started)
                inFlight--
                if (inFlight < concurrency) room.startNext()
                end(abandoned ?? outcome(exit))
                if (inFlight === 0) { for (const tell of idle.splice(0)) tell() }
              })
            },
            refuse: (error) => end(Exit.fail(error)),
            since: 0
          }
          const guarding = guard?.((error) => {
            abandoned = Exit.fail(error)
            if (child) child.interruptUnsafe()
            else if (room.leave(lane, piece)) end(abandoned)
          })
          if (inFlight < concurrency) piece.start()
          else if (!room.enter(lane, piece)) return end(Exit.fail(busy))
          return Effect.suspend(() => {
            left = true
            if (child) return Fiber.interrupt(child)
            room.leave(lane, piece)
            guarding?.over()
            return Effect.void
          })
        })
      ),
    assemble: Effect.andThen(
      Effect.addFinalizer(() => Effect.suspend(() => Fiber.interruptAll(Array.from(children)))),
      Effect.asVoid(Effect.forkScoped(room.patrol))
    ),
    dismiss: room.dismiss,
    rest: Effect.callback((resume) => {
      const tell = () => resume(Effect.void)
      if (inFlight === 0) return tell()
      idle.push(tell)
      return Effect.sync(() => {
        idle = idle.filter((one) => one !== tell)
      })
    }),
    inFlight: () => inFlight,
    waiting: room.size
  }
}
