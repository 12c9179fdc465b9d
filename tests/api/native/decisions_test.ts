import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { liveTest } from "../../kit/effect.ts"
import { fail, start as startFake } from "../../kit/FakeProvider.ts"
import { apiKey, hello, post, start } from "../../kit/gateway.ts"

const get = (url: string, headers: Record<string, string> = { "x-api-key": apiKey }) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers })
    return { status: response.status, body: JSON.parse(await response.text()) }
  })

/** A gateway whose model `near` fails and whose model `far` answers. */
const gateway = Effect.gen(function* () {
  const near = yield* startFake()
  const far = yield* startFake()
  near.respond(fail("server"))
  const own = (url: string) => ({
    dialect: "openai",
    base_url: `${url}/v1`,
    api_key: "k",
    discover: false
  })
  const { api } = yield* start({
    config: {
      providers: { one: own(near.url), two: own(far.url) },
      models: {
        near: { provider: "one", fallback_models: ["far"] },
        far: { provider: "two", price: { input_per_1m_tokens: 1, output_per_1m_tokens: 2 } }
      },
      limits: { key: { requests_per_minute: 100 } }
    }
  })
  return { api, near, far }
})

liveTest(
  "a request's decision tells who was asked, how it went, and what it cost",
  () =>
    Effect.gen(function* () {
      const { api } = yield* gateway
      const secret = "The prompt is nobody's business"
      const response = yield* post(`${api}/generate`, {
        model: "near",
        messages: [{ role: "user", content: secret }]
      })
      assertEquals(response.status, 200)
      assertEquals(response.headers.get("x-penstock-attempts"), "3")
      assertEquals(response.headers.get("x-ratelimit-limit-requests"), "100")
      assertEquals(response.headers.get("x-ratelimit-remaining-requests"), "99")
      const { id, model } = yield* Effect.promise(() => response.json())
      assertEquals(model, "far")
      const { status, body } = yield* get(`${api}/requests/${id}`)
      assertEquals(status, 200)
      assertEquals([body.id, body.model, body.outcome, body.streamed], [
        id,
        "near",
        "answered",
        false
      ])
      assertEquals(
        body.attempts.map((one: { deployment: string; outcome: string; status?: number }) => [
          one.deployment,
          one.outcome,
          one.status
        ]),
        [["near@one", "server", 500], ["near@one", "server", 500], [
          "far@two",
          "answered",
          undefined
        ]]
      )
      assert(body.attempts[2].cost > 0 && body.attempts[2].usage.completion_tokens > 0)
      assertEquals(body.candidates.map(({ deployment }: { deployment: string }) => deployment), [
        "near@one",
        "far@two"
      ])
      assertEquals(body.limits.requests.limit, 100)
      assert(!JSON.stringify(body).includes("prompt is"))
    })
)

liveTest("a request of nobody, or of somebody else, is not there", () =>
  Effect.gen(function* () {
    const { api } = yield* gateway
    const { status, body } = yield* get(`${api}/requests/req_nobody`)
    assertEquals([status, body.error.code, body.error.details.reason], [
      404,
      "INVALID_REQUEST",
      "unknown_request"
    ])
  }))

liveTest(
  "what would become of a request is told, and nobody is asked",
  () =>
    Effect.gen(function* () {
      const { api, near, far } = yield* gateway
      for (let at = 0; at < 2; at++) {
        const response = yield* post(`${api}/route/explain`, hello("near"))
        const body = yield* Effect.promise(() => response.json())
        assertEquals(response.status, 200, JSON.stringify(body))
        assertEquals(
          body.candidates.map(({ deployment, skipped }: Record<string, unknown>) => [
            deployment,
            skipped
          ]),
          [["near@one", undefined], ["far@two", undefined]]
        )
        assertEquals(body.limits.requests.remaining, 100)
      }
      assertEquals([near.calls.length, far.calls.length], [0, 0])
      // Two requests with two calls each open the circuit of the first.
      for (let at = 0; at < 2; at++) {
        yield* Effect.flatMap(
          post(`${api}/generate`, hello("near")),
          (response) => Effect.promise(() => response.text())
        )
      }
      const after = yield* post(`${api}/route/explain`, hello("near"))
      const { candidates: [first] } = yield* Effect.promise(() => after.json())
      assertEquals([first.circuit, first.skipped.why], ["open", "circuit_open"])
      const unknown = yield* post(`${api}/route/explain`, hello("nonsense"))
      assertEquals(unknown.status, 404)
      yield* Effect.promise(() => unknown.text())
      const wrong = yield* post(`${api}/route/explain`, { model: "near" })
      assertEquals(wrong.status, 400)
      yield* Effect.promise(() => wrong.text())
    })
)

const secret = "a secret of 32 bytes or even more"
const asking = (subject: string) =>
  Effect.map(
    Effect.promise(() =>
      new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(subject)
        .setExpirationTime("1h").sign(new TextEncoder().encode(secret))
    ),
    (token) => ({ authorization: `Bearer ${token}` })
  )

liveTest(
  "a request is its caller's own: no other's of the same id hides it, and no token is a key",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start({
        env: { PENSTOCK_JWT_SECRET: secret, PENSTOCK_SIMULATOR: "on" }
      })
      const ask = (headers: Record<string, string>) =>
        Effect.promise(async () => {
          const response = await fetch(`${api}/generate`, {
            method: "POST",
            headers: { ...headers, "content-type": "application/json", "x-request-id": "job-1" },
            body: JSON.stringify(hello("simulator"))
          })
          await response.text()
          assertEquals(response.status, 200)
        })
      const [ada, bob, claimant] = [
        yield* asking("ada"),
        yield* asking("bob"),
        yield* asking("configured")
      ]
      yield* ask({ "x-api-key": apiKey })
      assertEquals((yield* get(`${api}/requests/job-1`, claimant)).status, 404)
      yield* ask(ada)
      const own = (yield* get(`${api}/requests/job-1`, ada)).body
      yield* ask(bob)
      assertEquals((yield* get(`${api}/requests/job-1`, ada)).body, own)
      assertEquals((yield* get(`${api}/requests/job-1`, bob)).status, 200)
      assertEquals((yield* get(`${api}/requests/job-1`, claimant)).status, 404)
    })
)
