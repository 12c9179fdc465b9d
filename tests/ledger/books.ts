/**
 * Books for tests, and requests to fill them with.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { parseDate } from "../../src/ledger/calendar.ts"
import { type Called, outcomes, type Settled } from "../../src/ledger/Entry.ts"
import { Ledger } from "../../src/ledger/Ledger.ts"
import { settleDown } from "./store.ts"

/** What a test says of a request; the rest is filled in. */
export const Sketch = Schema.Struct({
  /** Days after 2023-12-20. */
  day: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
  /** Milliseconds of that day. */
  at: Schema.Literals([0, 1, 43_200_000, 86_399_999]),
  caller: Schema.Literals(["ada", "bob", "jwt:c"]),
  model: Schema.Literals(["gpt-4", "claude-3", "house/one"]),
  provider: Schema.Literals(["openai", "anthropic", "none"]),
  outcome: Schema.Literals(outcomes),
  calls: Schema.Array(Schema.Struct({
    prompt: Schema.Natural,
    completion: Schema.Natural,
    source: Schema.Literals(["reported", "estimated", "mixed", "unknown"]),
    /** Nano-dollars of each side; absent where the price is not known. */
    nanos: Schema.UndefinedOr(Schema.Literals([0, 1, 999, 123_456_789, 4_000_000_000_000_000]))
  })).check(Schema.isMaxLength(3))
})

/** What a test says of a request. */
export type Sketch = typeof Sketch.Type

/** Days after it are what sketches count by. */
export const epoch = parseDate("2023-12-20") ?? NaN

/** The request that a test sketched. */
export const settledOf = (
  { day, at, caller, model, provider, outcome, calls }: Sketch,
  id = "req_1"
): Settled => ({
  id,
  caller,
  at: (epoch + day) * 86_400_000 + at,
  asked: model,
  streamed: day % 2 === 0,
  version: 3,
  traceId: undefined,
  outcome,
  model,
  provider: provider === "none" ? undefined : provider,
  durationMs: 12.5,
  firstTokenMs: undefined,
  queueMs: 0,
  upstreamMs: 10,
  calls: calls.map(({ prompt, completion, source, nanos }, index): Called => ({
    number: index + 1,
    deployment: `${model}@${provider}`,
    model,
    provider,
    startedMs: index,
    resumed: undefined,
    outcome: "answered",
    status: undefined,
    durationMs: 10,
    queueMs: 0,
    firstTokenMs: undefined,
    showed: true,
    charge: source === "unknown" ? undefined : {
      usage: {
        promptTokens: prompt,
        completionTokens: completion,
        cachedTokens: prompt >> 1,
        cacheWriteTokens: 0,
        reasoningTokens: completion >> 1,
        source
      },
      cost: nanos === undefined ? undefined : { inputNanos: nanos, outputNanos: nanos },
      rates: nanos === undefined ? undefined : { input: 1, output: 2 }
    }
  }))
})

/** Empty books in memory, or in the file of a folder, and a way to settle requests in them. */
export const books = Effect.fnUntraced(function* (dataDir?: string) {
  const layer = dataDir === undefined ? Ledger.layerMemory : Layer.orDie(Ledger.layer({ dataDir }))
  const context = yield* Layer.build(
    layer.pipe(Layer.provideMerge([Supervisor.layer, Logger.layer([])]))
  )
  const ledger = Context.get(context, Ledger)
  const sql = Context.get(context, SqlClient.SqlClient)
  const settle = (settled: Settled) => ledger.open(settled).settle(settled)
  return {
    context,
    sql,
    ledger,
    settle,
    /** A second later: what was settled is in the sums. */
    summed: Effect.andThen(TestClock.adjust("1 second"), settleDown),
    /** Settles what is sketched, in order. */
    fill: (sketches: ReadonlyArray<Sketch>) =>
      Effect.forEach(sketches, (sketch, at) => settle(settledOf(sketch, `req_${at}`)), {
        concurrency: "unbounded",
        discard: true
      })
  }
})

/** A request of little interest. */
export const plain: Sketch = {
  day: 0,
  at: 0,
  caller: "ada",
  model: "gpt-4",
  provider: "openai",
  outcome: "ok",
  calls: [{ prompt: 10, completion: 5, source: "reported", nanos: 999 }]
}
