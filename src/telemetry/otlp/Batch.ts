/**
 * Gathers telemetry and sends it on in batches, without ever holding up whoever it is from.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"

/** How much is gathered, and when it is sent. */
export interface BatchSize {
  /** What waits at most: beyond that, the oldest is dropped. */
  readonly queue: number
  /** What is sent at once. */
  readonly batch: number
  /** How long something waits for others, in milliseconds. */
  readonly intervalMs: number
  /** How long sending a batch may take, in milliseconds. */
  readonly timeoutMs: number
}

/** Telemetry on its way out. */
export interface Batch<Item> {
  /** Takes `item`, at once. */
  readonly add: (item: Item) => void
  /** Sends what is left, for 2 s at most. Nothing is sent after that. */
  readonly close: Effect.Effect<void>
}

/** A receiver that does not answer holds a stop up for no longer. */
const lastCallMs = 2000

/**
 * Sends what is added, one batch at a time, as long as the current scope is open. `drop` is told what
 * was lost: what there was no room for, and what `send` failed to send.
 */
export const make = Effect.fnUntraced(function* <Item>(
  size: BatchSize,
  send: (items: ReadonlyArray<Item>) => Effect.Effect<void, unknown>,
  drop: (items: ReadonlyArray<Item>) => void
): Effect.fn.Return<Batch<Item>, never, Scope.Scope> {
  const waiting: Array<Item> = []
  const some = Latch.makeUnsafe()
  const enough = Latch.makeUnsafe()
  const state = { isOpen: true }

  const sendOne = Effect.suspend(() => {
    const items = waiting.splice(0, size.batch)
    return Effect.suspend(() => send(items)).pipe(
      Effect.timeout(size.timeoutMs),
      Effect.onExit((exit) => Effect.sync(() => Exit.isFailure(exit) && drop(items))),
      Effect.exit
    )
  })
  const loop = Effect.gen(function* () {
    while (state.isOpen || waiting.length > 0) {
      yield* some.await
      yield* Effect.timeoutOption(enough.await, size.intervalMs)
      // Not within `add`: sending is not the work of whoever adds.
      yield* Effect.yieldNow
      while (waiting.length > 0) yield* sendOne
      if (state.isOpen) {
        some.closeUnsafe()
        enough.closeUnsafe()
      }
    }
  })
  const fiber = yield* Effect.forkScoped(loop)

  return {
    add: (item) => {
      if (!state.isOpen) return drop([item])
      if (waiting.length >= size.queue) drop(waiting.splice(0, 1))
      waiting.push(item)
      some.openUnsafe()
      if (waiting.length >= size.batch) enough.openUnsafe()
    },
    close: Effect.gen(function* () {
      state.isOpen = false
      some.openUnsafe()
      enough.openUnsafe()
      yield* Effect.timeoutOption(Fiber.await(fiber), lastCallMs)
      yield* Fiber.interrupt(fiber)
      if (waiting.length > 0) drop(waiting.splice(0))
    })
  }
})
