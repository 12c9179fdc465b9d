import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { make } from "../../src/ledger/prices/Prices.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { ratesOf } from "../../src/routing/rates.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { upstream } from "../kit/upstream.ts"

const own = { dialect: "openai", base_url: "http://own", discover: false }
const config = { providers: { priced: { ...own, pricing: "groq" }, unpriced: own } }

test("a price is the model's own, else the list's by the provider's name there, else unknown", () =>
  Effect.gen(function* () {
    const { get } = yield* Providers
    const prices = make()
    const inputOf = (provider: string, upstreamModel: string, input?: number) => {
      const model = {
        id: "any",
        name: "any",
        provider,
        type: "text",
        capabilities: [],
        upstreamModel,
        rates: input === undefined ? undefined : { input, output: 0 }
      } as const
      const deployment = { model, provider: get(provider)! }
      return ratesOf(deployment, prices, Date.UTC(2026, 10, 22))?.input
    }
    assertEquals(inputOf("openai", "gpt-4o"), 2.5)
    assertEquals(inputOf("openai", "gpt-4o", 0), 0)
    assertEquals(inputOf("openai", "gpt-nonsense"), undefined)
    assertEquals(inputOf("priced", "llama-3.1-8b-instant"), 0.05)
    assertEquals(inputOf("unpriced", "gpt-4o"), undefined)
    assertEquals(inputOf("ollama", "gpt-4o"), undefined)
  }).pipe(Effect.provide(simulated(upstream(() => ({ steps: [] })).send, { config }))))
