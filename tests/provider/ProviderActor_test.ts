import { assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { classOf, recorder } from "../gateway/recorder.ts"
import { asking } from "../gateway/request.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import {
  answering,
  type Call,
  done,
  pass,
  type Reply,
  says,
  settled,
  stop,
  streaming,
  type Upstream,
  upstream
} from "../kit/upstream.ts"

/** Two providers of the operator's own, served by one script, each with one model. */
const config = (size: object = {}) => ({
  providers: {
    fragile: { dialect: "openai", base_url: "http://fragile/v1", discover: false, ...size },
    sound: { dialect: "openai", base_url: "http://sound/v1", discover: false }
  },
  models: { glass: { provider: "fragile" }, steel: { provider: "sound" } }
})

const acted = (
  name: string,
  answer: (call: Call) => Reply,
  body: (provider: Upstream) => Effect.Effect<
    void,
    unknown,
    Gateway | Supervisor | Providers
  >,
  setup: Setup = { config: config() }
) => {
  const provider = upstream(answer)
  test(name, () => body(provider).pipe(Effect.provide(simulated(provider.send, setup))))
}

const whole = (model: string) =>
  Gateway.use((gateway) => Effect.result(gateway.generate(asking(model))))

/** The class of the fault that `model` is refused with, or its text. */
const outcome = (model: string) =>
  Effect.map(
    whole(model),
    (result) =>
      result._tag === "Failure"
        ? classOf(result.failure)
        : result.success.answer.choices.map(({ text }) => text).join("")
  )

const begin = (request: CompletionRequest) =>
  Effect.gen(function* () {
    const client = yield* recorder
    const fiber = yield* Effect.forkChild(
      Effect.result(Gateway.use((gateway) => gateway.stream(request, client)))
    )
    return { client, fiber }
  })

const fifty = Array.from({ length: 50 }, (_, at) => at)

const crash = (id: string) =>
  Providers.use(({ get }) =>
    Effect.ignore(get(id)!.tell({ _tag: "Crash", defect: new Error("a bug") }))
  )

const vitals = (id: string) =>
  Supervisor.useSync((supervisor) =>
    supervisor.children().find(({ name }) => name === `provider/${id}`)!
  )

acted(
  "a crash under load ends the calls of that provider in a typed way, and it is back",
  ({ body }) =>
    body.stream
      ? streaming(says("Hel"), 1000, says("lo"), stop, done)
      : answering("Hello", undefined, { headMs: 1000 }),
  (provider) =>
    Effect.gen(function* () {
      const open = yield* Effect.forEach(fifty, () => begin(asking("glass")))
      const waiting = yield* Effect.forEach(fifty, () => Effect.forkChild(outcome("glass")))
      const others = yield* Effect.forEach(fifty, (at) =>
        at % 2 === 0
          ? Effect.map(begin(asking("steel")), ({ client, fiber }) =>
            Effect.as(Fiber.join(fiber), client).pipe(Effect.map((client) =>
              client.text()
            )))
          : Effect.map(Effect.forkChild(outcome("steel")), Fiber.join))
      yield* pass(10)
      assertEquals((yield* vitals("fragile")).work.inFlight, 100)
      assertEquals(
        open.map(({ client }) =>
          client.text()
        ),
        fifty.map(() => "Hel")
      )

      yield* crash("fragile")
      yield* settled
      for (const { client, fiber } of open) {
        yield* Fiber.join(fiber)
        assertEquals(client.story(), ["open", "write", "fail"])
        assertEquals(client.failure(), "crashed")
      }
      for (const call of waiting) assertEquals(yield* Fiber.join(call), "crashed")
      const lost = provider.calls.filter(({ request }) => request.url.includes("fragile"))
      assertEquals([lost.length, lost.every((call) => call.hungUp())], [100, true])
      assertEquals(lost.filter(({ cancelled }) => cancelled).length, 50)
      assertEquals(yield* vitals("fragile"), {
        name: "provider/fragile",
        restarts: 0,
        lastCrash: { at: 10, reason: "Error: a bug" },
        phase: "restarting",
        mailbox: { depth: 0, capacity: 64 },
        work: { inFlight: 0, waiting: 0, concurrency: 512 }
      })

      yield* pass(99)
      assertEquals(yield* outcome("glass"), "down")
      const refused = yield* begin(asking("glass"))
      yield* settled
      assertEquals(refused.client.story(), [])
      yield* pass(1)
      const { phase, restarts } = yield* vitals("fragile")
      assertEquals([phase, restarts], ["running", 1])
      const again = yield* Effect.forkChild(outcome("glass"))
      yield* pass(1000)
      assertEquals(yield* Fiber.join(again), "Hello")

      for (const text of others) assertEquals(yield* text, "Hello")
      const { restarts: none, lastCrash } = yield* vitals("sound")
      assertEquals([none, lastCrash], [0, undefined])
    })
)

acted(
  "mail that came during a crash is read after it, and a second crash waits longer",
  () => answering("Hello"),
  () =>
    Effect.gen(function* () {
      yield* crash("fragile")
      yield* settled
      yield* crash("fragile")
      yield* pass(100)
      assertEquals((yield* vitals("fragile")).phase, "restarting")
      yield* pass(199)
      assertEquals(yield* outcome("glass"), "down")
      yield* pass(1)
      assertEquals(yield* outcome("glass"), "Hello")
    })
)

let calls = 0
acted(
  "a bug in one call ends that call only",
  () => {
    if (++calls === 2) throw new Error("a bug, with a secret in it")
    return answering("Hello", undefined, { headMs: 10 })
  },
  () =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(whole("glass")))
      yield* pass(10)
      const results = yield* Effect.forEach(all, Fiber.join)
      assertEquals(results.map(({ _tag }) => _tag), ["Success", "Failure", "Success"])
      const [, failed] = results
      if (failed?._tag !== "Failure" || failed.failure.reason._tag !== "ProviderFailed") {
        throw new Error("the second call did not fail")
      }
      const { fault } = failed.failure.reason
      assertEquals(fault.class, "crashed")
      assertEquals(fault.message.includes("secret"), false)
      const { phase, restarts, lastCrash } = yield* vitals("fragile")
      assertEquals([phase, restarts, lastCrash], ["running", 0, undefined])
    })
)

acted(
  "a client with a bug ends its own call only",
  ({ body }) => body.stream ? streaming(says("a"), stop, done) : answering("Hello"),
  () =>
    Effect.gen(function* () {
      const client = yield* recorder
      const buggy = {
        ...client,
        write: () => {
          throw new Error("a bug")
        }
      }
      yield* Gateway.use((gateway) => gateway.stream(asking("glass"), buggy))
      assertEquals([client.story(), client.failure()], [["open", "fail"], "crashed"])
      assertEquals(yield* outcome("glass"), "Hello")
    })
)

acted(
  "past its places and its waiting room a provider is busy at once, and the room drains",
  () => answering("Hello", undefined, { headMs: 100 }),
  (provider) =>
    Effect.gen(function* () {
      const admitted = yield* Effect.forEach(
        [1, 2, 3, 4, 5],
        () => Effect.forkChild(outcome("glass"))
      )
      yield* settled
      assertEquals(provider.calls.length, 2)
      assertEquals((yield* vitals("fragile")).work, { inFlight: 2, waiting: 3, concurrency: 2 })

      const refused = yield* whole("glass")
      const reason = refused._tag === "Failure" ? refused.failure.reason : undefined
      const fault = reason?._tag === "ProviderFailed" ? reason.fault : undefined
      assertEquals([fault?.class, fault?.retryAfterMs], ["busy", 1000])
      assertStringIncludes(fault?.message ?? "", "fragile")
      const other = yield* Effect.forkChild(outcome("steel"))

      yield* pass(100)
      assertEquals(yield* Fiber.join(other), "Hello")
      assertEquals((yield* vitals("fragile")).work, { inFlight: 2, waiting: 1, concurrency: 2 })
      yield* pass(100)
      yield* pass(100)
      for (const call of admitted) assertEquals(yield* Fiber.join(call), "Hello")
      assertEquals((yield* vitals("fragile")).work, { inFlight: 0, waiting: 0, concurrency: 2 })
    }),
  { config: config({ concurrency: 2, waiting: 3 }) }
)

acted(
  "who leaves the waiting room gives up the seat, and is never asked for",
  () => answering("Hello", undefined, { headMs: 100 }),
  (provider) =>
    Effect.gen(function* () {
      const [first, second] = yield* Effect.forEach(
        [1, 2],
        () => Effect.forkChild(outcome("glass"))
      )
      yield* settled
      assertEquals(yield* outcome("glass"), "busy")
      yield* Fiber.interrupt(second!)
      const third = yield* Effect.forkChild(outcome("glass"))
      yield* pass(100)
      yield* pass(100)
      assertEquals(yield* Fiber.join(first!), "Hello")
      assertEquals(yield* Fiber.join(third), "Hello")
      assertEquals(provider.calls.length, 2)
    }),
  { config: config({ concurrency: 1, waiting: 1 }) }
)

acted(
  "time in the waiting room counts as time without an answer",
  () => ({ headMs: 1e9, steps: [] }),
  () =>
    Effect.gen(function* () {
      const first = yield* Effect.forkChild(outcome("glass"))
      yield* pass(1000)
      const second = yield* Effect.forkChild(outcome("glass"))
      yield* pass(1000)
      assertEquals(yield* Fiber.join(first), "timeout_headers")
      yield* pass(999)
      assertEquals(second.pollUnsafe(), undefined)
      yield* pass(1)
      assertEquals(yield* Fiber.join(second), "timeout_headers")
      assertEquals((yield* vitals("fragile")).work, { inFlight: 0, waiting: 0, concurrency: 1 })
    }),
  { config: { ...config({ concurrency: 1 }), timeouts: { whole_head_seconds: 2 } } }
)

acted(
  "a crash also ends those who wait, and they are never asked for",
  () => answering("Hello", undefined, { headMs: 100 }),
  (provider) =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(outcome("glass")))
      yield* settled
      yield* crash("fragile")
      yield* pass(1)
      assertEquals(yield* Effect.forEach(all, Fiber.join), ["crashed", "down", "down"])
      yield* pass(1000)
      assertEquals(provider.calls.length, 1)
    }),
  { config: config({ concurrency: 1, waiting: 9 }) }
)

acted(
  "drain takes no more calls, and waits until the last stream has ended",
  () => streaming(says("Hel"), 500, says("lo"), stop, done),
  () =>
    Effect.gen(function* () {
      const { client, fiber } = yield* begin(asking("glass"))
      yield* settled
      const drained = yield* Effect.forkChild(Supervisor.use(({ drain }) => drain))
      yield* pass(499)
      assertEquals(drained.pollUnsafe(), undefined)
      assertEquals(yield* outcome("steel"), "down")
      yield* pass(1)
      yield* Fiber.join(drained)
      yield* Fiber.join(fiber)
      assertEquals(client.text(), "Hello")
    })
)

test("a provider is asked once at start what it serves, and those models can be used", () => {
  const provider = upstream(() => answering("Hello"), ["llama", "gpt-4o"])
  return Effect.gen(function* () {
    assertEquals(yield* outcome("llama"), "ModelNotFound")
    yield* settled
    assertEquals(yield* outcome("llama"), "Hello")
    assertEquals(provider.calls.map(({ request }) => request.url), [
      "http://127.0.0.1:9/v1/chat/completions"
    ])
    // The catalogue's provider keeps an id that another one has too.
    assertEquals(yield* outcome("gpt-4o"), "Hello")
    assertStringIncludes(provider.calls[1]?.request.url ?? "", "api.openai.com")
    assertEquals(
      Array.from(
        (yield* Providers.useSync(({ get }) => get("ollama")?.discovered())) ?? []
      ),
      ["llama", "gpt-4o"]
    )
  }).pipe(Effect.provide(simulated(provider.send)))
})
