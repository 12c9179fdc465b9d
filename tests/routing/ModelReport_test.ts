import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Configuration } from "../../src/config/Configuration.ts"
import { defaultTraffic } from "../../src/config/Traffic.ts"
import { Circuits } from "../../src/guard/Circuits.ts"
import { ModelHealth } from "../../src/guard/ModelHealth.ts"
import type { ProviderActor } from "../../src/provider/ProviderActor.ts"
import { Providers } from "../../src/provider/Providers.ts"
import type { Readiness } from "../../src/provider/ProviderSettings.ts"
import { ModelReport } from "../../src/routing/ModelReport.ts"
import { ModelTable } from "../../src/routing/ModelTable.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, pass, settled, upstream } from "../kit/upstream.ts"
import { fakeActor, providersOf } from "./FakeActor.ts"

const statusOf = (model: string) =>
  ModelReport.use((report) =>
    Effect.map(report.of(model), (one) => one && [one.status, one.reason])
  )

const config = {
  models: { "gpt-4.1": { enabled: false } },
  providers: { google: { enabled: false } }
}

test("a model is as its settings, its provider and its actor say", () => {
  const { send } = upstream(() => answering("Hi"))
  return Effect.gen(function* () {
    assertEquals(yield* statusOf("nonsense"), undefined)
    assertEquals(yield* statusOf("gpt-4.1"), ["disabled", "The model is disabled"])
    assertEquals(yield* statusOf("gemini-pro"), ["disabled", `Provider "google" is disabled`])
    assertEquals(yield* statusOf("claude-3"), [
      "unavailable",
      "Anthropic has no API key: set ANTHROPIC_API_KEY and start Penstock again"
    ])
    assertEquals(yield* statusOf("gpt-4o"), ["available", undefined])
    const { get } = yield* Providers
    yield* Effect.ignore(get("openai")!.tell({ _tag: "Crash", defect: "x" }))
    yield* settled
    assertEquals(yield* statusOf("gpt-5"), [
      "unavailable",
      `Provider "openai" takes no calls now`
    ])
    yield* pass(100)
    assertEquals(yield* statusOf("gpt-5"), ["available", undefined])
    const all = yield* ModelReport.use((report) => report.all)
    for (const { deployment, status } of all) {
      assertEquals((yield* statusOf(deployment.model.id))?.[0], status)
    }
  }).pipe(Effect.provide(simulated(send, { config })))
})

test("a model is as its latest requests say", () => {
  const note = (answered: boolean) => ModelHealth.use((health) => health.note("any", answered, 100))
  const fails = note(false)
  const answers = note(true)
  return Effect.gen(function* () {
    yield* answers
    assertEquals(yield* statusOf("any"), ["available", undefined])
    yield* fails
    assertEquals(yield* statusOf("any"), ["degraded", "Some of its latest requests failed"])
    for (const _ of [1, 2, 3]) yield* fails
    assertEquals(yield* statusOf("any"), ["unavailable", "Most of its latest requests failed"])
    // It is asked nonetheless: or it could never show that it is well again.
    assertEquals((yield* ModelReport.use((report) => report.of("any")))?.isAsked, true)
    for (const _ of [1, 2, 3, 4]) yield* answers
    assertEquals(yield* statusOf("any"), ["degraded", "Some of its latest requests failed"])
    // Another model of the same provider is judged by its own requests.
    assertEquals(yield* statusOf("other"), ["available", undefined])
  }).pipe(Effect.provide(reporting(fakeActor("first"), fakeActor("second"))))
})

const twice = { deployments: [{ provider: "first" }, { provider: "second" }] }
const off = { ready: false, reason: "disabled", message: "off" } as const
const keyless = { ready: false, reason: "not_configured", message: "no key" } as const

test("a model can be used where any of its deployments can", () => {
  const [first, second] = [fakeActor("first"), fakeActor("second")]
  const judged = Effect.map(
    ModelReport.use((report) => report.of("any")),
    (one) => [one?.deployment.id, one?.status, one?.isAsked]
  )
  return Effect.gen(function* () {
    assertEquals(yield* judged, ["any@first", "available", true])
    first.run(false)
    assertEquals(yield* judged, ["any@second", "available", true])
    second.run(false)
    assertEquals(yield* judged, ["any@first", "unavailable", false])
  }).pipe(Effect.provide(reporting(first, second)))
})

test("of several deployments that cannot be used, what is out of order is told before what is off", () =>
  Effect.gen(function* () {
    const told = (...all: ReadonlyArray<Readiness>) => {
      const [first, second] = all.map((one, index) =>
        fakeActor(["first", "second"][index]!, [], one)
      )
      return statusOf("any").pipe(Effect.provide(reporting(first!, second!)))
    }
    assertEquals(yield* told(off, off), ["disabled", "off"])
    assertEquals(yield* told(off, keyless), ["unavailable", "no key"])
    assertEquals(yield* told(keyless, off), ["unavailable", "no key"])
  }))

test("a model that its provider does not list is unavailable, but asked, until real answers tell more", () => {
  const spec = { id: "known", name: "Known", capabilities: ["conversation"] } as const
  const own = fakeActor("own", [spec])
  const judged = Effect.map(
    ModelReport.use((report) => report.of("known")),
    (one) => [one?.status, one?.isAsked, one?.reason, one?.deployment.listed]
  )
  const note = (answered: boolean) =>
    ModelHealth.use((health) => health.note("known", answered, 100))
  return Effect.gen(function* () {
    assertEquals(yield* judged, ["available", true, undefined, undefined])
    own.discover("other")
    const notListed = ["unavailable", true, 'Provider "own" does not list it', false]
    assertEquals(yield* judged, notListed)
    own.discover("other", "known")
    assertEquals(yield* judged, ["available", true, undefined, true])
    own.discover("other")
    yield* note(true)
    assertEquals(yield* judged, ["available", true, undefined, false])
    yield* note(false)
    assertEquals(yield* judged, ["degraded", true, "Some of its latest requests failed", false])
  }).pipe(Effect.provide(reporting(own)))
})

const reporting = (...actors: ReadonlyArray<ProviderActor>) =>
  ModelReport.layer.pipe(
    Layer.provide(ModelTable.layer),
    Layer.provide(Circuits.layer),
    Layer.provide(
      Configuration.layerFixed({
        ...defaultTraffic,
        models: new Map([["any", twice], ["other", twice]])
      })
    ),
    Layer.provide(Layer.succeed(Providers, providersOf(...actors))),
    Layer.provideMerge(ModelHealth.layer)
  )
