import { assert, assertEquals } from "@std/assert"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { SignJWT } from "jose"
import { Door } from "../../src/api/Door.ts"
import { Authenticator } from "../../src/auth/Authenticator.ts"
import type { Client } from "../../src/gateway/Client.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { Prices } from "../../src/ledger/prices/Prices.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello, simulated, temporaryFolder } from "../kit/gateway.ts"
import { eventsOf } from "./upstreams.ts"

/** How a gateway answers. */
type Answers = Pick<Gateway["Service"], "generate" | "stream">

const never = {
  count: () => Effect.never,
  embed: () => Effect.never,
  explain: () => Effect.never,
  isAdmitting: () => true
}

/** A door in front of a gateway that does as `gateway` does. */
const doorTo = Effect.fnUntraced(function* (answers: Answers, bodyMs = 30_000) {
  const dataDir = yield* temporaryFolder
  const rest = simulated(() => Effect.never)
  const context = yield* Layer.build(
    Door.layer({ bodyBytes: 1000, bodyMs, requestsAtOnce: 4 }).pipe(
      Layer.provide(Layer.succeed(Gateway, { ...never, ...answers })),
      Layer.provide(
        Authenticator.layer({
          apiKey: Redacted.make(apiKey),
          dataDir,
          jwt: { secret: Redacted.make(secret) }
        })
      ),
      Layer.provide([rest, Prices.layer])
    )
  )
  const door = Context.get(context, Door)
  const begin = (path: string, body?: unknown, key = apiKey, signal?: AbortSignal) =>
    door.answer(
      new Request(`http://localhost${path}`, {
        method: body ? "POST" : "GET",
        headers: { host: "localhost", "x-api-key": key, "content-type": "application/json" },
        body: body instanceof ReadableStream ? body : body ? JSON.stringify(body) : null,
        ...(signal ? { signal } : {})
      })
    )
  const ask = (path: string, body?: unknown) => Effect.promise(() => begin(path, body))
  return { door, ask, begin }
})

const secret = "a secret of 32 bytes or even more"
const tokenOf = (subject: string) =>
  Effect.promise(() =>
    new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(subject)
      .setExpirationTime("1h").sign(new TextEncoder().encode(secret))
  )

const silent = () => Effect.never
const patient: Answers = { generate: silent, stream: silent }
/** A body that begins and never ends. */
const endless = () =>
  new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode("{")) })

const broken = Effect.die(new Error("The secret of the internals"))
const generate = "/api/v1/llm/generate"

liveTest(
  "a defect is 500 INTERNAL_ERROR, and says nothing internal",
  () =>
    Effect.gen(function* () {
      const { ask } = yield* doorTo({
        generate: () => broken,
        stream: () => broken
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
            client.open({ model: "gpt-4", usage: undefined })
            client.write([{ _tag: "Text", choice: 0, text: "Half of" }])
          }),
          broken
        )
      const { ask } = yield* doorTo({ generate: () => broken, stream })
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
            client.open({ model: "gpt-4", usage: undefined })
            client.write([{ _tag: "Text", choice: 0, text: "Half of" }])
          }),
          Effect.never
        )
      const { door, ask } = yield* doorTo({ generate: () => broken, stream })
      const response = yield* ask(`${generate}/stream`, hello("gpt-4"))
      yield* door.endAnswers
      const { events, done } = eventsOf(yield* Effect.promise(() => response.text()))
      assertEquals(done, false)
      assertEquals(events.at(-1).error.details.reason, "shutting_down")
      assert(events.at(-1).error.details.retry_after >= 1)
    }).pipe(Effect.timeout("5 seconds"))
)

liveTest(
  "one caller cannot take all places with bodies that never end, and who is refused is told all",
  () =>
    Effect.gen(function* () {
      const { door, begin } = yield* doorTo(patient)
      const held = Array.from({ length: 2 }, () => begin(generate, endless()))
      const refused = yield* Effect.promise(() => begin(generate, endless()))
      const { error } = yield* Effect.promise(() => refused.json())
      assertEquals([refused.status, error.details.reason], [503, "overloaded"])
      assertEquals(refused.headers.get("x-penstock-attempts"), "0")
      // Who is not known takes no place.
      for (let at = 0; at < 5; at++) {
        const unknown = yield* Effect.promise(() => begin(generate, endless(), "wrong"))
        assertEquals(unknown.status, 401)
      }
      const ada = yield* tokenOf("ada")
      // A token that was seen before is known at once: both are in before bob's is looked at.
      const seen = yield* Effect.promise(() => begin("/api/v1/llm/route/explain", "no", ada))
      yield* Effect.promise(() => seen.text())
      held.push(begin(generate, hello("gpt-4"), ada), begin(generate, hello("gpt-4"), ada))
      yield* Effect.sleep("50 millis")
      const bob = yield* Effect.flatMap(
        tokenOf("bob"),
        (token) => Effect.promise(() => begin(generate, hello("gpt-4"), token))
      )
      assertEquals(bob.status, 503)
      yield* Effect.sleep("20 millis")
      yield* door.endAnswers
      for (const response of yield* Effect.promise(() => Promise.all(held))) {
        assertEquals(response.status, 503)
        assertEquals(response.headers.get("x-penstock-attempts"), "0")
        assertEquals(
          (yield* Effect.promise(() => response.json())).error.details.reason,
          "shutting_down"
        )
      }
      yield* Effect.sleep("1 millis")
      const again = begin(generate, hello("gpt-4"))
      yield* Effect.sleep("20 millis")
      yield* door.endAnswers
      const { error: { details } } = yield* Effect.promise(async () => (await again).json())
      assertEquals(details.reason, "shutting_down")
    }).pipe(Effect.timeout("5 seconds"))
)

liveTest(
  "a body that comes in too slowly is refused with 408, and its place is free again",
  () =>
    Effect.gen(function* () {
      const { begin } = yield* doorTo(patient, 60)
      for (const path of [generate, `${generate}/stream`, "/api/v1/llm/route/explain"]) {
        for (let at = 0; at < 3; at++) {
          const slow = yield* Effect.promise(() => begin(path, endless()))
          const { error } = yield* Effect.promise(() => slow.json())
          assertEquals(
            [slow.status, error.code, error.details.reason],
            [408, "INVALID_REQUEST", "body_too_slow"]
          )
          assertEquals(slow.headers.get("connection"), "close")
        }
      }
    }).pipe(Effect.timeout("5 seconds"))
)

liveTest(
  "a client that was gone before its request was looked at is not served",
  () =>
    Effect.gen(function* () {
      let asked = 0
      const count = () => Effect.andThen(Effect.sync(() => asked++), Effect.never)
      const { begin } = yield* doorTo({ generate: count, stream: count })
      for (const path of [generate, `${generate}/stream`, "/api/v1/llm/models"]) {
        const body = path.endsWith("models") ? undefined : hello("gpt-4")
        const response = yield* Effect.promise(() => begin(path, body, apiKey, AbortSignal.abort()))
        assertEquals(response.status, 499)
      }
      yield* Effect.sleep("20 millis")
      assertEquals(asked, 0)
    }).pipe(Effect.timeout("5 seconds"))
)
