/**
 * What an operator sees of a provider that is left alone for a while: no alarm, but the reason.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { fail } from "../kit/FakeProvider.ts"
import { liveTest } from "../kit/effect.ts"
import { dialects, modelAt, open } from "./house.ts"

/** What is to be seen of a model after one request that met a fault. */
const sights = [
  {
    id: "U14",
    what: "without quota",
    script: fail("quota_exhausted"),
    circuit: { state: "closed", consecutive_failures: 0, cooling_down_ms: 60_000 },
    status: "degraded",
    why: "cooling_down",
    errorRate: 0
  },
  {
    id: "U19",
    what: "that does not take our key",
    script: fail("auth"),
    circuit: { state: "closed", consecutive_failures: 0, key_parked_ms: 600_000 },
    status: "unavailable",
    why: "credential_parked",
    errorRate: 0
  },
  {
    id: "U20",
    what: "that does not know the model",
    script: fail("not_found"),
    circuit: { state: "closed", consecutive_failures: 0 },
    status: "available",
    why: undefined,
    errorRate: 0
  },
  {
    id: "U17",
    what: "that failed",
    script: fail("server"),
    circuit: { state: "closed", consecutive_failures: 2 },
    status: "degraded",
    why: undefined,
    errorRate: 1
  }
] as const

for (const { id, what, script, circuit, status, why, errorRate } of sights) {
  liveTest(
    `${id}: of a provider ${what} it can be seen how it is, and why`,
    () =>
      Effect.gen(function* () {
        const house = yield* open({ spare: {} })
        house.clock.stop()
        for (const dialect of dialects) {
          const model = modelAt("fake", dialect)
          house.fakes[dialect].respond(script)
          yield* Effect.promise(() => house.ask(model, false))
          const seen = yield* Effect.promise(() => house.read(`/models/${model}/status`))
          assertEquals(seen.deployments[0].circuit, circuit)
          assertEquals([seen.status, seen.error_rate], [status, errorRate], seen.reason)
          const messages = [{ role: "user", content: "?" }]
          const { candidates } = yield* Effect.promise(() =>
            house.read("/route/explain", { model, messages })
          )
          assertEquals([candidates[0].skipped?.why, candidates[1].skipped], [why, undefined])
        }
      })
  )
}
