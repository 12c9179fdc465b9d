/**
 * An actor: a mailbox that it works through one message at a time, and a team of children that do
 * the work it is asked for.
 *
 * Mail is the control plane: few messages, each answered soon. Work is the data plane: a call runs
 * as a child of the actor, so that nothing crosses fibers per event of a stream, mail is never stuck
 * behind it, and a crash of the actor ends it.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Queue from "effect/Queue"
import * as Semaphore from "effect/Semaphore"
import { ActorBusy, ActorCrashed, ActorDown, MailboxFull } from "./errors.ts"

/** How much an actor may have at hand. */
export interface ActorSize {
  /** Messages in the mailbox. */
  readonly mailbox: number
  /** Pieces of work under way at once. */
  readonly concurrency: number
  /** Pieces of work that wait for a place. */
  readonly waiting: number
}

/** Someone to tell things and to give work to. */
export interface Actor<in Message> {
  readonly name: string
  /** Leaves `message` in the mailbox; fails at once when there is no room. */
  readonly tell: (message: Message) => Effect.Effect<void, MailboxFull>
  /**
   * Has a child of the actor do `work`. Fails at once when there is neither a place nor a seat in
   * the waiting room, or when the actor is not running. Leaving interrupts the work, and so does its
   * `guard`.
   */
  readonly perform: <A, E, R, E2 = never>(
    work: Effect.Effect<A, E, R>,
    guard?: Guard<E2>
  ) => Effect.Effect<A, E | E2 | ActorBusy | ActorDown | ActorCrashed, R>
  /** Takes no more work from now on, and waits until what is under way is done. */
  readonly drain: Effect.Effect<void>
  /** What it is doing now. */
  readonly vitals: () => Vitals
}

/**
 * Watches over a piece of work from its beginning, also while it waits for a place. It may call
 * `abandon`, which interrupts the work and fails it with that error. What it gives back ends it.
 */
export type Guard<in out E> = (abandon: (error: E) => void) => () => void

/** What an actor is doing at one moment. */
export interface Vitals {
  readonly phase: Phase
  readonly mailbox: { readonly depth: number; readonly capacity: number }
  readonly work: {
    readonly inFlight: number
    readonly waiting: number
    readonly concurrency: number
  }
}

/** Where an actor is in its life. */
export type Phase = "running" | "restarting" | "draining" | "stopped"

/** An actor as its supervisor holds it. */
export interface Incarnate<Message> extends Actor<Message> {
  /** Works through the mail until the behaviour crashes; ends its children then. */
  readonly live: <R>(behaviour: Behaviour<Message, R>) => Effect.Effect<never, unknown, R>
  /** It will not come back. */
  readonly giveUp: Effect.Effect<void>
}

/** What an actor does with its mail, for ever. It starts from scratch after each crash. */
export type Behaviour<Message, R> = (
  mailbox: Queue.Dequeue<Message>
) => Effect.Effect<never, unknown, R>

/** A behaviour that does one thing with each message, in order. */
export const eachMessage = <Message, E, R>(
  handle: (message: Message) => Effect.Effect<unknown, E, R>
): Behaviour<Message, R> =>
(mailbox) => Effect.forever(Effect.flatMap(Queue.take(mailbox), handle))

/** An actor without a life yet; `live` gives it one. Its mailbox outlives a crash. */
export const make = Effect.fnUntraced(function* <Message>(name: string, size: ActorSize) {
  const mailbox = yield* Effect.acquireRelease(
    Queue.dropping<Message>(size.mailbox),
    Queue.shutdown
  )
  const places = Semaphore.makeUnsafe(size.concurrency)
  const room = size.concurrency + size.waiting
  let children: FiberSet.FiberSet<unknown, unknown> | undefined
  let phase: Phase = "restarting"
  let admitted = 0
  let inFlight = 0

  const down = () =>
    new ActorDown({ actor: name, phase: phase === "running" ? "restarting" : phase })

  /** Runs `work` in a fiber of the current incarnation's, and waits for it. */
  const runChild = <A, E, R, E2>(
    work: Effect.Effect<A, E, R>,
    guard: Guard<E2> | undefined
  ): Effect.Effect<A, E | E2 | ActorCrashed | ActorDown, R> =>
    Effect.contextWith((context: Context.Context<R>) =>
      Effect.callback<A, E | E2 | ActorCrashed | ActorDown>((resume) => {
        if (children === undefined) return resume(Effect.fail(down()))
        let left = false
        let abandoned: Exit.Exit<never, E2> | undefined
        const release = guard?.((error) => {
          abandoned = Exit.fail(error)
          child.interruptUnsafe()
        })
        const child = Effect.runForkWith(context)(work)
        FiberSet.addUnsafe(children, child)
        child.addObserver((exit) => {
          release?.()
          if (!left) resume(abandoned ?? outcome(exit))
        })
        return Effect.suspend(() => {
          left = true
          return Fiber.interrupt(child)
        })
      })
    )

  /** A child that was interrupted, though its asker is still there, was lost in a crash. */
  const outcome = <A, E>(exit: Exit.Exit<A, E>): Exit.Exit<A, E | ActorCrashed> => {
    if (Exit.isSuccess(exit) || Cause.hasFails(exit.cause)) return exit
    const crashed = Cause.hasInterruptsOnly(exit.cause)
      ? new ActorCrashed({ actor: name })
      : new ActorCrashed({ actor: name, defect: Cause.squash(exit.cause) })
    return Exit.fail(crashed)
  }

  /** Waits for a place, and does `work` in it. */
  const inPlace = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    places.withPermits(1)(counted(work, (by) => {
      inFlight += by
    }))

  const actor: Incarnate<Message> = {
    name,
    tell: (message) =>
      Effect.flatMap(
        Queue.offer(mailbox, message),
        (taken) => taken ? Effect.void : Effect.fail(new MailboxFull({ actor: name }))
      ),
    perform: <A, E, R, E2 = never>(work: Effect.Effect<A, E, R>, guard?: Guard<E2>) =>
      Effect.suspend((): Effect.Effect<A, E | E2 | ActorBusy | ActorDown | ActorCrashed, R> => {
        if (phase !== "running") return Effect.fail(down())
        if (admitted >= room) return Effect.fail(new ActorBusy({ actor: name }))
        return counted(runChild(inPlace(work), guard), (by) => {
          admitted += by
        })
      }),
    drain: Effect.suspend(() => {
      if (phase === "running") phase = "draining"
      return children ? FiberSet.awaitEmpty(children) : Effect.void
    }),
    vitals: () => ({
      phase,
      mailbox: { depth: Math.max(0, Queue.sizeUnsafe(mailbox)), capacity: size.mailbox },
      work: { inFlight, waiting: admitted - inFlight, concurrency: size.concurrency }
    }),
    live: (behaviour) =>
      Effect.scoped(Effect.gen(function* () {
        children = yield* FiberSet.make<unknown, unknown>()
        if (phase === "restarting") phase = "running"
        // Down before the scope closes: who is told of the crash must not be let in again.
        return yield* Effect.onExit(behaviour(mailbox), () =>
          Effect.sync(() => {
            children = undefined
            if (phase === "running") phase = "restarting"
          }))
      })),
    giveUp: Effect.sync(() => {
      phase = "stopped"
    })
  }
  return actor
})

/** Counts `work` while it is under way: whoever leaves, and when, it is taken off again. */
const counted = <A, E, R>(
  work: Effect.Effect<A, E, R>,
  count: (by: 1 | -1) => void
): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) => {
    count(1)
    return Effect.onExit(restore(work), () => Effect.sync(() => count(-1)))
  })
