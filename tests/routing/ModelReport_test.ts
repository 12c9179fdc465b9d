import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { ModelReport } from "../../src/routing/ModelReport.ts"
import { asking } from "../gateway/request.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, json, pass, settled, upstream } from "../kit/upstream.ts"

const statusOf = (model: string) =>
  ModelReport.use((report) =>
    Effect.map(report.of(model), (one) => one && [one.status, one.reason])
  )

const config = {
  models: { "gpt-4.1": { enabled: false } },
  providers: { google: { enabled: false } }
}

test("a model is as its settings, its provider, its actor and its requests say", () => {
  let failing = false
  const provider = upstream(() => failing ? json({}, { status: 500 }) : answering("Hi"))
  const ask = Gateway.use((gateway) => Effect.ignore(gateway.generate(asking("gpt-4o"))))
  return Effect.gen(function* () {
    assertEquals(yield* statusOf("nonsense"), undefined)
    assertEquals(yield* statusOf("gpt-4.1"), ["disabled", "The model is disabled"])
    assertEquals(yield* statusOf("gemini-pro"), ["disabled", `Provider "google" is disabled`])
    assertEquals(yield* statusOf("claude-3"), [
      "unavailable",
      "Anthropic has no API key: set ANTHROPIC_API_KEY and start Penstock again"
    ])
    assertEquals(yield* statusOf("gpt-4o"), ["available", undefined])
    yield* ask
    assertEquals(yield* statusOf("gpt-4o"), ["available", undefined])
    failing = true
    yield* ask
    assertEquals(yield* statusOf("gpt-4o"), ["degraded", "Some of its latest requests failed"])
    for (const _ of [1, 2, 3]) yield* ask
    assertEquals(yield* statusOf("gpt-4o"), ["unavailable", "Most of its latest requests failed"])
    failing = false
    for (const _ of [1, 2, 3, 4]) yield* ask
    assertEquals(yield* statusOf("gpt-4o"), ["degraded", "Some of its latest requests failed"])
    // Another model of the same provider is judged by its own requests.
    assertEquals(yield* statusOf("gpt-5"), ["available", undefined])

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
  }).pipe(Effect.provide(simulated(provider.send, { config })))
})
