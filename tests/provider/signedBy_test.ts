import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Exchange from "../../src/provider/exchange.ts"
import { test } from "../kit/effect.ts"
import { asking, recording, settingsFor } from "./catalog/connected.ts"

const credentials = {
  type: "authorized_user",
  client_id: "id",
  client_secret: "a client's secret",
  refresh_token: "1//refreshing-in-words",
  token_uri: "https://tokens.example/token",
  quota_project_id: "mine"
}

const minute = 60_000

/** Vertex, which hands out `token 1` and so on, and answers by `answer`. */
const startVertex = (
  answer: (authorization: string | undefined) => Response,
  tokens: (number: number) => Response = (number) =>
    Response.json({ access_token: `token-${number}`, expires_in: 3600 })
) =>
  Effect.gen(function* () {
    let fetched = 0
    const google = recording(({ headers, url }) =>
      url === credentials.token_uri ? tokens(++fetched) : answer(headers.authorization)
    )
    const settings = yield* settingsFor("vertex", {
      env: { GOOGLE_CREDENTIALS_JSON: JSON.stringify(credentials) }
    })
    const exchange = Exchange.make(settings, google.send)
    return {
      shown: () =>
        google.requests.flatMap(({ headers, url }) =>
          url === credentials.token_uri ? "fetched" : headers.authorization ?? "nothing"
        ),
      ask: exchange.complete(asking(), { model: "gemini-2.5-flash", stream: false })
    }
  })

const hello = () =>
  Response.json({ candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }] })

const unauthorized = () => Response.json({ error: { message: "no" } }, { status: 401 })

test("a token that is taken back before its end is fetched anew, and the request sent once more", () =>
  Effect.gen(function* () {
    let good = "Bearer token-1"
    const { ask, shown } = yield* startVertex((said) => said === good ? hello() : unauthorized())
    yield* ask
    good = "Bearer token-2"
    yield* TestClock.adjust(minute)
    yield* ask
    assertEquals(shown(), [
      "fetched",
      "Bearer token-1",
      "Bearer token-1",
      "fetched",
      "Bearer token-2"
    ])
  }))

test("of those who are refused at once, all are answered by one new token", () =>
  Effect.gen(function* () {
    let good = "Bearer token-1"
    const { ask, shown } = yield* startVertex((said) => said === good ? hello() : unauthorized())
    yield* ask
    good = "Bearer token-2"
    yield* TestClock.adjust(minute)
    yield* Effect.all(Array.from({ length: 20 }, () => ask), { concurrency: "unbounded" })
    assertEquals(shown().filter((one) => one === "fetched").length, 2)
  }))

test("where also a new token is refused, that is told, and no more are fetched for each request", () =>
  Effect.gen(function* () {
    const { ask, shown } = yield* startVertex(unauthorized)
    assertEquals((yield* Effect.flip(ask)).class, "auth")
    assertEquals(shown(), ["fetched", "Bearer token-1"])
    yield* TestClock.adjust(minute)
    for (const _ of [1, 2, 3]) assertEquals((yield* Effect.flip(ask)).class, "auth")
    assertEquals(shown().filter((one) => one === "fetched").length, 2)
  }))

test("what stands within credentials is among what must not show anywhere", () =>
  Effect.gen(function* () {
    const { secrets } = yield* settingsFor("vertex", {
      env: { GOOGLE_CREDENTIALS_JSON: JSON.stringify(credentials) }
    })
    const values = secrets.map((secret) => Redacted.value(secret))
    for (const secret of [credentials.client_secret, credentials.refresh_token]) {
      assert(values.includes(secret), secret)
    }
  }))

test("neither what tokens are fetched by nor a token shows in what a provider says", () =>
  Effect.gen(function* () {
    const { client_secret, refresh_token } = credentials
    const words = `${client_secret}, ${refresh_token}`
    const tokenless = yield* startVertex(
      hello,
      () => Response.json({ error_description: `We know ${words}` }, { status: 400 })
    )
    const fault = yield* Effect.flip(tokenless.ask)
    assertEquals(fault.class, "auth")
    assertStringIncludes(fault.message, "We know")
    assertFalse(fault.message.includes(client_secret), fault.message)
    assertFalse(fault.message.includes(refresh_token), fault.message)
    const echo = yield* startVertex(
      (said) => Response.json({ error: { message: `We know ${said?.slice(7)}` } }, { status: 400 }),
      () => Response.json({ access_token: "ya29.plain-words-only" })
    )
    const { message } = yield* Effect.flip(echo.ask)
    assertStringIncludes(message, "We know")
    assertFalse(message.includes("plain-words-only"), message)
  }))
