import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import type { Outcome } from "../../../src/ledger/Entry.ts"
import { Meters } from "../../../src/telemetry/metrics/Meters.ts"
import { Performance } from "../../../src/telemetry/window/Performance.ts"
import { Telemetry } from "../../../src/telemetry/Telemetry.ts"
import { test } from "../../kit/effect.ts"
import { layer } from "../layers.ts"
import { called, settled, usage } from "../settled.ts"

const minute = 60_000
const nothing = { averageMs: undefined, p50Ms: undefined, p95Ms: undefined, p99Ms: undefined }

test("where nothing was asked yet there are zeros, and nothing that is not a number", () =>
  Effect.gen(function* () {
    const { all, byModel, byProvider } = yield* Performance.use(({ report }) => report(15 * minute))
    assertEquals(all, {
      requests: 0,
      successRate: undefined,
      errorRate: undefined,
      requestsPerMinute: 0,
      tokensPerMinute: 0,
      duration: nothing,
      firstToken: nothing,
      perToken: nothing,
      queue: nothing,
      overhead: nothing
    })
    assertEquals([byModel.size, byProvider.size], [0, 0])
  }).pipe(Effect.provide(layer)))

const near = (actual: number | undefined, expected: number) =>
  assert(Math.abs(actual! - expected) <= 0.02 * expected, `${actual} is not ${expected}`)

test("a report has everything that is over, at once, by model and by provider", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const { report } = yield* Performance
    for (let i = 1; i <= 100; i++) telemetry.settled(settled({ durationMs: i * 10 }))
    const claude = { model: "claude-3", provider: "google" }
    telemetry.settled(settled({
      ...claude,
      asked: "auto",
      streamed: true,
      durationMs: 2500,
      firstTokenMs: 500,
      queueMs: 0,
      upstreamMs: 2400,
      calls: [called({ ...claude, charge: { ...called().charge!, usage: usage(5, 101) } })]
    }))
    const { all, byModel, byProvider } = yield* report(minute)
    assertEquals(all.requests, 101)
    near(all.duration.p50Ms, 510)
    near(all.duration.p99Ms, 1000)
    near(all.duration.averageMs, (50_500 + 2500) / 101)
    assertEquals(all.tokensPerMinute, 100 * 31 + 106)
    assertEquals(all.requestsPerMinute, 101)
    assertEquals([...byModel.keys()].sort(), ["claude-3", "gpt-4"])
    assertEquals([...byProvider.keys()].sort(), ["google", "openai"])
    const one = byModel.get("claude-3")!
    assertEquals(byProvider.get("google"), one)
    near(one.firstToken.p50Ms, 500)
    near(one.perToken.p99Ms, 20)
    near(one.overhead.p95Ms, 100)
    assertEquals(one.queue.p95Ms, 0)
    assertEquals(byModel.get("gpt-4")!.firstToken, nothing)
    const only = yield* report(minute, "claude-3")
    assertEquals(only.all, one)
    assertEquals([...only.byProvider.keys()], ["google"])
  }).pipe(Effect.provide(layer)))

test("a request leaves each window when the window has passed it, give or take a step", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const { report } = yield* Performance
    const counts = Effect.forEach(
      [1, 5, 15, 60],
      (minutes) => Effect.map(report(minutes * minute), ({ all }) => all.requests)
    )
    yield* TestClock.adjust(2000)
    telemetry.settled(settled())
    assertEquals(yield* counts, [1, 1, 1, 1])
    yield* TestClock.adjust(minute - 2000)
    assertEquals(yield* counts, [1, 1, 1, 1])
    yield* TestClock.adjust(5000)
    assertEquals(yield* counts, [0, 1, 1, 1])
    yield* TestClock.adjust(4 * minute)
    assertEquals(yield* counts, [0, 0, 1, 1])
    yield* TestClock.adjust(10 * minute)
    assertEquals(yield* counts, [0, 0, 0, 1])
    yield* TestClock.adjust(45 * minute)
    assertEquals(yield* counts, [0, 0, 0, 0])
  }).pipe(Effect.provide(layer)))

test("rates are by the minute that really passed, and of a whole one at the least", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const rate = Effect.map(
      Performance.use(({ report }) => report(15 * minute)),
      ({ all }) => all.requestsPerMinute
    )
    for (let i = 0; i < 60; i++) telemetry.settled(settled())
    yield* TestClock.adjust(10_000)
    assertEquals(yield* rate, 60)
    yield* TestClock.adjust(110_000)
    assertEquals(yield* rate, 30)
  }).pipe(Effect.provide(layer)))

const endings: ReadonlyArray<readonly [Outcome, number]> = [
  ["ok", 5],
  ["filtered", 1],
  ["upstream_error", 1],
  ["timeout", 1],
  ["stream_error", 1],
  ["internal_error", 1],
  ["client_abort", 7]
]

test("a client that leaves is neither a success nor an error, but a request", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    for (const [outcome, count] of endings) {
      for (let i = 0; i < count; i++) {
        telemetry.settled(settled({ outcome, durationMs: outcome === "ok" ? 100 : 60_000 }))
      }
    }
    telemetry.settled(settled({ outcome: "filtered", durationMs: 100 }))
    const { all } = yield* Performance.use(({ report }) => report(minute))
    assertEquals(all.requests, 18)
    assertEquals([all.successRate, all.errorRate], [7 / 11, 4 / 11])
    // How long it takes to fail is no time of an answer.
    near(all.duration.p50Ms, 100)
  }).pipe(Effect.provide(layer)))

test("who reads metrics meanwhile takes nothing from a window", () =>
  Effect.gen(function* () {
    const telemetry = yield* Telemetry
    const meters = yield* Meters
    for (let i = 0; i < 10; i++) {
      telemetry.settled(settled())
      yield* Effect.all([meters.gather, meters.gather], { concurrency: 2 })
      yield* TestClock.adjust(1500)
    }
    const { all } = yield* Performance.use(({ report }) => report(minute))
    assertEquals(all.requests, 10)
  }).pipe(Effect.provide(layer)))

test("the window is kept by an actor", () =>
  Effect.gen(function* () {
    const [actor] = (yield* Supervisor).children()
    assertEquals([actor?.name, actor?.phase], ["telemetry/window", "running"])
  }).pipe(Effect.provide(layer)))
