import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { Decisions } from "../../src/gateway/Decisions.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { type Setup, simulated } from "../kit/gateway.ts"
import { answering } from "../kit/upstream.ts"
import { providers, setup } from "./places.ts"
import { ask, asking } from "./request.ts"

const good = answering("Hi")

/** Who was asked for each of `times` requests, one after the other. */
const places = (model: string, times: number, changes: Setup) => {
  const provider = providers({ one: [good], two: [good] })
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    for (let at = 0; at < times; at++) yield* gateway.generate(ask(asking(model)))
    return provider.places()
  }).pipe(Effect.provide(simulated(provider.send, changes)))
}

const counts = (places: ReadonlyArray<string>) => [
  places.filter((place) => place === "one").length,
  places.filter((place) => place === "two").length
]

test('"auto" spreads requests over the models that have a weight, as the weights say', () =>
  Effect.gen(function* () {
    const changes = setup({ config: { load_balancing: { weights: { near: 2, far: 1 } } } })
    assertEquals(counts(yield* places("auto", 12, changes)), [8, 4])
  }))

test('"auto" is unavailable where no model has a weight, and says what to do', () =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const { reason } = yield* Effect.flip(gateway.generate(ask(asking("auto"))))
    assertEquals(reason._tag === "ModelUnavailable" && reason.why, "not_configured")
  }).pipe(Effect.provide(simulated(providers({}).send, setup()))))

test("a model's deployments take turns by their weights", () =>
  Effect.gen(function* () {
    const shared = setup({
      near: {
        provider: undefined,
        deployments: [{ provider: "one", weight: 3 }, { provider: "two" }]
      }
    })
    assertEquals(counts(yield* places("near", 12, shared)), [9, 3])
  }))

test("by priority the least goes first, and the others only where it cannot", () =>
  Effect.gen(function* () {
    const ranked = setup({
      near: {
        provider: undefined,
        deployments: [{ provider: "one", priority: 2 }, { provider: "two", priority: 1 }]
      },
      config: { load_balancing: { strategy: "priority" } }
    })
    assertEquals(yield* places("near", 3, ranked), ["two", "two", "two"])
  }))

test("by cost the cheapest goes first", () =>
  Effect.gen(function* () {
    const price = (dollars: number) => ({
      input_per_1m_tokens: dollars,
      output_per_1m_tokens: dollars
    })
    const cheap = setup({
      near: { price: price(9) },
      far: { price: price(3) },
      config: { load_balancing: { strategy: "lowest_cost", weights: { near: 1, far: 1 } } }
    })
    assertEquals(yield* places("auto", 3, cheap), ["two", "two", "two"])
  }))

test("each fallback is a candidate once, in the order given, and one that nobody has is passed over", () =>
  Effect.gen(function* () {
    const provider = providers({ one: [good] })
    yield* Effect.gen(function* () {
      yield* Gateway.use((gateway) => gateway.generate(ask(asking("near"))))
      const decision = (yield* Decisions).find("req_test")
      assertEquals(decision?.candidates.map(({ deployment }) => deployment.id), [
        "near@one",
        "far@two",
        "gpt-4o@openai"
      ])
    }).pipe(
      Effect.provide(
        simulated(
          provider.send,
          setup({ near: { fallback_models: ["far", "nobodys", "gpt-4o", "far"] } })
        )
      )
    )
  }))
