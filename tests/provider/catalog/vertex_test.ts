import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose"
import { postJson } from "../../api/upstreams.ts"
import { liveTest, test } from "../../kit/effect.ts"
import { start } from "../../kit/gateway.ts"
import { asking, recording, settingsFor } from "./connected.ts"
import * as Exchange from "../../../src/provider/exchange.ts"

const token = (expires_in = 3600) => Response.json({ access_token: "ya29.token", expires_in })
const answer = () =>
  Response.json({
    candidates: [{ content: { parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 }
  })

const keys = Effect.promise(async () => {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true })
  return { publicKey, pem: await exportPKCS8(privateKey) }
})

const account = (fields: object) => ({
  type: "service_account",
  client_email: "robot@mine.iam.gserviceaccount.com",
  private_key: "no key",
  private_key_id: "kid-1",
  project_id: "mine",
  ...fields
})

/** Google: a server of tokens, and of answers. */
const startGoogle = Effect.fnUntraced(function* (tokens: () => Response = token) {
  const calls: Array<{ readonly path: string; readonly headers: Headers; readonly body: string }> =
    []
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
        const { pathname, search } = new URL(request.url)
        const { headers } = request
        calls.push({ path: pathname + search, headers, body: await request.text() })
        if (pathname === "/token") return tokens()
        const body = await answer().text()
        return search === "?alt=sse"
          ? new Response(`data: ${body}\n\n`, { headers: { "content-type": "text/event-stream" } })
          : new Response(body, { headers: { "content-type": "application/json" } })
      })
    ),
    (server) => Effect.promise(() => server.shutdown())
  )
  const url = `http://127.0.0.1:${server.addr.port}`
  return { calls, url, tokenUrl: `${url}/token` }
})

const model = "vertex/gemini-2.5-flash"
const messages = [{ role: "user", content: "Hi" }]

liveTest(
  "a service account signs for a token, once, and its project is asked",
  () =>
    Effect.gen(function* () {
      const google = yield* startGoogle()
      const { pem, publicKey } = yield* keys
      const credentials = account({ private_key: pem, token_uri: google.tokenUrl })
      const { url } = yield* start({
        env: {
          GOOGLE_CREDENTIALS_JSON: JSON.stringify(credentials),
          GOOGLE_CLOUD_LOCATION: "europe-west4",
          VERTEX_BASE_URL: google.url
        }
      })
      for (const stream of [false, true]) {
        const said = { model, messages, ...(stream ? { stream } : {}) }
        const told = yield* Effect.promise(() =>
          fetch(`${url}/v1/chat/completions`, {
            method: "POST",
            headers: {
              "content-type": "application/json",
              "x-api-key": "test-key-of-32-characters-0123456"
            },
            body: JSON.stringify(said)
          }).then((response) => response.text())
        )
        assertStringIncludes(told, "Hello")
      }
      const place = "/v1/projects/mine/locations/europe-west4/publishers/google/models"
      assertEquals(google.calls.map(({ path }) => path), [
        "/token",
        `${place}/gemini-2.5-flash:generateContent`,
        `${place}/gemini-2.5-flash:streamGenerateContent?alt=sse`
      ])
      assertEquals(google.calls[1]?.headers.get("authorization"), "Bearer ya29.token")
      const asked = new URLSearchParams(google.calls[0]?.body)
      assertEquals(asked.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer")
      const { payload, protectedHeader } = yield* Effect.promise(() =>
        jwtVerify(asked.get("assertion") ?? "", publicKey, {
          algorithms: ["RS256"],
          issuer: "robot@mine.iam.gserviceaccount.com",
          audience: google.tokenUrl
        })
      )
      assertEquals(protectedHeader.kid, "kid-1")
      assertEquals(payload.scope, "https://www.googleapis.com/auth/cloud-platform")
      assertEquals((payload.exp ?? 0) - (payload.iat ?? 0), 3600)
    })
)

liveTest(
  "a token that is refused, and a key that is none, are a matter of the credentials",
  () =>
    Effect.gen(function* () {
      const google = yield* startGoogle(() =>
        Response.json({ error: "invalid_grant", error_description: "Invalid JWT Signature." }, {
          status: 400
        })
      )
      const { pem } = yield* keys
      for (const private_key of [pem, "no key"]) {
        const credentials = account({ private_key, token_uri: google.tokenUrl })
        const { url } = yield* start({
          env: {
            GOOGLE_CREDENTIALS_JSON: JSON.stringify(credentials),
            VERTEX_BASE_URL: google.url
          }
        })
        const { body, status } = yield* postJson(`${url}/v1/chat/completions`, { model, messages })
        assert(status >= 500, String(status))
        assert(!JSON.stringify(body).includes("PRIVATE"))
      }
      assertEquals(google.calls.map(({ path }) => path), ["/token"])
    })
)

/** What Vertex is sent by an operator who said `env`. */
const sent = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const { requests, send } = recording(({ url }) =>
      url.endsWith("/token")
        ? token()
        : url.endsWith(":countTokens")
        ? Response.json({ totalTokens: 5 })
        : answer()
    )
    const exchange = Exchange.make(yield* settingsFor("vertex", { env }), send)
    const target = { model: "m/1", stream: false }
    yield* exchange.complete(asking(), target)
    assertEquals(yield* exchange.count(asking(), target), 5)
    return requests
  })

const project = { GOOGLE_CLOUD_PROJECT: "mine" }
const fixed = { VERTEX_ACCESS_TOKEN: "fixed-token" }

const places: ReadonlyArray<readonly [Record<string, string>, string]> = [
  [
    { ...fixed, ...project },
    "https://aiplatform.googleapis.com/v1/projects/mine/locations/global/publishers"
  ],
  [
    { ...fixed, ...project, GOOGLE_CLOUD_LOCATION: "us-central1" },
    "https://us-central1-aiplatform.googleapis.com/v1/projects/mine/locations/us-central1/publishers"
  ],
  [
    { ...fixed, ...project, VERTEX_LOCATION: "eu" },
    "https://aiplatform.eu.rep.googleapis.com/v1/projects/mine/locations/eu/publishers"
  ],
  [{ VERTEX_API_KEY: "key" }, "https://aiplatform.googleapis.com/v1/publishers"],
  [
    { VERTEX_API_KEY: "key", ...project },
    "https://aiplatform.googleapis.com/v1/projects/mine/locations/global/publishers"
  ]
]

for (const [env, place] of places) {
  test(`by ${Object.keys(env).join(", ")} Vertex is at ${place}`, () =>
    Effect.gen(function* () {
      const [asked, counted] = yield* sent(env)
      assertEquals(asked?.url, `${place}/google/models/m%2F1:generateContent`)
      assertEquals(counted?.url, `${place}/google/models/m%2F1:countTokens`)
      assertEquals(asked?.headers["x-goog-api-key"], env.VERTEX_API_KEY)
      assertEquals(
        asked?.headers.authorization,
        env.VERTEX_ACCESS_TOKEN && "Bearer fixed-token"
      )
      // Counted without the wrapping of Gemini's own API.
      assertEquals(JSON.parse(counted?.body ?? ""), {
        contents: [{ role: "user", parts: [{ text: "Hi" }] }]
      })
    }))
}

test("somebody who has logged in for it has tokens by what was kept of that", () =>
  Effect.gen(function* () {
    const [asked, answered] = yield* sent({
      GOOGLE_CREDENTIALS_JSON: JSON.stringify({
        type: "authorized_user",
        client_id: "id",
        client_secret: "secret",
        refresh_token: "refresh",
        quota_project_id: "theirs"
      })
    })
    assertEquals(asked?.url, "https://oauth2.googleapis.com/token")
    assertEquals(Object.fromEntries(new URLSearchParams(asked?.body)), {
      grant_type: "refresh_token",
      client_id: "id",
      client_secret: "secret",
      refresh_token: "refresh"
    })
    assertStringIncludes(answered?.url ?? "", "/projects/theirs/")
  }))

const missing: ReadonlyArray<readonly [Record<string, string>, string]> = [
  [{}, "VERTEX_API_KEY"],
  [project, "GOOGLE_CREDENTIALS_JSON"],
  [fixed, "GOOGLE_CLOUD_PROJECT"],
  [{ GOOGLE_CREDENTIALS_JSON: "/path/to/file.json" }, "not a JSON object"],
  [{ GOOGLE_CREDENTIALS_JSON: "{}" }, "type"],
  [{ GOOGLE_CREDENTIALS_JSON: JSON.stringify(account({ private_key: 1 })) }, "private_key"],
  [{ GOOGLE_CREDENTIALS_JSON: JSON.stringify(account({ token_uri: "ftp://x" })) }, "token_uri"],
  [{ ...fixed, ...project, GOOGLE_CLOUD_LOCATION: "evil.example/" }, "location"],
  [{ ...project, VERTEX_ACCESS_TOKEN: "a\nb" }, "visible ASCII"]
]

for (const [env, words] of missing) {
  test(`without what it needs Vertex says so: ${words}`, () =>
    Effect.gen(function* () {
      const { readiness } = yield* settingsFor("vertex", { env })
      if (readiness.ready) throw new Error("It is ready")
      assertEquals(readiness.reason, "not_configured")
      assertStringIncludes(readiness.message, words)
    }))
}

test("whatever is a credential is kept out of what is said", () =>
  Effect.gen(function* () {
    const { secrets } = yield* settingsFor("vertex", {
      env: { ...fixed, ...project, GOOGLE_CREDENTIALS_JSON: JSON.stringify(account({})) }
    })
    assertEquals(secrets.length, 2)
  }))
