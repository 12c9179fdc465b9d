import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Parameters } from "../../../src/domain/Completion.ts"
import { Gateway } from "../../../src/gateway/Gateway.ts"
import { simulator } from "../../../src/provider/simulator/mod.ts"
import { ModelReport } from "../../../src/routing/ModelReport.ts"
import { classOf, recorder } from "../../gateway/recorder.ts"
import { ask, asking } from "../../gateway/request.ts"
import { test } from "../../kit/effect.ts"
import { simulated } from "../../kit/gateway.ts"
import { pass, settled, upstream } from "../../kit/upstream.ts"

/** A gateway that asks nobody but the simulator: asking anybody else is a defect. */
const withSeed = (seed: number) =>
  simulated(
    upstream(() => {
      throw new Error("nobody is asked")
    }).send,
    { env: { PENSTOCK_SIMULATOR: "on" }, config: { simulator: { seed }, retries: { attempts: 1 } } }
  )

const simulating = (
  name: string,
  body: () => Effect.Effect<void, unknown, Gateway | ModelReport>
) => test(name, () => body().pipe(Effect.provide(withSeed(1))))

const generate = (model: string, parameters: Parameters = {}) =>
  Effect.forkChild(
    Effect.result(Gateway.use((gateway) => gateway.generate(ask(asking(model, parameters)))))
  )

/** How a whole answer was told after `ms`: its text, or the class of what went wrong. */
const answer = (model: string, ms: number, parameters: Parameters = {}) =>
  Effect.gen(function* () {
    const fiber = yield* generate(model, parameters)
    yield* pass(ms)
    const result = yield* Fiber.join(fiber)
    return result._tag === "Failure"
      ? classOf(result.failure)
      : result.success.answer.choices[0]?.text
  })

const begin = (model: string, parameters: Parameters = {}) =>
  Effect.gen(function* () {
    const client = yield* recorder
    const request = asking(model, parameters)
    const fiber = yield* Effect.forkChild(
      Effect.result(Gateway.use((gateway) => gateway.stream(ask(request), client)))
    )
    yield* settled
    return { client, fiber }
  })

/** Lets a stream run for so many pieces, `ms` apart. */
const run = (pieces: number, ms: number) =>
  Effect.forEach(Array.from({ length: pieces }), () => pass(ms), { discard: true })

simulating(
  "the same text comes whole and streamed, word by word, counted alike and priced",
  () =>
    Effect.gen(function* () {
      const text = yield* answer("simulator", 5000)
      assertStringIncludes(text ?? "", "[simulator: not a model]")
      const { client, fiber } = yield* begin("simulator")
      yield* pass(19)
      assertEquals(client.story(), [])
      yield* pass(1)
      assertEquals(client.text(), "[simulator:")
      yield* run(60, 10)
      yield* Fiber.join(fiber)
      assertEquals(client.text(), text)
      const writes = client.told.filter(({ _tag }) => _tag === "write")
      assertEquals(client.ending()?.usage.completionTokens, writes.length)
      assertEquals(client.ending()?.usage.source, "reported")
      assert((client.ending()?.cost?.outputNanos ?? 0) > 0)
    })
)

simulating(
  "it ends where the request says, calls tools and writes JSON",
  () =>
    Effect.gen(function* () {
      const whole = Effect.fnUntraced(function* (parameters: Parameters) {
        const fiber = yield* generate("simulator", parameters)
        yield* pass(5000)
        const result = yield* Fiber.join(fiber)
        return result._tag === "Success" ? result.success.answer.choices[0] : undefined
      })
      const cut = yield* whole({ maxTokens: 2 })
      assertEquals([cut?.text, cut?.finishReason], ["[simulator: not", "length"])
      const called = yield* whole({ tools: [{ name: "look" }], toolChoice: "required" })
      assertEquals([called?.toolCalls[0]?.name, called?.finishReason], ["look", "tool_calls"])
      const json = yield* whole({ responseFormat: { type: "json_object" } })
      assertEquals(JSON.parse(json?.text ?? "").simulator, true)
      const { client, fiber } = yield* begin("simulator", {
        tools: [{ name: "look" }],
        toolChoice: { name: "look" }
      })
      yield* run(10, 20)
      yield* Fiber.join(fiber)
      assertEquals(client.ending()?.finishes, [{ choice: 0, reason: "tool_calls" }])
    })
)

simulating(
  "as many answers are given as are asked for, whole and streamed alike, by the client's own seed",
  () =>
    Effect.gen(function* () {
      const texts = Effect.fnUntraced(function* (parameters: Parameters) {
        const fiber = yield* generate("simulator", parameters)
        yield* pass(5000)
        const result = yield* Fiber.join(fiber)
        return result._tag === "Success"
          ? {
            ...result.success.answer.usage,
            texts: result.success.answer.choices.map(({ text }) => text)
          }
          : undefined
      })
      const three = yield* texts({ n: 3, seed: 7 })
      assertEquals(new Set(three?.texts).size, 3)
      for (const [at, text] of three?.texts.entries() ?? []) {
        assertEquals((yield* texts({ seed: 7 + at }))?.texts, [text])
      }
      const one = yield* texts({ seed: 7 })
      assertEquals(three?.promptTokens, one?.promptTokens)
      assert((three?.completionTokens ?? 0) > 2 * (one?.completionTokens ?? 0))
      const { client, fiber } = yield* begin("simulator", { n: 3, seed: 7 })
      yield* run(300, 10)
      yield* Fiber.join(fiber)
      const streamed = ["", "", ""]
      for (const told of client.told) {
        for (const delta of told._tag === "write" ? told.deltas : []) {
          if (delta._tag === "Text") streamed[delta.choice] += delta.text
        }
      }
      assertEquals(streamed, three?.texts)
      assertEquals(
        client.ending()?.finishes.toSorted((one, other) => one.choice - other.choice),
        [0, 1, 2].map((choice) => ({ choice, reason: "stop" as const }))
      )
      assertEquals(client.ending()?.usage.completionTokens, three?.completionTokens)
    })
)

simulating(
  "simulator-slow takes two seconds to begin, and a tenth for each word",
  () =>
    Effect.gen(function* () {
      const { client } = yield* begin("simulator-slow")
      yield* pass(1999)
      assertEquals(client.text(), "")
      yield* pass(1)
      assertEquals(client.text(), "[simulator:")
      yield* pass(99)
      assertEquals(client.text(), "[simulator:")
      yield* pass(1)
      assertEquals(client.text(), "[simulator: not")
    })
)

simulating(
  "simulator-flaky fails every other time, whatever else is asked meanwhile",
  () =>
    Effect.gen(function* () {
      const outcomes: Array<boolean> = []
      for (let call = 0; call < 6; call++) {
        outcomes.push((yield* answer("simulator-flaky", 5000)) !== "server")
        yield* answer("simulator", 5000)
      }
      assertEquals(outcomes, [false, true, false, true, false, true])
    })
)

simulating(
  "simulator-cut breaks off in the middle, and never looks whole",
  () =>
    Effect.gen(function* () {
      assertEquals(yield* answer("simulator-cut", 5000), "bad_response")
      const { client, fiber } = yield* begin("simulator-cut")
      yield* run(60, 10)
      yield* Fiber.join(fiber)
      assertEquals(client.failure(), "stream_cut")
      assert(client.text().length > 20)
    })
)

simulating(
  "simulator-silent falls silent in the middle, and is given up for it",
  () =>
    Effect.gen(function* () {
      const { client, fiber } = yield* begin("simulator-silent")
      yield* run(60, 10)
      assertEquals(fiber.pollUnsafe(), undefined)
      assert(client.text().length > 20)
      yield* pass(30_000)
      yield* Fiber.join(fiber)
      assertEquals(client.failure(), "timeout_idle")
      assertEquals(yield* answer("simulator-silent", 300_000), "timeout_headers")
    })
)

simulating(
  "simulator-rate-limited refuses, and says when to come back",
  () =>
    Effect.gen(function* () {
      const fiber = yield* generate("simulator-rate-limited")
      yield* settled
      const result = yield* Fiber.join(fiber)
      const reason = result._tag === "Failure" ? result.failure.reason : undefined
      const fault = reason?._tag === "ProviderFailed" ? reason.fault : undefined
      assertEquals([fault?.class, fault?.retryAfterMs], ["rate_limited", 2000])
    })
)

simulating("leaving a simulated stream ends it", () =>
  Effect.gen(function* () {
    const { client, fiber } = yield* begin("simulator")
    yield* run(3, 20)
    yield* Fiber.interrupt(fiber)
    const before = client.text()
    yield* run(3, 20)
    assertEquals(client.text(), before)
  }))

simulating("each of its models says in its name that it is none", () =>
  Effect.gen(function* () {
    const all = yield* ModelReport.use((report) => report.all)
    const names = all.filter(({ deployment }) => deployment.model.provider === simulator.id)
      .map(({ deployment }) => deployment.model.name)
    assertEquals(names.length, 7)
    for (const name of names) assertStringIncludes(name, "not a model")
    assertStringIncludes(simulator.provider(1).name, "not a model")
  }))

test("the configured seed decides what is said", () =>
  Effect.gen(function* () {
    const said = (seed: number) => answer("simulator", 5000).pipe(Effect.provide(withSeed(seed)))
    const texts = yield* Effect.forEach([1, 2, 3, 1, 2, 3], said)
    assertEquals(texts.slice(0, 3), texts.slice(3))
    assertEquals(new Set(texts).size, 3)
  }))
