import Anthropic from "@anthropic-ai/sdk"
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { overloaded, shuttingDown } from "../../../src/api/refuse.ts"
import { anthropic } from "../../../src/api/anthropic/surface.ts"
import { nothingTold } from "../../../src/gateway/Ask.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { dawdle, type Read, sending, stranger, strict } from "../refusing.ts"
import { modelOf, startBoth } from "../upstreams.ts"
import { hi } from "./kit.ts"

/** An error as Anthropic tells it: its status, its type, and whether it says when to ask again. */
const told = ({ headers, status, text }: Read) => {
  const { error, request_id, type, ...rest } = JSON.parse(text)
  assertEquals([type, rest, Object.keys(error).sort()], ["error", {}, ["message", "type"]])
  assert(error.message.length > 10, text)
  assertEquals(headers.get("content-type"), "application/json")
  assertEquals([headers.get("request-id"), headers.get("x-request-id")], [request_id, request_id])
  const seconds = headers.get("retry-after")
  assert(seconds === null || Number(seconds) >= 1, `retry-after: ${seconds}`)
  return [status, error.type, headers.get("x-should-retry"), seconds !== null]
}

const post = sending(told)
const path = "/v1/messages"
const send = (url: string, body: unknown, headers: Record<string, string> = {}, to = path) =>
  post(url, to, body, headers)

liveTest(
  "before anybody is asked it is refused in Anthropic's words",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, strict)
      const body = hi(modelOf.openai)
      const token = yield* stranger
      const invalid = "invalid_request_error"
      for (const to of [path, `${path}/count_tokens`]) {
        const sent = (body: unknown, headers = {}) => send(url, body, headers, to)
        assertEquals(yield* sent(body, { "x-api-key": "wrong" }), [
          ...[401, "authentication_error", null, false]
        ])
        assertEquals(yield* sent(body, { "x-api-key": token }), [
          ...[403, "permission_error", null, false]
        ])
        assertEquals(yield* sent(hi("gpt-99")), [404, "not_found_error", null, false])
        assertEquals(yield* sent({ ...body, messages: [] }), [400, invalid, null, false])
        assertEquals(yield* sent("{"), [400, invalid, null, false])
        assertEquals(yield* sent("x".repeat(3000)), [413, "request_too_large", null, false])
        const text = { "content-type": "text/plain" }
        assertEquals(yield* sent(body, text), [415, invalid, null, false])
        assertEquals(told(yield* dawdle(url, to)), [408, invalid, null, false])
      }
      assertEquals(provider.calls.length, 0)
    })
)

liveTest(
  "why its provider does not answer is told in Anthropic's words",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, {
        config: { retries: { attempts: 1 } }
      })
      const body = hi(modelOf.openai)
      const table = [
        [FakeProvider.silence, 504, "timeout_error", false],
        [FakeProvider.fail("context_length"), 400, "invalid_request_error", false],
        [FakeProvider.fail("server"), 502, "api_error", false],
        [
          FakeProvider.fail("rate_limited", { headers: { "retry-after": "7" } }),
          429,
          "rate_limit_error",
          true
        ]
      ] as const
      for (const [script, ...expected] of table) {
        for (const stream of [false, true]) {
          provider.respond(script)
          const patient = { "x-penstock-timeout": "0.3" }
          const [status, type, again, isTimed] = yield* send(url, { ...body, stream }, patient)
          assertEquals([status, type, isTimed], expected, `stream: ${stream}`)
          // Where it is known when, asking again is worth it.
          assertEquals(again, isTimed ? null : "false")
        }
      }
      for (let at = 0; at < 9; at++) yield* send(url, body)
      const before = provider.calls.length
      const [status, , , isTimed] = yield* send(url, body)
      assert(status === 529 || status === 429, `${status}`)
      assertEquals([isTimed, provider.calls.length], [true, before])
    }).pipe(Effect.timeout("20 seconds"))
)

liveTest(
  "who has to wait for the gateway itself is told until when",
  () =>
    Effect.gen(function* () {
      for (const error of [shuttingDown, overloaded(0)]) {
        const response = anthropic.failure(
          error,
          "req_1",
          anthropic.headers(nothingTold(), "req_1")
        )
        const text = yield* Effect.promise(() => response.text())
        const { headers, status } = response
        assertEquals(told({ headers, status, text }), [529, "overloaded_error", null, true])
      }
    })
)

liveTest(
  "the official SDK asks again where that may help, and not where we have",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(undefined, {
        config: { limits: { key: { requests_per_minute: 4 } }, retries: { attempts: 1 } }
      })
      const seen: Array<number> = []
      const client = new Anthropic({
        baseURL: url,
        apiKey,
        maxRetries: 2,
        fetch: async (...asked) => {
          const response = await fetch(...asked)
          seen.push(response.status)
          // So that the SDK does not wait for as long as it is told.
          const headers = new Headers(response.headers)
          if (headers.has("retry-after-ms")) headers.set("retry-after-ms", "1")
          return new Response(response.body, { status: response.status, headers })
        }
      })
      const thrown = (model: string) =>
        Effect.promise(async () => {
          seen.length = 0
          const error = await client.messages.create(hi(model)).then(() => undefined, (it) => it)
          return [error?.constructor, seen.length]
        })
      provider.respond(FakeProvider.fail("server"))
      assertEquals(yield* thrown(modelOf.openai), [Anthropic.InternalServerError, 1])
      assertEquals(yield* thrown("gpt-99"), [Anthropic.NotFoundError, 1])
      provider.respond(FakeProvider.answer())
      for (let at = 0; at < 4; at++) yield* Effect.exit(thrown(modelOf.openai))
      assertEquals(yield* thrown(modelOf.openai), [Anthropic.RateLimitError, 3])
    }).pipe(Effect.timeout("20 seconds"))
)
