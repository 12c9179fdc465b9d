/**
 * What the books take, by themselves: `deno run -A bench/ledger.ts [rounds]`, by default 5. Callers
 * ask and settle, each one request at a time, over a ledger in a temporary folder; then what is kept
 * of a stream for the case that the provider does not count.
 *
 * A record is a request or a call, which are one row where a request made one call (decision 34). Ends
 * with 1 where a target is missed.
 *
 * @module
 */
import "../src/boot.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import process from "node:process"
import { Supervisor } from "../src/actor/Supervisor.ts"
import type { Delta } from "../src/domain/Delta.ts"
import type { Asked, Charge, Opened, Settled } from "../src/ledger/Entry.ts"
import { Ledger } from "../src/ledger/Ledger.ts"
import type { Durability } from "../src/ledger/store/Store.ts"
import * as Written from "../src/ledger/tokens/Written.ts"
import { middle } from "./Visit.ts"

const leastRecords = 20_000
const recordsEach = 2
const rounds = Number(Deno.args[0] ?? 5)
const crowds = [1, 4, 16, 64, 256]

/** One measurement; times in microseconds for each request. */
interface Measured {
  readonly wall: number
  readonly processor: number
}

const charge: Charge = {
  usage: {
    promptTokens: 1200,
    completionTokens: 300,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported"
  },
  cost: { inputNanos: 180_000, outputNanos: 180_000 },
  rates: { input: 0.15, output: 0.6 }
}

const request = (ledger: Ledger["Service"], number: number): Effect.Effect<void> => {
  const opened: Opened = {
    id: `req_${crypto.randomUUID()}`,
    caller: `key-${number % 10}`,
    at: Date.now(),
    asked: "gpt-4o-mini",
    streamed: false,
    version: 1,
    traceId: undefined
  }
  const page = ledger.open(opened)
  const asked: Asked = {
    number: 1,
    deployment: "openai/gpt-4o-mini",
    model: "gpt-4o-mini",
    provider: "openai",
    startedMs: 0.25,
    resumed: undefined,
    charge
  }
  const settled: Settled = {
    ...opened,
    outcome: "ok",
    model: "gpt-4o-mini",
    provider: "openai",
    durationMs: 812.25,
    firstTokenMs: undefined,
    queueMs: 0.125,
    upstreamMs: 811.5,
    calls: [{
      ...asked,
      outcome: "answered",
      status: undefined,
      durationMs: 811.625,
      queueMs: 0.125,
      firstTokenMs: undefined,
      showed: true
    }]
  }
  return Effect.orDie(Effect.andThen(page.ask(asked), page.settle(settled)))
}

/** `count` requests, `crowd` of them at a time. */
const measure = (ledger: Ledger["Service"], crowd: number, count: number) =>
  Effect.gen(function* () {
    let number = 0
    const one = Effect.suspend(() => request(ledger, number++))
    const each = Effect.repeat(one, { times: count / crowd - 1 })
    const used = process.cpuUsage()
    const started = performance.now()
    yield* Effect.all(Array.from({ length: crowd }, () => each), {
      concurrency: "unbounded",
      discard: true
    })
    const wall = (performance.now() - started) * 1000 / count
    const { user, system } = process.cpuUsage(used)
    return { wall, processor: (user + system) / count }
  })

const folder = Effect.acquireRelease(
  Effect.sync(() => Deno.makeTempDirSync({ prefix: "penstock-bench-" })),
  (path) => Effect.sync(() => Deno.removeSync(path, { recursive: true }))
)

/** Books of their own, at one durability. */
const books = (durability: Durability) =>
  Effect.gen(function* () {
    const dataDir = yield* folder
    const context = yield* Layer.build(
      Ledger.layer({ dataDir, durability }).pipe(Layer.provide(Supervisor.layer))
    )
    const ledger = yield* Effect.provide(Ledger, context)
    yield* measure(ledger, 64, 16_384)
    return { durability, ledger }
  })

const perSecond = (microseconds: number): string =>
  Math.round(1e6 / microseconds).toLocaleString("en")

/** Microseconds that a delta takes: keeping its text, and a look at it once a second. */
const perDelta = (): number => {
  const delta: Delta = { _tag: "Text", choice: 0, text: " token" }
  const streams = 2000
  const deltas = 100
  const used = process.cpuUsage()
  let tokens = 0
  for (let stream = 0; stream < streams; stream++) {
    const written = Written.make()
    for (let at = 0; at < deltas; at++) written.add(delta)
    tokens += written.roughTokens()
  }
  const { user, system } = process.cpuUsage(used)
  return tokens > 0 ? (user + system) / (streams * deltas) : NaN
}

const program = Effect.gen(function* () {
  const both = [yield* books("process"), yield* books("power")]
  const all = new Map<string, Array<Measured>>()
  for (let round = 0; round < rounds; round++) {
    for (const { durability, ledger } of round % 2 === 0 ? both : both.toReversed()) {
      for (const crowd of crowds) {
        const key = `${durability} ${crowd}`
        const measured = yield* measure(ledger, crowd, Math.min(16_384, crowd * 2048))
        all.set(key, [...all.get(key) ?? [], measured])
      }
    }
  }
  console.log(
    "| durability | at a time | requests/s | records/s | worst records/s | CPU µs/request |"
  )
  console.log("| --- | ---: | ---: | ---: | ---: | ---: |")
  let most = 0
  for (const { durability } of both) {
    for (const crowd of crowds) {
      const measured = all.get(`${durability} ${crowd}`) ?? []
      const wall = middle(measured.map(({ wall }) => wall))
      const worst = Math.max(...measured.map(({ wall }) => wall))
      if (durability === "process") most = Math.max(most, recordsEach * 1e6 / wall)
      const cells = [
        durability,
        crowd,
        perSecond(wall),
        perSecond(wall / recordsEach),
        perSecond(worst / recordsEach),
        middle(measured.map(({ processor }) => processor)).toFixed(1)
      ]
      console.log(`| ${cells.join(" | ")} |`)
    }
  }
  perDelta()
  const delta = middle(Array.from({ length: rounds }, perDelta))
  console.log(`\nText of a delta kept and counted: ${delta.toFixed(2)} µs of CPU`)
  const met = most >= leastRecords
  const records = Math.round(most).toLocaleString("en")
  console.log(
    `\nAt least ${leastRecords.toLocaleString("en")} records/s: ${records}, ${
      met ? "pass" : "FAIL"
    }`
  )
  return met
})

const met = await Effect.runPromise(Effect.scoped(program))
Deno.exit(met ? 0 : 1)
