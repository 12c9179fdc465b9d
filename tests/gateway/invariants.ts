/**
 * What must hold of the books whatever happened, once nothing is under way any more. Each part has the
 * numbers of the invariants that it is about.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { costOf } from "../../src/domain/Cost.ts"
import { rebuild } from "../../src/ledger/reading/rebuild.ts"
import { groupings, usageOf } from "../../src/ledger/reading/usage.ts"
import { costOf as totalCostOf, noTotals, plus } from "../../src/ledger/reading/Totals.ts"
import { Prometheus } from "../../src/telemetry/prometheus/Prometheus.ts"
import { type CallRow, calls as callRows, prices, requests, underWay } from "./books.ts"

/** A call with the columns that only this looks at. */
interface Row extends CallRow {
  readonly cache_write_tokens: number
  readonly reasoning_tokens: number
}

const sum = <A>(items: ReadonlyArray<A>, of: (item: A) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

/** 1, 2 and 16: nothing is open, and each request has one row, with as many calls as it made. */
const oneRowEach = (callsOf: ReadonlyMap<string, number>) =>
  Effect.gen(function* () {
    assertEquals(yield* underWay, [])
    const rows = yield* requests
    assertEquals(new Set(rows.map(({ id }) => id)).size, rows.length, "a request has two rows")
    for (const { id, calls } of rows) assertEquals(calls, callsOf.get(id), id)
    const there = new Set(rows.map(({ id }) => id))
    const missing = Array.from(callsOf).filter(([id, calls]) => calls > 0 && !there.has(id))
    assertEquals(missing, [], "a request has no row")
  })

/** 3 and 8: a request is the sum of its calls, which are numbered, and of which one answers at most. */
const sumsOfCalls = Effect.gen(function* () {
  const bySeq = Map.groupBy(yield* callRows, ({ seq }) => seq)
  for (const row of yield* requests) {
    const own = bySeq.get(row.seq) ?? []
    assertEquals(own.map(({ number }) => number), own.map((_, at) => at + 1), row.id)
    assertEquals(own.length, row.calls)
    for (const kind of ["prompt_tokens", "completion_tokens", "cached_tokens"] as const) {
      assertEquals(row[kind], sum(own, (call) => call[kind]), `${row.id}: ${kind}`)
    }
    const charged = own.filter(({ source }) => source !== "unknown")
    for (const side of ["input_nanos", "output_nanos"] as const) {
      const isKnown = charged.every((call) => call[side] !== null)
      const total = isKnown ? sum(charged, (call) => call[side] ?? 0) : null
      assertEquals(row[side], total, `${row.id}: ${side}`)
    }
    const answered = own.filter(({ outcome }) => outcome === "answered")
    assert(answered.length <= 1, row.id)
    if (row.outcome === "ok") assertEquals(own.at(-1)?.outcome, "answered", row.id)
    if (answered[0]) assertEquals([row.model, row.provider], servedBy(answered[0]), row.id)
    const shown = own.findIndex(({ showed }) => showed === 1)
    for (const later of shown < 0 ? [] : own.slice(shown + 1)) {
      assert(later.resumed !== null, `${row.id}: call ${later.number} began anew`)
    }
  }
})

const servedBy = ({ model, provider }: Pick<CallRow, "model" | "provider">) => [model, provider]

/** 5, 6 and 8: who counted is said; what failed costs nothing, and what was shown costs something. */
const chargedForWhatCame = Effect.gen(function* () {
  for (const call of (yield* callRows) as ReadonlyArray<Row>) {
    const what = `${call.seq}.${call.number} ${call.outcome}`
    assert(["reported", "estimated", "mixed", "unknown"].includes(call.source), what)
    if (call.source === "unknown") {
      assertEquals([call.prompt_tokens, call.completion_tokens], [0, 0], what)
      assertEquals([call.input_nanos, call.price], [null, null], what)
    }
    assert(call.cached_tokens + call.cache_write_tokens <= call.prompt_tokens, what)
    assert(call.reasoning_tokens <= call.completion_tokens, what)
    // These providers report nothing before the end.
    const isOwed = call.showed === 1 ||
      ["answered", "left", "timeout_total"].includes(call.outcome!)
    if (!isOwed) assertEquals(call.source, "unknown", what)
    if (call.outcome === "answered") assert(call.source !== "unknown", what)
    // One that goes on with an answer may find nothing missing of it.
    if (call.first_token_ms !== null) assert(call.completion_tokens > 0, what)
  }
})

/** 7: what a call cost follows from its usage and the price that it names, and from nothing else. */
const reckonedAgain = Effect.gen(function* () {
  const rates = new Map((yield* prices).map(({ price, rates }) => [price, JSON.parse(rates)]))
  for (const call of (yield* callRows) as ReadonlyArray<Row>) {
    if (call.price === null) {
      assertEquals([call.input_nanos, call.output_nanos], [null, null])
      continue
    }
    const cost = costOf(rates.get(call.price), {
      promptTokens: call.prompt_tokens,
      completionTokens: call.completion_tokens,
      cachedTokens: call.cached_tokens,
      cacheWriteTokens: call.cache_write_tokens,
      reasoningTokens: call.reasoning_tokens,
      source: "reported"
    })
    assertEquals([call.input_nanos, call.output_nanos], [cost.inputNanos, cost.outputNanos])
  }
})

/** 4: every way to add up says the same: rows, what is told of usage by anything, and metrics. */
const conserved = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  assertEquals(yield* rebuild(sql, 0), [])
  const rows = yield* requests
  const calls = yield* callRows
  const known = sum(calls, (call) => (call.input_nanos ?? 0) + (call.output_nanos ?? 0))
  for (const groupBy of groupings) {
    const usage = yield* usageOf(sql, { period: { start: 0, end: 40_000 }, groupBy })
    const all = usage.groups.reduce((all, { totals }) => plus(all, totals), noTotals)
    assertEquals(
      [all.requests, all.prompt_tokens, all.completion_tokens].map(Number),
      [
        rows.length,
        sum(rows, (row) => row.prompt_tokens),
        sum(rows, (row) => row.completion_tokens)
      ],
      groupBy
    )
    assertEquals(Number(totalCostOf(all) ?? 0n), known, groupBy)
  }

  const told = yield* Effect.flatMap(Prometheus, ({ scrape }) => scrape)
  /** A counter's sums by some of its labels, but for what is 0. */
  const counter = (name: string, ...labels: ReadonlyArray<string>) => {
    const sums = new Map<string, number>()
    for (
      const [, text = "", value] of told.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, "gm"))
    ) {
      const key = labels.map((label) => new RegExp(`\\b${label}="([^"]*)"`).exec(text)?.[1]).join()
      sums.set(key, (sums.get(key) ?? 0) + Number(value))
    }
    return sorted(sums)
  }
  const rowsBy = <A>(
    items: ReadonlyArray<A>,
    key: (item: A) => string,
    of: (item: A) => number
  ) => {
    const sums = new Map<string, number>()
    for (const item of items) sums.set(key(item), (sums.get(key(item)) ?? 0) + of(item))
    return sorted(sums)
  }
  const one = () => 1
  const place = ({ provider, model }: Pick<CallRow, "model" | "provider">) => `${provider},${model}`
  assertEquals(
    counter("penstock_requests_total", "outcome"),
    rowsBy(rows, ({ outcome }) => String(outcome), one)
  )
  assertEquals(
    counter("penstock_attempts_total", "deployment", "outcome"),
    rowsBy(calls, ({ deployment, outcome }) => `${deployment},${outcome}`, one)
  )
  const tokens = (type: string, of: (call: CallRow) => number) =>
    assertEquals(
      counter("penstock_tokens_total", "provider", "model", "type")
        .filter(([key]) => key.endsWith(`,${type}`)),
      rowsBy(calls, (call) => `${place(call)},${type}`, of)
    )
  tokens("input", (call) => call.prompt_tokens)
  tokens("output", (call) => call.completion_tokens)
  assertEquals(
    counter("penstock_cost_nanodollars_total", "provider", "model"),
    rowsBy(calls, place, (call) => (call.input_nanos ?? 0) + (call.output_nanos ?? 0))
  )
  const isUnpriced = (call: CallRow) => call.source !== "unknown" && call.input_nanos === null
  assertEquals(
    counter("penstock_unpriced_total", "provider", "model"),
    rowsBy(calls.filter(isUnpriced), place, one)
  )
})

const sorted = (sums: ReadonlyMap<string, number>) =>
  Array.from(sums).filter(([, value]) => value !== 0).toSorted(([a], [b]) => a < b ? -1 : 1)

/** All of it; `callsOf` says of each request by its id how many calls it made. */
export const holdInvariants = (callsOf: ReadonlyMap<string, number>) =>
  Effect.all([oneRowEach(callsOf), sumsOfCalls, chargedForWhatCame, reckonedAgain, conserved], {
    discard: true
  })
