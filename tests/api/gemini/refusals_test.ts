import { ApiError, GoogleGenAI } from "@google/genai"
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { overloaded, shuttingDown } from "../../../src/api/refuse.ts"
import { gemini } from "../../../src/api/gemini/surface.ts"
import { nothingTold } from "../../../src/gateway/Ask.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { dawdle, type Read, sending, stranger, strict } from "../refusing.ts"
import { modelOf, startBoth } from "../upstreams.ts"

/** An error as Google tells it: its status, by number and name, and whether it says when to ask again. */
const told = ({ headers, status, text }: Read) => {
  const { error, ...rest } = JSON.parse(text)
  assertEquals([rest, Object.keys(error).sort()], [{}, ["code", "details", "message", "status"]])
  assert(error.message.length > 10, text)
  assertEquals([headers.get("content-type"), error.code], ["application/json", status])
  const of = (name: string) =>
    error.details.find((one: Record<string, string>) => one["@type"]?.endsWith(name))
  assertEquals(of("RequestInfo").requestId, headers.get("x-request-id"))
  assertEquals(of("ErrorInfo").domain, "penstock")
  const seconds = headers.get("retry-after")
  assert(seconds === null || Number(seconds) >= 1, `retry-after: ${seconds}`)
  assertEquals(of("RetryInfo") !== undefined, seconds !== null)
  return [status, error.status, of("ErrorInfo").reason, seconds !== null]
}

const hi = { contents: [{ parts: [{ text: "Hi" }] }] }
const bodies: Record<string, unknown> = {
  generateContent: hi,
  streamGenerateContent: hi,
  countTokens: hi,
  embedContent: { content: hi.contents[0] },
  batchEmbedContents: { requests: [{ content: hi.contents[0] }] }
}
const path = (model: string, method: string) => `/v1beta/models/${model}:${method}`

const send = sending(told)

liveTest(
  "before anybody is asked it is refused in Google's words",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, strict)
      const token = yield* stranger
      const invalid = "INVALID_ARGUMENT"
      for (const [method, body] of Object.entries(bodies)) {
        const to = path(modelOf.openai, method)
        const sent = (body: unknown, headers = {}) => send(url, to, body, headers)
        assertEquals(yield* sent(body, { "x-api-key": "wrong" }), [
          ...[401, "UNAUTHENTICATED", "INVALID_CREDENTIALS", false]
        ])
        assertEquals(yield* sent(body, { "x-api-key": token }), [
          ...[403, "PERMISSION_DENIED", "INSUFFICIENT_SCOPE", false]
        ])
        assertEquals(yield* send(url, path("gpt-99", method), body), [
          ...[404, "NOT_FOUND", "MODEL_NOT_FOUND", false]
        ])
        assertEquals(yield* sent({}), [400, invalid, "INVALID_REQUEST", false])
        assertEquals(yield* sent("{"), [400, invalid, "INVALID_JSON", false])
        assertEquals(yield* sent("x".repeat(3000)), [413, invalid, "REQUEST_TOO_LARGE", false])
        const text = { "content-type": "text/plain" }
        assertEquals(yield* sent(body, text), [415, invalid, "UNSUPPORTED_MEDIA_TYPE", false])
        assertEquals(told(yield* dawdle(url, to)), [
          ...[408, "DEADLINE_EXCEEDED", "BODY_TOO_SLOW", false]
        ])
      }
      assertEquals(provider.calls.length, 0)
    })
)

liveTest(
  "why its provider does not answer is told in Google's words",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, {
        config: { retries: { attempts: 1 } }
      })
      const table = [
        [FakeProvider.silence, 504, "DEADLINE_EXCEEDED", "UPSTREAM_TIMEOUT", false],
        [
          FakeProvider.fail("context_length"),
          400,
          "INVALID_ARGUMENT",
          "CONTEXT_LENGTH_EXCEEDED",
          false
        ],
        [FakeProvider.fail("server"), 502, "UNAVAILABLE", "UPSTREAM_ERROR", false],
        [
          FakeProvider.fail("rate_limited", { headers: { "retry-after": "7" } }),
          429,
          "RESOURCE_EXHAUSTED",
          "UPSTREAM_RATE_LIMITED",
          true
        ]
      ] as const
      for (const [script, ...expected] of table) {
        for (const method of ["generateContent", "streamGenerateContent"]) {
          provider.respond(script)
          const patient = { "x-penstock-timeout": "0.3" }
          const to = path(modelOf.openai, method)
          const [status, name, reason, isTimed] = yield* send(url, to, hi, patient)
          // Who asks again too soon is told without asking.
          const told = reason === "RATE_LIMIT_EXCEEDED" ? "UPSTREAM_RATE_LIMITED" : reason
          assertEquals([status, name, told, isTimed], expected, method)
        }
      }
      const to = path(modelOf.openai, "generateContent")
      for (let at = 0; at < 9; at++) yield* send(url, to, hi)
      const before = provider.calls.length
      const [status, , , isTimed] = yield* send(url, to, hi)
      assert(status === 503 || status === 429, `${status}`)
      assertEquals([isTimed, provider.calls.length], [true, before])
    }).pipe(Effect.timeout("20 seconds"))
)

liveTest(
  "who has to wait for the gateway itself is told until when",
  () =>
    Effect.gen(function* () {
      for (
        const [error, reason] of [[shuttingDown, "SHUTTING_DOWN"], [
          overloaded(0),
          "OVERLOADED"
        ]] as const
      ) {
        const response = gemini.failure(error, "req_1", gemini.headers(nothingTold(), "req_1"))
        const text = yield* Effect.promise(() => response.text())
        const { headers, status } = response
        assertEquals(told({ headers, status, text }), [503, "UNAVAILABLE", reason, true])
      }
    })
)

liveTest(
  "the official SDK throws all of it, with the status and in whole",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, {
        config: { limits: { key: { requests_per_minute: 2 } }, retries: { attempts: 1 } }
      })
      const thrown = (model: string, key = apiKey) =>
        Effect.promise(async () => {
          const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
          const asked = client.models.generateContent({ model, contents: "Hi" })
          const error = await asked.then(() => undefined, (it) => it)
          if (!(error instanceof ApiError)) return undefined
          const { error: { code, details, status } } = JSON.parse(error.message)
          assertEquals(code, error.status)
          return [error.status, status, details[0].reason]
        })
      provider.respond(FakeProvider.fail("server"))
      const server = [502, "UNAVAILABLE", "UPSTREAM_ERROR"]
      assertEquals(yield* thrown(modelOf.openai), server)
      assertEquals(provider.calls.length, 1)
      assertEquals(yield* thrown("gpt-99"), [404, "NOT_FOUND", "MODEL_NOT_FOUND"])
      const unknown = [401, "UNAUTHENTICATED", "INVALID_CREDENTIALS"]
      assertEquals(yield* thrown(modelOf.openai, "wrong"), unknown)
      provider.respond(FakeProvider.answer())
      let last: unknown
      for (let at = 0; at < 3; at++) last = yield* thrown(modelOf.openai)
      assertEquals(last, [429, "RESOURCE_EXHAUSTED", "KEY_LIMIT"])
    }).pipe(Effect.timeout("20 seconds"))
)
