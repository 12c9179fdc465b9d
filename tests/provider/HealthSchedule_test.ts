import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { Supervisor } from "../../src/actor/Supervisor.ts"
import { Configuration } from "../../src/config/Configuration.ts"
import { defaultTraffic } from "../../src/config/Traffic.ts"
import type { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import type { Send, UpstreamRequest } from "../../src/provider/Egress.ts"
import * as HealthSchedule from "../../src/provider/HealthSchedule.ts"
import { networkFault } from "../../src/provider/networkFault.ts"
import { unchecked, well } from "../../src/provider/ProviderHealth.ts"
import type { Providers } from "../../src/provider/Providers.ts"
import { test } from "../kit/effect.ts"
import { answering, pass, settled, upstream } from "../kit/upstream.ts"
import { actorOf, actors, childNamed, crash, outcome, vitals } from "./actors.ts"

const refused: Effect.Effect<never, UpstreamFault> = Effect.fail(
  networkFault(new TypeError("connection refused"))
)
const listing = (...ids: ReadonlyArray<string>) =>
  Effect.sync(() => Response.json({ data: ids.map((id) => ({ id })) }))

/** What a test turns, and what it sees. */
interface Ward {
  /** How providers answer when they are asked for their models. */
  list: (request: UpstreamRequest, signal: AbortSignal) => Effect.Effect<Response, UpstreamFault>
  intervalMs: number
  /** The scheduler's next look at the configuration crashes it. */
  crashes: boolean
  /** When which address was asked for its models. */
  readonly asked: Array<{ readonly at: number; readonly url: string }>
  /** Everything else that was asked. */
  readonly calls: ReadonlyArray<{ readonly body: object }>
  readonly layer: Layer.Layer<Providers | Supervisor>
}

const own = (options: object = {}) => ({
  dialect: "openai",
  base_url: "http://own/v1",
  discover: false,
  ...options
})

const ward = (providers: object, variables: Record<string, string> = {}, headMs = 0): Ward => {
  const others = upstream(() => answering("Hello", undefined, { headMs }))
  const send: Send = (request, signal) =>
    request.method === "POST" ? others.send(request, signal) : Effect.flatMap(
      Clock.currentTimeMillis,
      (at) => {
        self.asked.push({ at, url: request.url })
        return self.list(request, signal)
      }
    )
  const self: Ward = {
    list: () => listing("one"),
    intervalMs: 30_000,
    crashes: false,
    asked: [],
    calls: others.calls,
    layer: HealthSchedule.layer.pipe(
      Layer.provide(Layer.succeed(Configuration, {
        current: () => {
          if (self.crashes) {
            self.crashes = false
            throw new Error("a bug")
          }
          const loadBalancing = {
            ...defaultTraffic.loadBalancing,
            healthCheckIntervalMs: self.intervalMs
          }
          return { ...defaultTraffic, loadBalancing }
        }
      })),
      Layer.provideMerge(
        actors(send, { providers: { ollama: { enabled: false }, ...providers } }, variables)
      )
    )
  }
  return self
}

const scheduled = (
  name: string,
  make: () => Ward,
  body: (ward: Ward) => Effect.Effect<void, unknown, Providers | Supervisor>
) => {
  test(name, () => {
    const one = make()
    return body(one).pipe(Effect.provide(one.layer))
  })
}

/** Both clocks of these tests begin at 0. */
const wellAt = (ms: number) => well({ checkedAt: ms, checkedAtMonotonic: ms })

const health = (id = "own") => Effect.map(actorOf(id), (actor) => actor.health())

/** Passes a whole interval with its jitter, second by second. */
const round = Effect.forEach(Array.from({ length: 33 }), () => pass(1000), { discard: true })

scheduled(
  "nobody is checked in the first second, everybody soon after, and nobody without a key",
  () => ward({ own: own(), off: own({ enabled: false }), quiet: own({ health_check: "none" }) }),
  ({ asked }) =>
    Effect.gen(function* () {
      assertEquals(yield* health(), unchecked)
      yield* pass(999)
      assertEquals(asked, [])
      for (let ms = 0; ms < 2001; ms += 100) yield* pass(100)
      assertEquals(asked.map(({ url }) => url), ["http://own/v1/models"])
      assertEquals(yield* health(), wellAt(asked[0]!.at))
      yield* round
      assertEquals(asked.length, 2)
    })
)

for (const seconds of [5, 30, 300]) {
  test(`checks are ${seconds} s apart, a tenth more or less, by chance`, () => {
    const one = ward({ own: own() })
    const intervalMs = one.intervalMs = seconds * 1000
    return Effect.gen(function* () {
      for (let step = 0; step < 200; step++) yield* pass(intervalMs / 10)
      const gaps = one.asked.slice(1).map(({ at }, index) => at - one.asked[index]!.at)
      assert(gaps.length >= 17)
      const [least, most] = [Math.min(...gaps) / intervalMs, Math.max(...gaps) / intervalMs]
      assert(least >= 0.899 && least < 0.97, String(gaps))
      assert(most <= 1.101 && most > 1.03, String(gaps))
    }).pipe(Effect.provide(one.layer), Random.withSeed(seconds))
  })
}

scheduled(
  "a shorter interval holds soon, also where the one before was long",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.intervalMs = 3_600_000
      yield* round
      yield* round
      assertEquals(ward.asked.length, 1)
      ward.intervalMs = 5000
      yield* round
      assert(ward.asked.length >= 5, String(ward.asked.length))
    })
)

scheduled(
  "who answers real requests is not checked, and is well; who stops is checked again",
  () => ward({ own: own() }),
  ({ asked }) =>
    Effect.gen(function* () {
      for (let second = 0; second < 200; second++) {
        yield* outcome("own")
        yield* pass(1000)
      }
      assertEquals(asked, [])
      assertEquals(yield* health(), wellAt(199_000))
      yield* round
      yield* round
      assert(asked.length >= 1)
    })
)

scheduled(
  "failures are counted until a check goes well",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => refused
      yield* pass(3000)
      const first = yield* health()
      assertEquals([first.ok, first.failures], [false, 1])
      assertEquals(first.reason, "The provider cannot be reached")
      yield* round
      yield* round
      assert((yield* health()).failures >= 2)
      ward.list = () => listing()
      yield* round
      assertEquals(yield* health(), wellAt(ward.asked.at(-1)!.at))
    })
)

scheduled(
  "an answer to a real request makes a provider well, and its failures are forgotten",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => refused
      yield* pass(3000)
      yield* round
      assert((yield* health()).failures >= 1)
      yield* outcome("own")
      assertEquals(yield* health(), wellAt(36_000))
      yield* round
      yield* round
      const { ok, failures } = yield* health()
      assertEquals([ok, failures <= 2], [false, true])
    })
)

for (
  const [what, response, ok, reason] of [
    ["a server's error", () => new Response("{}", { status: 500 }), false, ""],
    ["a refused key", () => new Response("{}", { status: 401 }), false, ""],
    ["a page", () => new Response("<html>Hi</html>"), false, "list of models"],
    ["an error called a success", () => Response.json({ error: {} }), false, "list of models"],
    ["no such list", () => new Response("{}", { status: 404 }), undefined, ""],
    ["a rate limit", () => new Response("{}", { status: 429 }), undefined, ""]
  ] as const
) {
  scheduled(
    `${what} ${ok === undefined ? "says nothing of" : "fails"} the provider`,
    () => ward({ own: own() }),
    (ward) =>
      Effect.gen(function* () {
        ward.list = () => Effect.sync(response)
        yield* pass(3000)
        const found = yield* health()
        assertEquals([found.ok, found.failures], [ok, ok === false ? 1 : 0])
        assertStringIncludes(found.reason ?? "", reason)
      })
  )
}

scheduled(
  "what a provider says of a failed check is told without our key",
  () => ward({ own: own({ api_key: "correct-horse-battery" }) }),
  (ward) =>
    Effect.gen(function* () {
      const message = "wrong: correct-horse-battery"
      ward.list = () => Effect.sync(() => Response.json({ error: { message } }, { status: 401 }))
      yield* pass(3000)
      const { reason = "" } = yield* health()
      assertStringIncludes(reason, "wrong")
      assert(!reason.includes("horse"), reason)
    })
)

scheduled(
  "a check that hangs fails after 5 s and is hung up on, and none begins meanwhile",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.intervalMs = 1000
      const signals: Array<AbortSignal> = []
      ward.list = (_, signal) => {
        signals.push(signal)
        return Effect.never
      }
      for (let ms = 0; ms < 6000; ms += 100) yield* pass(100)
      assertEquals([signals.length, ward.asked.length], [1, 1])
      for (let ms = 0; ms < 3000; ms += 100) yield* pass(100)
      assertEquals(signals[0]!.aborted, true)
      assertEquals(signals.length, 2)
      const { ok, failures, reason } = yield* health()
      assertEquals([ok, failures], [false, 1])
      assertEquals(reason, "The provider did not answer within 5 seconds")
    })
)

scheduled(
  "a failed check says nothing of who answered a real request meanwhile",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => Effect.never
      yield* pass(3000)
      assertEquals(ward.asked.length, 1)
      yield* outcome("own")
      yield* pass(5000)
      assertEquals((yield* health()).ok, true)
    })
)

scheduled(
  "a check waits for no call, and no mail waits for a check",
  () => ward({ own: own({ concurrency: 1, waiting: 1 }) }, {}, 20_000),
  (ward) =>
    Effect.gen(function* () {
      const calls = [
        yield* Effect.forkChild(outcome("own")),
        yield* Effect.forkChild(outcome("own"))
      ]
      ward.list = () => Effect.never
      yield* pass(3000)
      assertEquals(ward.asked.length, 1)
      assertEquals((yield* vitals("own")).work, { inFlight: 1, waiting: 1, concurrency: 1 })
      yield* crash("own")
      yield* settled
      assertEquals(yield* Effect.forEach(calls, Fiber.join), ["crashed", "down"])
      // The check was lost with it, and is made again.
      ward.list = () => listing()
      yield* round
      assertEquals((yield* health()).ok, true)
    })
)

scheduled(
  "a provider that appears later is found, and what it lists is kept while it is away",
  () => ward({ ollama: {} }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => refused
      const { discovered } = yield* actorOf("ollama")
      yield* round
      assertEquals(Array.from(discovered().keys()), [])
      ward.list = () => listing("llama")
      yield* round
      const found = discovered()
      assertEquals(Array.from(found.keys()), ["llama"])
      yield* round
      assert(discovered() === found, "the same models are the same set")
      ward.list = () => refused
      yield* round
      assert(discovered() === found)
      ward.list = () => listing("llama", "qwen")
      yield* round
      assertEquals(Array.from(discovered().keys()), ["llama", "qwen"])
    })
)

/** An hour by the clock, a minute at a time. */
const anHour = Effect.forEach(Array.from({ length: 60 }), () => pass(60_000), { discard: true })

for (const health_check of ["none", "completion"]) {
  scheduled(
    `a list is asked for again every hour, also where the check is ${health_check}`,
    () => ward({ own: own({ health_check, discover: true }) }),
    (ward) =>
      Effect.gen(function* () {
        yield* pass(3000)
        const { discovered } = yield* actorOf("own")
        assertEquals([ward.asked.length, [...discovered().keys()]], [1, ["one"]])
        ward.list = () => listing("one", "two")
        for (let minutes = 0; minutes < 53; minutes++) yield* pass(60_000)
        assertEquals([ward.asked.length, discovered().size], [1, 1])
        for (let minutes = 0; minutes < 14; minutes++) yield* pass(60_000)
        assertEquals([ward.asked.length, [...discovered().keys()]], [2, ["one", "two"]])
        // What is no longer there goes.
        ward.list = () => listing("two")
        yield* anHour
        yield* anHour
        assertEquals([...discovered().keys()], ["two"])
        assert(ward.asked.length <= 4, String(ward.asked.length))
      })
  )
}

scheduled(
  "who had no list yet is asked for it more often, until there is one",
  () => ward({ own: own({ health_check: "none", discover: true }) }),
  (ward) =>
    Effect.gen(function* () {
      ward.list = () => refused
      const { discovered, health } = yield* actorOf("own")
      for (let minutes = 0; minutes < 12; minutes++) yield* pass(60_000)
      assertEquals([ward.asked.length, discovered().size], [3, 0])
      // A list says nothing of a provider that is not to be checked.
      assertEquals(health(), unchecked)
      ward.list = () => listing("one")
      // Soon, and then not for an hour, which may be a tenth shorter.
      for (let minutes = 0; minutes < 50; minutes++) yield* pass(60_000)
      assertEquals([discovered().size, ward.asked.length], [1, 4])
    })
)

scheduled(
  "who is too busy to be checked is asked for its list all the same",
  () => ward({ own: own({ discover: true }) }),
  ({ asked }) =>
    Effect.gen(function* () {
      yield* settled
      assertEquals(asked.length, 1)
      for (let ms = 0; ms < 4_000_000; ms += 20_000) {
        yield* outcome("own")
        yield* pass(20_000)
      }
      assertEquals(asked.length, 2)
    })
)

scheduled(
  "who has no list is never asked for one",
  () => ward({ own: own({ health_check: "none" }) }),
  ({ asked }) =>
    Effect.gen(function* () {
      yield* anHour
      yield* anHour
      assertEquals(asked, [])
    })
)

scheduled(
  "a check by completion asks for the list where no model is known",
  () => ward({ own: own({ health_check: "completion" }) }),
  ({ asked, calls }) =>
    Effect.gen(function* () {
      yield* pass(3000)
      assertEquals([asked.length, calls.length], [1, 0])
    })
)

scheduled(
  "a check by completion asks a model of the provider's for one token",
  () => ward({ openai: { health_check: "completion" } }, { OPENAI_API_KEY: "sk-test" }),
  ({ asked, calls }) =>
    Effect.gen(function* () {
      yield* pass(3000)
      // Its list is asked for once, at start.
      assertEquals([asked.length, calls.length], [1, 1])
      const { model, max_completion_tokens, messages } = calls[0]!.body as Record<string, unknown>
      assertEquals(model, (yield* actorOf("openai")).settings.probeModel)
      assertEquals(max_completion_tokens, 1)
      assertEquals(Array.isArray(messages) && messages.length, 1)
      assertEquals((yield* health("openai")).ok, true)
      // A check is not a request.
      assertEquals((yield* actorOf("openai")).answers(), 0)
    })
)

scheduled(
  "the scheduler is an actor: it crashes alone, is seen, and comes back",
  () => ward({ own: own() }),
  (ward) =>
    Effect.gen(function* () {
      yield* pass(3000)
      assertEquals(ward.asked.length, 1)
      ward.crashes = true
      while (ward.crashes) yield* pass(50)
      const down = yield* childNamed("health")
      assertEquals([down.phase, down.lastCrash?.reason.split(" ")[0]], ["restarting", "Error"])
      assertEquals((yield* vitals("own")).phase, "running")
      yield* pass(100)
      const { phase, restarts } = yield* childNamed("health")
      assertEquals([phase, restarts], ["running", 1])
      yield* round
      assert(ward.asked.length >= 2)
    })
)
