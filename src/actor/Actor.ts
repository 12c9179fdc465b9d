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
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { ActorDown, MailboxFull } from "./errors.ts"
import * as Team from "./Team.ts"

/** How much an actor may have at hand. */
export interface ActorSize {
  /** Messages in the mailbox. */
  readonly mailbox: number
  /** Pieces of work under way at once. */
  readonly concurrency: number
  /** Pieces of work that wait for a place. */
  readonly waiting: number
  /** How long a piece of work waits for a place at most, in milliseconds. Default: 5 s. */
  readonly waitMs?: number | undefined
}

/** Someone to tell things and to give work to. */
export interface Actor<in Message> {
  readonly name: string
  /** Leaves `message` in the mailbox; fails at once when there is no room. */
  readonly tell: (message: Message) => Effect.Effect<void, MailboxFull>
  /**
   * Has a child of the actor do `work`. Fails at once when there is neither a place nor a seat in
   * the waiting room, or when the actor is not running. Leaving interrupts the work, and so does its
   * `guard`. Work that waits for a place does so in `lane` (default: `""`): lanes take turns, and one
   * that holds more than its share of the seats loses its newest work to one that holds less.
   */
  readonly perform: <A, E, R, E2 = never>(
    work: Effect.Effect<A, E, R>,
    guard?: Team.Guard<E2>,
    lane?: string
  ) => Effect.Effect<A, E | E2 | Team.NotDone, R>
  /** Takes no more work from now on, and waits until what is under way is done. */
  readonly drain: Effect.Effect<void>
  /** What it is doing now. */
  readonly vitals: () => Vitals
}

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

const defaultWaitMs = 5000

/** An actor without a life yet; `live` gives it one. Its mailbox outlives a crash. */
export const make = Effect.fnUntraced(function* <Message>(name: string, size: ActorSize) {
  const mailbox = yield* Effect.acquireRelease(
    Queue.dropping<Message>(size.mailbox),
    Queue.shutdown
  )
  const clock = yield* Clock.clockWith(Effect.succeed)
  const team = Team.make(
    name,
    { ...size, waitMs: size.waitMs ?? defaultWaitMs },
    () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
  )
  let phase: Phase = "restarting"

  const closed = () => phase === "running" ? undefined : new ActorDown({ actor: name, phase })

  const actor: Incarnate<Message> = {
    name,
    tell: (message) =>
      Effect.flatMap(
        Queue.offer(mailbox, message),
        (taken) => taken ? Effect.void : Effect.fail(new MailboxFull({ actor: name }))
      ),
    perform: (work, guard, lane = "") => team.perform(work, closed, guard, lane),
    drain: Effect.suspend(() => {
      if (phase === "running") phase = "draining"
      return team.rest
    }),
    vitals: () => ({
      phase,
      mailbox: { depth: Math.max(0, Queue.sizeUnsafe(mailbox)), capacity: size.mailbox },
      work: {
        inFlight: team.inFlight(),
        waiting: team.waiting(),
        concurrency: size.concurrency
      }
    }),
    live: (behaviour) =>
      Effect.scoped(Effect.gen(function* () {
        yield* team.assemble
        if (phase === "restarting") phase = "running"
        // Down before the scope closes: who is told of the crash must not be let in again.
        return yield* Effect.onExit(behaviour(mailbox), () =>
          Effect.sync(() => {
            if (phase === "running") phase = "restarting"
            team.dismiss(new ActorDown({ actor: name, phase: "restarting" }))
          }))
      })),
    giveUp: Effect.sync(() => {
      phase = "stopped"
    })
  }
  return actor
})
