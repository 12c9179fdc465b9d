import { assert, assertEquals, assertLessOrEqual } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import type { Limits } from "../../../src/config/Traffic.ts"
import { Limiter, type Reservation, type Scope } from "../../../src/guard/limits/Limiter.ts"
import { law } from "../../kit/effect.ts"

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** A request comes; or the one that came `which` requests ago ends; or time goes by. */
const Step = Schema.Union([
  Schema.TaggedStruct("Come", {
    scopes: Schema.Literals(["key", "model", "key model", "model team key", "team", "none key"]),
    tokens: between(0, 25)
  }),
  Schema.TaggedStruct("Settle", { which: between(0, 12), tokens: between(0, 40) }),
  Schema.TaggedStruct("Release", { which: between(0, 12) }),
  Schema.TaggedStruct("Wait", {
    milliseconds: Schema.Union([
      Schema.Literals([1, 499, 500, 30_000, 59_999, 60_000, 60_500]),
      between(1, 9000)
    ])
  })
])

const Minutes = Schema.Struct({
  steps: Schema.Array(Step).check(Schema.isMinLength(40), Schema.isMaxLength(120)),
  requests: between(1, 8),
  tokens: between(20, 60),
  concurrency: between(1, 6)
})

/** A request that was admitted, as it stands in the log. */
interface Request {
  readonly at: number
  readonly scopes: ReadonlyArray<Scope>
  readonly reservation: Reservation
  readonly reserved: number
  open: boolean
  released: boolean
  /** What it used of what it had reserved. */
  used: number
  /** What it used besides, and when that was known. */
  over: number
  overAt: number
}

/** What a log knows of one scope: a figure for each of the last milliseconds, by brute force. */
const known = (log: ReadonlyArray<Request>, name: string, now: number) => {
  const requests = log.filter(({ scopes }) => scopes.some((scope) => scope.name === name))
  const open = requests.filter(({ open }) => open)
  const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((one, other) => one + other, 0)
  return {
    all: requests,
    reserved: sum(open.map(({ reserved }) => reserved)),
    concurrency: open.length,
    requests: (age: number) =>
      requests.filter(({ at, released }) => now - at < age && !released).length,
    tokens: (age: number) =>
      sum(
        requests.map(({ at, used, over, overAt }) =>
          (now - at < age ? used : 0) + (now - overAt < age ? over : 0)
        )
      )
  }
}

/** In the last minute an amount counts, after half a second more it does not; between, it may. */
const [atLeast, atMost] = [60_001, 60_500]

const limitsOf = (
  { requests, tokens, concurrency }: typeof Minutes.Type
): Record<string, Limits> => ({
  key: { requestsPerMinute: requests, tokensPerMinute: tokens },
  model: { tokensPerMinute: tokens + 7, concurrency },
  team: { requestsPerMinute: requests + 2, concurrency: concurrency + 1 },
  none: {}
})

/** Lets the limiter go through `minutes`, and holds it against the log after each step. */
const walk = Effect.fnUntraced(function* (minutes: typeof Minutes.Type) {
  const limiter = yield* Limiter
  const clock = yield* TestClock.testClockWith(Effect.succeed)
  const limits = limitsOf(minutes)
  const scopesOf = (names: string): ReadonlyArray<Scope> =>
    names.split(" ").map((name) => ({ name, limits: limits[name] ?? {} }))
  const log: Array<Request> = []

  const come = (names: string, tokens: number, now: number) => {
    const scopes = scopesOf(names)
    const before = limiter.view()
    const taken = limiter.take(scopes, tokens)
    const tooLarge = scopes.some(({ limits }) => tokens > (limits.tokensPerMinute ?? Infinity))
    assertEquals(taken._tag === "TooLarge", tooLarge)
    if (taken._tag === "Taken") {
      log.push({
        at: now,
        scopes,
        reservation: taken.reservation,
        reserved: tokens,
        open: true,
        released: false,
        used: tokens,
        over: 0,
        overAt: 0
      })
      for (const { name, limits } of scopes) {
        const { requests, tokens, concurrency } = known(log, name, now)
        assertLessOrEqual(requests(atLeast), limits.requestsPerMinute ?? Infinity, name)
        assertLessOrEqual(tokens(atLeast), limits.tokensPerMinute ?? Infinity, name)
        assertLessOrEqual(concurrency, limits.concurrency ?? Infinity, name)
      }
    } else {
      assertEquals(limiter.view(), before)
      if (taken._tag === "TooLarge") return
      const limits = scopes.find(({ name }) => name === taken.scope)?.limits ?? {}
      const was = known(log, taken.scope, now)
      const reasons = {
        requests: was.requests(atMost) + 1 > (limits.requestsPerMinute ?? Infinity),
        tokens: was.tokens(atMost) + tokens > (limits.tokensPerMinute ?? Infinity),
        concurrency: was.concurrency + 1 > (limits.concurrency ?? Infinity)
      }
      assert(reasons[taken.limit], `refused for ${taken.limit} without reason`)
      assert(taken.retryAfterMs > 0 && taken.retryAfterMs <= atMost)
    }
  }

  const settle = (request: Request, tokens: number, now: number) => {
    request.reservation.settle(tokens)
    if (!request.open) return
    request.open = false
    request.used = Math.min(tokens, request.reserved)
    request.over = tokens - request.used
    request.overAt = now
  }

  const release = (request: Request) => {
    request.reservation.release()
    if (!request.open) return
    request.open = false
    request.released = true
    request.used = 0
  }

  for (const step of minutes.steps) {
    const now = clock.currentTimeMillisUnsafe()
    if (step._tag === "Wait") yield* TestClock.adjust(step.milliseconds)
    else if (step._tag === "Come") come(step.scopes, step.tokens, now)
    else {
      const request = log.at(-1 - step.which)
      if (request && step._tag === "Settle") settle(request, step.tokens, now)
      if (request && step._tag === "Release") release(request)
    }
    agree(limiter, log, clock.currentTimeMillisUnsafe())
  }

  for (const request of log) release(request)
  const view = limiter.view()
  assertEquals(view.filter(({ reserved, concurrency }) => reserved + concurrency !== 0), [])
  yield* TestClock.adjust(atMost)
  assertEquals(limiter.view(), [])
  return { log, limits }
})

/** What the limiter shows is what the log says. */
const agree = (
  limiter: typeof Limiter.Service,
  log: ReadonlyArray<Request>,
  now: number
): void => {
  const view = new Map(limiter.view().map((counts) => [counts.scope, counts]))
  assertEquals(view.get("none"), undefined)
  for (const name of ["key", "model", "team"]) {
    const { requests, tokens, reserved, concurrency } = known(log, name, now)
    const shown = view.get(name) ?? { requests: 0, tokens: 0, reserved: 0, concurrency: 0 }
    assertEquals([shown.reserved, shown.concurrency], [reserved, concurrency], name)
    assert(requests(atLeast) <= shown.requests && shown.requests <= requests(atMost), name)
    assert(tokens(atLeast) <= shown.tokens && shown.tokens <= tokens(atMost), name)
  }
}

law(
  "what the limiter counts, admits and refuses is what a log of everything says",
  Minutes,
  (minutes) => Effect.as(Effect.provide(walk(minutes), Limiter.layer), true)
)

law(
  "in no minute, wherever it begins, is more admitted than any limit",
  Minutes,
  (minutes) =>
    Effect.gen(function* () {
      const { log, limits } = yield* walk(minutes)
      for (const name of ["key", "model", "team"]) {
        const { all } = known(log, name, 0)
        for (const first of all) {
          const minute = all.filter(({ at, released }) =>
            at >= first.at && at - first.at <= 60_000 && !released
          )
          const used = minute.reduce((total, request) => total + request.used, 0)
          assertLessOrEqual(minute.length, limits[name]?.requestsPerMinute ?? Infinity)
          assertLessOrEqual(used, limits[name]?.tokensPerMinute ?? Infinity)
        }
      }
      return true
    }).pipe(Effect.provide(Limiter.layer))
)
