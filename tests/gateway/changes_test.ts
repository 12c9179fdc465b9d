import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { ConfigStore } from "../../src/config/ConfigStore.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { ModelTable } from "../../src/routing/ModelTable.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, json, pass } from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { classOf } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const refusal = json({ error: { message: "no" } }, { status: 404, headMs: 1000 })

test("a change holds for the next request; one under way keeps what it started with", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [refusal], two: [answering("Hi")] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const store = yield* ConfigStore
      const table = yield* ModelTable
      const known = new Set(table.snapshot().entries.map(({ id }) => id))
      const before = yield* Effect.forkChild(gateway.generate(ask(asking("near"))))
      yield* pass(500)
      yield* store.putModel("near", { fallback_models: [] }, { by: "test", dryRun: false, known })
      const after = yield* Effect.forkChild(Effect.flip(gateway.generate(ask(asking("near")))))
      yield* pass(2000)
      assertEquals((yield* Fiber.join(before)).model, "far")
      assertEquals(classOf(yield* Fiber.join(after)), "not_found")
      yield* store.putModel("near", { enabled: false }, { by: "test", dryRun: false, known })
      // Its fallbacks are as the file has them again, and answer for a model that is switched off.
      assertEquals((yield* gateway.generate(ask(asking("near")))).model, "far")
    }).pipe(Effect.provide(simulated(provider.send, setup())))
  }))

test("a limit that is lowered holds at once, and counts what was used before", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [answering("Hi")] })
    yield* Effect.gen(function* () {
      const gateway = yield* Gateway
      const store = yield* ConfigStore
      const known = new Set(["near", "far"])
      const limit = (requests_per_minute: number) =>
        store.putModel("near", { rate_limit: { requests_per_minute }, fallback_models: [] }, {
          by: "test",
          dryRun: false,
          known
        })
      yield* limit(10)
      for (let at = 0; at < 5; at++) yield* gateway.generate(ask(asking("near")))
      yield* limit(5)
      const { reason } = yield* Effect.flip(gateway.generate(ask(asking("near"))))
      assertEquals(reason._tag === "RateLimited" && reason.of, "model")
    }).pipe(Effect.provide(simulated(provider.send, setup())))
  }))
