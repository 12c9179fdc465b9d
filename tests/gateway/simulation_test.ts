import { assert, assertEquals } from "@std/assert"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Decisions } from "../../src/gateway/Decisions.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { Limiter } from "../../src/guard/limits/Limiter.ts"
import { array, object, string } from "../../src/protocol/json.ts"
import { Balancer } from "../../src/routing/Balancer.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  answering,
  type Call,
  counted,
  cut,
  done,
  json,
  pass,
  type Reply,
  role,
  says,
  silence,
  type Step,
  stop,
  streaming,
  upstream
} from "../kit/upstream.ts"
import { holdInvariants } from "./invariants.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

/** Seeds of one run; each is a minute of traffic. `SEED=7` runs just that one. */
const only = Deno.env.get("SEED")
const seeds = only === undefined ? Array.from({ length: 200 }, (_, seed) => seed) : [Number(only)]

/** What every model says, whoever is asked. */
const words = Array.from({ length: 60 }, (_, at) => `word${at * 7919 % 1000} `)
const whole = words.join("")

const limits = { requests_per_minute: 25, tokens_per_minute: 40_000, concurrency: 6 }

const own = (base_url: string) => ({ dialect: "openai", base_url, api_key: "k", discover: false })

const config = {
  providers: {
    one: own("http://one/v1"),
    two: own("http://two/v1"),
    three: own("http://three/v1")
  },
  models: {
    both: {
      deployments: [{ provider: "one" }, { provider: "two", weight: 2 }],
      fallback_models: ["other"],
      on_disconnect: "drain",
      price: { input_per_1m_tokens: 0.15, output_per_1m_tokens: 0.6 },
      rate_limit: { requests_per_minute: 30, concurrency: 8 }
    },
    // Free, which is not the same as unpriced.
    other: {
      provider: "three",
      price: { input_per_1m_tokens: 0, output_per_1m_tokens: 0.0333 }
    },
    alone: { provider: "one" }
  },
  load_balancing: { health_check_interval: 600, weights: { both: 2, other: 1 } },
  limits: { key: limits },
  timeouts: { total_seconds: 120, whole_head_seconds: 20, stream_head_seconds: 20 }
}

/** A small generator, so that a seed is all there is to know of a run. */
const generator = (seed: number) => {
  let state = seed * 2654435761 + 1
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

type Chance = () => number
const below = (chance: Chance, most: number) => Math.floor(chance() * most)

/** What the client has of the answer, as a request that goes on with it shows. */
const toldOf = ({ body }: Call): string => {
  const said = array(body.messages).map(object).findLast((message) => message?.role === "assistant")
  return string(said?.content) ?? ""
}

/** What a provider does with one call: mostly well, and in every way badly. */
const reply = (chance: Chance, call: Call): Reply => {
  const headMs = chance() < 0.1 ? below(chance, 30_000) : below(chance, 800)
  const status = (code: number, error: object, headers: Record<string, string> = {}) =>
    json({ error }, { status: code, headMs, headers })
  switch (below(chance, 14)) {
    case 0:
      return status(500, { message: "no" })
    case 1:
      return status(429, { message: "slowly" }, { "retry-after": String(below(chance, 8)) })
    case 2:
      return status(503, { message: "overloaded" })
    case 3:
      return chance() < 0.3
        ? status(401, { message: "who?" })
        : status(400, { message: "no", code: "context_length_exceeded" })
  }
  if (call.body.stream !== true) {
    return chance() < 0.1
      ? { headMs, headers: { "content-type": "application/json" }, steps: [silence] }
      : answering(whole, { prompt_tokens: 10, completion_tokens: 70 }, { headMs })
  }
  const told = toldOf(call)
  // One that goes on repeats a little, or nothing, of what was there; of one or two letters nobody
  // can tell whether they are repeated.
  const repeated = chance() < 0.5 || told.length < 12 ? 0 : 30
  const from = Math.max(0, told.length - repeated)
  const rest = whole.slice(whole.startsWith(told.trimEnd()) ? from : 0)
  const pieces: Array<Step> = [role]
  for (let at = 0; at < rest.length;) {
    const length = 1 + below(chance, 40)
    pieces.push(says(rest.slice(at, at + length)))
    if (chance() < 0.2) pieces.push(below(chance, 500))
    at += length
  }
  const ends = below(chance, 6)
  if (ends <= 1) {
    return {
      ...streaming(
        ...pieces.slice(0, 1 + below(chance, pieces.length)),
        ends === 0 ? cut : silence
      ),
      headMs
    }
  }
  return {
    ...streaming(...pieces, stop, ...(chance() < 0.7 ? [counted(10, 70)] : []), done),
    headMs
  }
}

/** A second and a half, and what follows from it. */
const tick = Effect.andThen(
  TestClock.adjust(1500),
  Effect.forEach(Array.from({ length: 12 }), () => Effect.yieldNow, { discard: true })
)

/** A minute of random traffic, half an hour of calm, and then a look at what is left. */
const run = (seed: number) => {
  const chance = generator(seed)
  /** Whether the providers do nothing wrong any more. */
  let well = false
  const provider = upstream((call) => well ? answering(whole) : reply(chance, call))
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const limiter = yield* Limiter
    const admitted = new Map<string, Array<number>>()
    const ended: Array<string> = []

    const client = (at: number, id: string) =>
      Effect.gen(function* () {
        const caller = chance() < 0.7 ? "busy" : "calm"
        const model = ["both", "both", "alone", "auto", "other"][below(chance, 5)]!
        const streamed = chance() < 0.6
        const patience = chance() < 0.15 ? below(chance, 6000) : undefined
        const timeoutMs = chance() < 0.1 ? 1000 + below(chance, 20_000) : undefined
        const asked = ask(asking(model), { id, caller, ...(timeoutMs ? { timeoutMs } : {}) })
        yield* Effect.sleep(at)
        const from = yield* Clock.currentTimeMillis
        const shown = yield* recorder
        const answer: Effect.Effect<unknown, { readonly reason: { readonly _tag: string } }> =
          streamed ? gateway.stream(asked, shown) : gateway.generate(asked)
        const fiber = yield* Effect.forkChild(answer)
        if (patience !== undefined) {
          yield* Effect.raceFirst(
            Fiber.await(fiber),
            Effect.andThen(Effect.sleep(patience), Fiber.interrupt(fiber))
          )
        }
        const exit = yield* Fiber.await(fiber)
        ended.push(id)
        const error = Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)
          ? Cause.squash(exit.cause)
          : undefined
        if (error !== undefined && !(error instanceof Object && "reason" in error)) throw error
        const refused = error !== undefined && asked.told.attempts === 0
        if (!refused) admitted.set(caller, [...admitted.get(caller) ?? [], from])
        // Never the same text twice, never a gap, and nothing cut that looks whole.
        assert(whole.startsWith(shown.text()), `${id}: "${shown.text()}"`)
        if (shown.ending()) assertEquals(shown.text(), whole, id)
        assert(shown.story().filter((one) => one === "open").length <= 1)
        assert(asked.told.attempts <= 6)
      })

    const traffic = yield* Effect.forkChild(
      Effect.forEach(
        Array.from({ length: 60 }, (_, at) => at),
        (at) => client(below(chance, 60_000), `req_${at}`),
        { concurrency: "unbounded", discard: true }
      )
    )
    const unheard = yield* Effect.forkChild(Effect.forever(Effect.andThen(
      Effect.sync(() => {
        for (const { scope, requests, tokens, concurrency } of limiter.view()) {
          const most = scope.startsWith("key/") ? limits : config.models.both.rate_limit
          assert(requests <= most.requests_per_minute, `${scope}: ${requests} requests`)
          assert(concurrency <= most.concurrency, `${scope}: ${concurrency} at once`)
          // Estimates: what was used beyond them may overdraw by one answer each.
          if (scope.startsWith("key/")) {
            assert(tokens <= limits.tokens_per_minute + 6 * 200, `${scope}: ${tokens} tokens`)
          }
        }
      }),
      Effect.sleep(1000)
    )))
    for (let step = 0; step < 200; step++) yield* tick
    assertEquals(unheard.pollUnsafe(), undefined, "a limit was passed")
    yield* Fiber.interrupt(unheard)
    // What one client finds wrong ends all of them.
    const wrong = traffic.pollUnsafe()
    if (wrong && Exit.isFailure(wrong)) yield* Effect.failCause(wrong.cause)
    const names = Array.from({ length: 60 }, (_, at) => `req_${at}`)
    const endless = names.filter((id) => !ended.includes(id))
    const books = yield* Decisions
    assertEquals(endless.map((id) => books.find(id)), [], "a request has no end")
    yield* Fiber.join(traffic)
    yield* pass(30 * 60_000)

    assertEquals(ended.length, 60, "a request has no end")
    for (const [caller, times] of admitted) {
      for (const from of times) {
        const inWindow = times.filter((time) => time >= from && time < from + 60_000).length
        assert(inWindow <= limits.requests_per_minute, `${caller}: ${inWindow} in a minute`)
      }
    }
    assertEquals(limiter.view(), [], "a reservation is left")
    for (const actor of (yield* Supervisor).children()) {
      assertEquals([actor.work.inFlight, actor.work.waiting], [0, 0], actor.name)
    }
    for (const { deployment, view } of (yield* Circuits).all()) {
      assertEquals([view.coolingDownMs, view.parkedMs], [undefined, undefined], deployment)
    }
    const decisions = yield* Decisions
    for (const id of ended) {
      const decision = decisions.find(id)
      if (decision === undefined) throw new Error(`${id} was not decided about`)
      assert(decision.outcome !== "under_way", id)
      assertEquals(
        decision.attempts.map(({ number }) => number),
        decision.attempts.map((_, at) => at + 1)
      )
      assert(decision.attempts.every(({ outcome }) => outcome !== "under_way"), id)
    }
    yield* holdInvariants(
      new Map(ended.map((id) => [id, decisions.find(id)?.attempts.length ?? 0]))
    )
    const balancer = yield* Balancer
    for (const id of ["both@one", "both@two", "other@three", "alone@one"]) {
      assertEquals(balancer.stats(id).inFlight, 0, id)
    }
    // Every probe's place is free again: once all is well, each deployment answers, and stays well.
    well = true
    for (const model of ["alone", "other", "both", "both", "both"]) {
      const fiber = yield* Effect.forkChild(
        Effect.result(gateway.generate(ask(asking(model), { id: "calm", caller: "calm" })))
      )
      yield* pass(1000)
      const result = yield* Fiber.join(fiber)
      assertEquals(result._tag, "Success", model)
      yield* pass(10_000)
    }
    for (const { deployment, view } of (yield* Circuits).all()) {
      assertEquals(view.consecutiveFailures, 0, deployment)
    }
  }).pipe(
    Effect.provide(simulated(provider.send, { config })),
    Random.withSeed(seed)
  )
}

for (const seed of seeds) {
  test(`random traffic and random faults leave nothing behind (SEED=${seed})`, () => run(seed))
}
