import { assertEquals } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import { openai } from "../../src/protocol/openai/mod.ts"
import * as Checkup from "../../src/provider/Checkup.ts"
import type { Exchange } from "../../src/provider/exchange.ts"
import { bearer } from "../../src/provider/Provider.ts"
import { defaultSize, type ProviderSettings } from "../../src/provider/ProviderSettings.ts"
import { test } from "../kit/effect.ts"

const settings: ProviderSettings = {
  provider: {
    id: "own",
    name: "own",
    dialect: openai(),
    baseUrl: "http://own",
    environment: { apiKey: [], baseUrl: undefined },
    authorize: bearer,
    models: []
  },
  baseUrl: "http://own",
  apiKey: undefined,
  secrets: [],
  size: defaultSize,
  healthCheck: "models",
  probeModel: undefined,
  readiness: { ready: true },
  explicit: true
}

const hour = 3_600_000

for (const [name, byMs] of [["back", -hour], ["on", hour]] as const) {
  test(`a clock that is set ${name} hides neither a failed check nor an answer after it`, () =>
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      let ahead = 0
      const set: typeof clock = Object.assign(Object.create(clock), {
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead
      })
      const exchange: Exchange = {
        complete: () => Effect.die("never asked"),
        stream: () => Effect.die("never asked"),
        embed: () => Effect.die("never asked"),
        count: () => Effect.die("never asked"),
        models: Effect.fail(new UpstreamFault({ class: "server", message: "no" }))
      }
      const { check, health, noteAnswer } = Checkup.make(settings, exchange, set)
      yield* TestClock.adjust(2 * hour)
      noteAnswer()
      assertEquals(health().ok, true)
      ahead = byMs
      for (const failures of [1, 2]) {
        yield* TestClock.adjust(1000)
        yield* check
        assertEquals([health().ok, health().failures], [false, failures])
      }
      ahead = 0
      noteAnswer()
      assertEquals([health().ok, health().failures], [true, 0])
      ahead = byMs
      assertEquals(health().ok, true)
      assertEquals(health().checkedAtMonotonic, 2 * hour + 2000)
    }))
}
