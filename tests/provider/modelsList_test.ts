import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Exchange from "../../src/provider/exchange.ts"
import { test } from "../kit/effect.ts"
import { recording, settingsFor } from "./catalog/connected.ts"

/** What is made of `body` as a list of models. */
const listed = (body: string, type = "application/json") =>
  Effect.gen(function* () {
    const env = { GROQ_API_KEY: "k" }
    const settings = yield* Effect.orDie(settingsFor("groq", { env }))
    const { send } = recording(() => new Response(body, { headers: { "content-type": type } }))
    return yield* Exchange.make(settings, send).models
  })

// Else all that a provider was known to serve would be gone.
for (
  const body of [
    "{}",
    "5",
    "null",
    '"ok"',
    '{"message":"come back later"}',
    '{"data":{}}',
    '{"error":{"message":"no"}}',
    '{"data":[{"id":"a"}',
    "<html>We are at work</html>",
    ""
  ]
) {
  test(`${JSON.stringify(body)} is no list of models, nor an empty one`, () =>
    Effect.gen(function* () {
      assertEquals((yield* Effect.flip(listed(body))).class, "bad_response")
    }))
}

for (const body of ["[]", '{"data":[]}', '{"object":"list","data":null}', '{"models":[]}']) {
  test(`${body} is a list without models`, () =>
    Effect.gen(function* () {
      assertEquals(yield* listed(body), [])
    }))
}

test("a list that is too long to be one is not read: that would hold up all else", () =>
  Effect.gen(function* () {
    const items = Array.from({ length: 600_000 }, (_, at) => `{"id":"m${at}"}`)
    const error = yield* Effect.flip(listed(`{"data":[${items.join()}]}`))
    assertEquals(error.class, "too_large")
  }))
