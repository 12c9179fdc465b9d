/**
 * Sends batches of one signal to a collector by an exporter of OpenTelemetry's.
 *
 * @module
 */
import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type Batch, make as makeBatch } from "./Batch.ts"
import { Dropped } from "../Dropped.ts"
import type { Signal, Target } from "./otlpSettings.ts"

/** Exports a batch, and says whether it was taken: 0 is yes. */
export type Export<Item> = (
  items: ReadonlyArray<Item>,
  done: (result: { readonly code: number; readonly error?: Error }) => void
) => void

/** The collector did not take it; `reason` is a status, an error's code, or its name. */
class NotTaken extends Data.TaggedError("NotTaken")<{ readonly reason: string }> {}

/** How an exporter is to send to `target`; its connections are closed with the current scope. */
export const exporterOptions = Effect.fnUntraced(function* (target: Target) {
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() =>
      target.url.startsWith("https:")
        ? new HttpsAgent({ keepAlive: true })
        : new HttpAgent({ keepAlive: true })
    ),
    (agent) => Effect.sync(() => agent.destroy())
  )
  return {
    url: target.url,
    headers: { ...Redacted.value(target.headers) },
    timeoutMillis: target.timeoutMs,
    httpAgentOptions: () => agent
  }
})

/** How often a failure is told, at most. */
const tellEveryMs = 60_000

/** Sends what is added to `target`; each item counts as `sizeOf` where it is lost. */
export const sender = Effect.fnUntraced(function* <Item>(
  signal: Signal,
  target: Target,
  send: Export<Item>,
  sizeOf: (item: Item) => number = () => 1
): Effect.fn.Return<Batch<Item>, never, Scope.Scope> {
  const dropped = yield* Dropped
  let toldAt = -Infinity
  const tell = Effect.fnUntraced(function* (reason: string) {
    const now = yield* Clock.currentTimeMillis
    if (now - toldAt < tellEveryMs) return
    toldAt = now
    yield* Effect.logWarning(
      `The collector at ${URL.parse(target.url)?.host} takes no ${signal}: ${reason}`
    )
  })
  const sendAll = (items: ReadonlyArray<Item>) =>
    Effect.callback<void, NotTaken>((resume) =>
      send(
        items,
        ({ code, error }) =>
          resume(code === 0 ? Effect.void : Effect.fail(new NotTaken({ reason: reasonOf(error) })))
      )
    ).pipe(Effect.tapError(({ reason }) => tell(reason)))
  return yield* makeBatch<Item>(target.size, sendAll, (items) => {
    for (const item of items) dropped[signal] += sizeOf(item)
  })
})

/** Never what it says: that may quote an address with a password, or a collector's own words. */
const reasonOf = (error: Error | undefined): string =>
  error && "code" in error ? String(error.code) : error?.name ?? "no reason given"
