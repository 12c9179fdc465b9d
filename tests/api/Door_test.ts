import { assert, assertEquals } from "@std/assert"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Door } from "../../src/api/Door.ts"
import { Authenticator } from "../../src/auth/Authenticator.ts"
import type { Client } from "../../src/gateway/Client.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Prices } from "../../src/ledger/Prices.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello, simulated, temporaryFolder } from "../kit/gateway.ts"
import { eventsOf } from "./upstreams.ts"

/** A door in front of a gateway that does as `gateway` does. */
const doorTo = Effect.fnUntraced(function* (gateway: Gateway["Service"]) {
  const dataDir = yield* temporaryFolder
  const rest = simulated(() => Effect.never)
  const context = yield* Layer.build(
    Door.layer({ bodyBytes: 1000, requestsAtOnce: 100 }).pipe(
      Layer.provide(Layer.succeed(Gateway, gateway)),
      Layer.provide(
        Authenticator.layer({ apiKey: Redacted.make(apiKey), dataDir, jwt: undefined })
      ),
      Layer.provide([rest, Prices.layer])
    )
  )
  const door = Context.get(context, Door)
  const ask = (path: string, body?: unknown) =>
    Effect.promise(() =>
      door.answer(
        new Request(`http://localhost${path}`, {
          method: body ? "POST" : "GET",
          headers: { host: "localhost", "x-api-key": apiKey, "content-type": "application/json" },
          body: body ? JSON.stringify(body) : null
        })
      )
    )
  return { door, ask }
})

const broken = Effect.die(new Error("The secret of the internals"))
const generate = "/api/v1/llm/generate"

liveTest(
  "a defect is 500 INTERNAL_ERROR, and says nothing internal",
  () =>
    Effect.gen(function* () {
      const { ask } = yield* doorTo({
        generate: () => broken,
        stream: () => broken,
        explain: () => broken
      })
      for (const path of [generate, `${generate}/stream`]) {
        const response = yield* ask(path, hello("gpt-4"))
        const text = yield* Effect.promise(() => response.text())
        assertEquals(response.status, 500)
        const { error } = JSON.parse(text)
        assertEquals(error.code, "INTERNAL_ERROR")
        assertEquals(error.request_id, response.headers.get("x-request-id"))
        assert(!text.includes("secret") && !text.includes(".ts"))
      }
      const { status } = yield* ask("/api/v1/llm/models")
      assertEquals(status, 200)
    })
)

liveTest(
  "a defect in the middle of a stream ends it with an error event",
  () =>
    Effect.gen(function* () {
      const stream = (_: unknown, client: Client) =>
        Effect.andThen(
          Effect.sync(() => {
            client.open()
            client.write([{ _tag: "Text", choice: 0, text: "Half of" }])
          }),
          broken
        )
      const { ask } = yield* doorTo({ generate: () => broken, stream, explain: () => broken })
      const response = yield* ask(`${generate}/stream`, hello("gpt-4"))
      const text = yield* Effect.promise(() => response.text())
      const { events, done } = eventsOf(text)
      assertEquals([response.status, done], [200, false])
      assertEquals(events.at(-1).error.code, "INTERNAL_ERROR")
      assertEquals(text.includes("secret"), false)
    }).pipe(Effect.timeout("5 seconds"))
)

liveTest(
  "every stream that is under way ends with an error when the gateway stops",
  () =>
    Effect.gen(function* () {
      const stream = (_: unknown, client: Client) =>
        Effect.andThen(
          Effect.sync(() => {
            client.open()
            client.write([{ _tag: "Text", choice: 0, text: "Half of" }])
          }),
          Effect.never
        )
      const { door, ask } = yield* doorTo({ generate: () => broken, stream, explain: () => broken })
      const response = yield* ask(`${generate}/stream`, hello("gpt-4"))
      yield* door.endAnswers
      const { events, done } = eventsOf(yield* Effect.promise(() => response.text()))
      assertEquals(done, false)
      assertEquals(events.at(-1).error.details.reason, "shutting_down")
      assert(events.at(-1).error.details.retry_after >= 1)
    }).pipe(Effect.timeout("5 seconds"))
)
