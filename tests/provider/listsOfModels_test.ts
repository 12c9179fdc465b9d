import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { unchecked } from "../../src/provider/ProviderHealth.ts"
import { pass, settled } from "../kit/upstream.ts"
import { actorOf, outcome } from "./actors.ts"
import { health, listing, own, refused, round, scheduled, ward } from "./ward.ts"

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
