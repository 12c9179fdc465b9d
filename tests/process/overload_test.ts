import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello, start } from "../kit/gateway.ts"
import * as Process from "../kit/process.ts"
import * as Raw from "../kit/raw.ts"
import * as Load from "./load.ts"

/**
 * The provider's calls at once, and how long it takes for each: so few and so long that ten times as
 * many are no work for a busy machine.
 */
const concurrency = 4
const serviceMs = 100
/** So long a call waits for a place at most. */
const waitMs = 500

const secret = "a secret of 32 bytes or even more"
const admin = { "x-api-key": apiKey }

/** What shows that `name` is calling, who is not the admin. */
const bearer = (name: string) =>
  Effect.map(
    Effect.promise(() =>
      new SignJWT({ scope: "inference" }).setProtectedHeader({ alg: "HS256" })
        .setSubject(name).setExpirationTime("5 minutes").sign(new TextEncoder().encode(secret))
    ),
    (token) => ({ authorization: `Bearer ${token}` })
  )

/**
 * A gateway process with a provider, and a model of the same name, for each room that calls can wait
 * in: its seats.
 */
const startWith = Effect.fnUntraced(function* (seats: Readonly<Record<string, number>>) {
  const provider = yield* Load.slowProvider(() => Load.sleep(serviceMs))
  const each = (entry: (name: string, waiting: number) => object) =>
    Object.fromEntries(Object.entries(seats).map(([name, most]) => [name, entry(name, most)]))
  const process = yield* Process.launch({
    env: {
      PENSTOCK_API_KEY: apiKey,
      PENSTOCK_JWT_SECRET: secret,
      OLLAMA_BASE_URL: "http://127.0.0.1:9"
    },
    yaml: JSON.stringify({
      providers: each((_, waiting) => ({
        dialect: "openai",
        base_url: provider.url,
        api_key: "sk-test",
        concurrency,
        waiting,
        wait_seconds: waitMs / 1000,
        health_check: "none",
        discover: false
      })),
      models: each((name) => ({ provider: name }))
    })
  })
  const url = yield* process.url
  const to = yield* Load.sender
  const supervision = to(`${url}/api/v1/llm/supervision`, admin)
  return {
    provider,
    health: to(`${url}/health`, {}),
    generate: (model: string, headers: Readonly<Record<string, string>> = admin) =>
      to(`${url}/api/v1/llm/generate`, headers, hello(model)),
    /** The calls that the provider of `model` has under way, and those that wait. */
    calls: async (model: string): Promise<{ in_flight: number; waiting: number }> => {
      const { actors } = JSON.parse((await supervision()).text)
      return actors.find(({ name }: { name: string }) => name === `provider/${model}`).calls
    }
  }
})

/** What a measurement shows: a name, a value, and what that has to be at least or at most. */
type Claim = readonly [name: string, value: number, bound: "at least" | "at most", limit: number]

/** Measures until all that is claimed holds, at most three times: a busy machine spoils some. */
const holds = async (measure: () => Promise<ReadonlyArray<Claim>>): Promise<void> => {
  let broken: ReadonlyArray<string> = []
  for (let time = 1; time <= 3; time++) {
    const claims = await measure()
    broken = claims.filter(([, value, bound, limit]) =>
      !(bound === "at least" ? value >= limit : value <= limit)
    ).map(([name, value, bound, limit]) =>
      `${name} is ${value.toFixed(1)}, and should be ${bound} ${limit.toFixed(1)}`
    )
    if (broken.length === 0) return
  }
  assertEquals(broken, [])
}

const refused = (replies: ReadonlyArray<Load.Reply>) =>
  replies.filter(({ status }) => status !== 200)

/** Checks that each is told when to come back, and that they do not come back together. */
const assertSpread = (refusals: ReadonlyArray<Load.Reply>): void => {
  const pauses = refusals.map(({ headers }) => {
    const ms = Number(headers.get("retry-after-ms"))
    assertEquals(headers.get("retry-after"), String(Math.ceil(ms / 1000)))
    return ms
  })
  assert(pauses.every((ms) => ms >= 500 && ms <= 3000))
  const at = [0.1, 0.5, 0.9].map((share) => Load.percentile(pauses, share))
  assert(at[1]! - at[0]! > 200 && at[2]! - at[1]! > 200, `They come back after ${at} ms`)
  // Not every client knows of milliseconds.
  assert(Math.ceil(at[0]! / 1000) < Math.ceil(at[2]! / 1000), `They come back after ${at} ms`)
}

/** Checks that each is told that the provider is busy. */
const assertBusy = (refusals: ReadonlyArray<Load.Reply>): void => {
  for (const { status, text } of refusals) {
    assertEquals(status, 503, text)
    const { code, details } = JSON.parse(text).error
    assertEquals([code, details.fault], ["MODEL_UNAVAILABLE", "provider_busy"])
  }
  assertSpread(refusals)
}

/** Seats; of the long room nobody ever has the last. */
const seats = { short: 8, long: 5000 }
const rooms = ["short", "long"] as const

liveTest(
  "at ten times the capacity goodput stays, refusals are soon, and /health answers",
  () =>
    Effect.gen(function* () {
      const { provider, health, generate, calls } = yield* startWith(seats)
      let peak = 0
      const measurePeak = async (): Promise<ReadonlyArray<Claim>> => {
        await Load.closedLoop(generate("short"), concurrency, 0.2)
        const from = performance.now()
        const replies = await Load.closedLoop(generate("short"), 2 * concurrency, 1)
        peak = Load.goodput(replies, from, 1)
        return [
          ["the peak", peak, "at least", 0.75 * concurrency * 1000 / serviceMs],
          ["how many are refused at the peak", refused(replies).length, "at most", 0]
        ]
      }
      const measure = async (room: keyof typeof seats): Promise<ReadonlyArray<Claim>> => {
        const [from, seconds] = [performance.now(), 2.5]
        const [replies, found] = await Load.meanwhile(
          Load.openLoop(generate(room), 10 * peak, seconds),
          100,
          () => Promise.all([health(), calls(room)])
        )
        const good = Load.goodput(replies, from + 500, seconds - 0.5)
        const refusals = refused(replies)
        const refusedMs = refusals.map(({ ms }) => ms)
        const early = Load.percentile(refusedMs, 0.01)
        const usual = Load.percentile(refusedMs, 0.5)
        const late = Load.percentile(refusedMs, 0.99)
        const healthMs = Load.percentile(found.map(([{ ms }]) => ms), 0.95)
        const waiting = Math.max(...found.map(([, { waiting }]) => waiting))
        console.log(
          `  ${room} room: ${good}/s where ${peak}/s is the peak, ${waiting} waiting,`,
          `${refusals.length} of ${replies.length} refused after ${early | 0}, ${usual | 0},`,
          `${late | 0} ms (p1, p50, p99), /health ${healthMs | 0} ms (p95)`
        )
        assertEquals(new Set(found.map(([{ status }]) => status)), new Set([200]))
        assertBusy(refusals)
        assertEquals(provider.most(), concurrency)
        assert(waiting <= seats[room], `${waiting} wait`)
        assertEquals(await calls(room), { in_flight: 0, waiting: 0, concurrency })
        const least = room === "short" ? 0 : waitMs
        return [
          ["goodput, in % of the peak,", good / peak * 100, "at least", 80],
          ["the p95 of /health in ms", healthMs, "at most", 500],
          ["an early refusal, in ms,", early, "at least", least],
          ["a usual refusal, in ms,", usual, "at most", least + 100],
          ["a late refusal, in ms,", late, "at most", waitMs + 300],
          ["how many wait", waiting, "at least", concurrency],
          ["how many are refused", refusals.length, "at least", replies.length / 2]
        ]
      }
      yield* Effect.promise(async () => {
        await holds(measurePeak)
        for (const room of rooms) await holds(() => measure(room))
      })
    })
)

liveTest(
  "a caller's flood delays another one by a turn at most, and is itself refused",
  () =>
    Effect.gen(function* () {
      const { generate } = yield* startWith({ house: 32 })
      const calm = generate("house", yield* bearer("calm"))
      const flood = generate("house")
      yield* Effect.promise(() =>
        holds(async () => {
          await Load.closedLoop(calm, 1, 0.2)
          const alone = await Load.closedLoop(calm, 1, 0.7)
          const [flooded, own] = await Promise.all([
            Load.closedLoop(flood, 110, 2.7, 200),
            Load.sleep(300).then(() => Load.closedLoop(calm, 1, 2.3))
          ])
          const ms = (replies: ReadonlyArray<Load.Reply>, share: number) =>
            Load.percentile(replies.map(({ ms }) => ms), share)
          console.log(
            `  alone ${[0.5, 0.99].map((at) => ms(alone, at) | 0)} ms; beside the flood ${
              [0.5, 0.99].map((at) => ms(own, at) | 0)
            } ms, ${own.length} times;`,
            `the flood's ${ms(flooded.filter(({ status }) => status === 200), 0.5) | 0} ms,`,
            `${refused(flooded).length} of ${flooded.length} refused`
          )
          assertBusy(refused(flooded))
          return [
            ["the calm one's p99", ms(own, 0.99), "at most", 1.5 * (ms(alone, 0.99) + serviceMs)],
            ["its refusals", refused([...alone, ...own]).length, "at most", 0],
            ["the flood's refusals", refused(flooded).length, "at least", 100]
          ]
        })
      )
    })
)

liveTest(
  "past requests_at_once, or a caller's half of it, the next is refused at once, and unread",
  () =>
    Effect.gen(function* () {
      const { promise, resolve: letGo } = Promise.withResolvers<void>()
      const provider = yield* Load.slowProvider(() => promise)
      const { url, api } = yield* start({
        env: {
          OPENAI_API_KEY: "sk-test",
          OPENAI_BASE_URL: provider.url,
          PENSTOCK_JWT_SECRET: secret
        },
        config: {
          limits: { requests_at_once: 4 },
          providers: { openai: { health_check: "none", discover: false } }
        }
      })
      yield* Effect.addFinalizer(() => Effect.sync(letGo))
      const to = yield* Load.sender
      const asking = (headers: Readonly<Record<string, string>>) =>
        to(`${api}/generate`, headers, hello("gpt-4"))
      const [one, other, third] = [admin, yield* bearer("other"), yield* bearer("third")]

      /** Two requests, once they are under way. */
      const begin = async (headers: Readonly<Record<string, string>>) => {
        const calls = provider.calls() + 2
        const replies = Promise.all([asking(headers)(), asking(headers)()])
        while (provider.calls() < calls) await Load.sleep(5)
        return { replies }
      }
      /** Checks that a request is refused of which the body never comes. */
      const assertUnread = Effect.fnUntraced(function* (
        headers: Readonly<Record<string, string>>,
        target: string
      ) {
        const reply = yield* Raw.ask(url, {
          method: "POST",
          target: `/api/v1/llm/${target}`,
          headers: [
            ["host", "localhost"],
            ...Object.entries(headers),
            ["content-type", "application/json"],
            ["content-length", "1000000"]
          ],
          body: "{"
        })
        const { code, details } = JSON.parse(reply!.body).error
        assertEquals(
          [reply!.status, code, details.reason],
          [503, "MODEL_UNAVAILABLE", "overloaded"]
        )
        assert(Number(reply!.headers.get("retry-after")) >= 1)
      })

      const first = yield* Effect.promise(() => begin(one))
      yield* assertUnread(one, "generate")
      const second = yield* Effect.promise(() => begin(other))
      yield* assertUnread(third, "generate")
      yield* assertUnread(third, "generate/stream")
      const more = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: 100 }, asking(third)))
      )
      assertEquals(new Set(more.map(({ status }) => status)), new Set([503]))
      assertSpread(more)
      const health = yield* Effect.promise(to(`${url}/health`, {}))
      assertEquals(health.status, 200)
      assert(health.ms < 500, `/health took ${health.ms} ms`)

      letGo()
      const ended = yield* Effect.promise(() => Promise.all([first.replies, second.replies]))
      const next = yield* Effect.promise(asking(third))
      assertEquals([...ended.flat(), next].map(({ status }) => status), [200, 200, 200, 200, 200])
      assertEquals(provider.calls(), 5)
    }).pipe(Effect.timeout("20 seconds"))
)

liveTest(
  "of 100 requests at once on a limit of 10 a minute 10 are answered, and 90 told when to come back",
  () =>
    Effect.gen(function* () {
      const provider = yield* Load.slowProvider(() => Load.sleep(100))
      const { api } = yield* start({
        env: { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: provider.url },
        config: {
          limits: { key: { requests_per_minute: 10 } },
          providers: { openai: { health_check: "none", discover: false } }
        }
      })
      const generate = (yield* Load.sender)(`${api}/generate`, admin, hello("gpt-4"))
      const replies = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: 100 }, generate))
      )
      const answered = replies.filter(({ status }) => status === 200)
      assertEquals([answered.length, provider.calls()], [10, 10])
      const room = ({ headers }: Load.Reply) => [
        headers.get("x-ratelimit-limit-requests"),
        headers.get("x-ratelimit-remaining-requests")
      ]
      assertEquals(
        answered.map(room).toSorted(),
        Array.from({ length: 10 }, (_, left) => ["10", String(left)])
      )
      for (const reply of refused(replies)) {
        const { error } = JSON.parse(reply.text)
        assertEquals(
          [reply.status, error.code, error.details.reason],
          [429, "RATE_LIMIT_EXCEEDED", "key_limit"]
        )
        assertEquals(room(reply), ["10", "0"])
        const seconds = Number(reply.headers.get("retry-after"))
        assert(seconds > 50 && seconds <= 61, `${seconds} s`)
      }
    })
)
