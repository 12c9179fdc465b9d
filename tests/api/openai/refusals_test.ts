import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { toFailure } from "../../../src/api/openai/errors.ts"
import { overloaded, shuttingDown } from "../../../src/api/refuse.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { dawdle, type Read, sending, stranger, strict } from "../refusing.ts"
import { startBoth } from "../upstreams.ts"

/** What each route wants beside a model, and the name that it has for that. */
const prompts = {
  "/v1/chat/completions": { messages: [{ role: "user", content: "Hi" }] },
  "/v1/completions": { prompt: "Hi" },
  "/v1/responses": { input: "Hi" },
  "/v1/embeddings": { input: "Hi" }
}
const bodyOf = (path: keyof typeof prompts, model?: string) => ({
  model: model ?? (path === "/v1/embeddings" ? "text-embedding-3-small" : "gpt-4"),
  ...prompts[path]
})
const paths = [
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/embeddings"
] as const

/** An error as OpenAI tells it, and the headers that say what to do about it. */
const told = ({ headers, status, text }: Read) => {
  const { error, ...rest } = JSON.parse(text)
  assertEquals(rest, {})
  assertEquals(Object.keys(error).sort(), ["code", "message", "param", "type"])
  assert(error.message.length > 10, text)
  assertEquals(headers.get("content-type"), "application/json")
  assert(headers.has("x-request-id"), "x-request-id")
  const retry = headers.get("retry-after")
  assertEquals(retry === null, headers.get("retry-after-ms") === null)
  return [
    status,
    error.type,
    error.code,
    error.param,
    headers.get("x-should-retry"),
    retry !== null
  ]
}

const invalid = "invalid_request_error"

const post = sending(told)

for (const path of paths) {
  const send = (url: string, body: unknown, headers: Record<string, string> = {}) =>
    post(url, path, body, headers)

  liveTest(
    `${path} refuses in OpenAI's words, before anybody is asked`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth(undefined, strict)
        const body = bodyOf(path)
        const token = yield* stranger
        assertEquals(yield* send(url, body, { "x-api-key": "wrong" }), [
          ...[401, invalid, "invalid_api_key", null],
          ...[null, false]
        ])
        assertEquals(yield* send(url, body, { "x-api-key": token }), [
          ...[403, invalid, "insufficient_permissions", null],
          ...[null, false]
        ])
        assertEquals(yield* send(url, bodyOf(path, "gpt-99")), [
          ...[404, invalid, "model_not_found", "model"],
          ...[null, false]
        ])
        assertEquals(yield* send(url, { ...body, model: 5 }), [
          ...[400, invalid, null, "model"],
          ...[null, false]
        ])
        assertEquals(yield* send(url, "x".repeat(3000)), [
          ...[413, invalid, "request_too_large", null],
          ...[null, false]
        ])
        assertEquals(yield* send(url, body, { "content-type": "text/plain" }), [
          ...[415, invalid, "unsupported_media_type", null],
          ...[null, false]
        ])
        assertEquals(told(yield* dawdle(url, path)), [
          ...[408, invalid, "body_too_slow", null],
          ...[null, false]
        ])
        assertEquals(provider.calls.length, 0)
      })
  )

  // The fake has no vectors.
  if (path === "/v1/embeddings") continue
  liveTest(
    `${path} tells in OpenAI's words why its provider does not answer`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth(FakeProvider.silence, {
          config: { retries: { attempts: 1 } }
        })
        const body = bodyOf(path)
        const failing = [
          [FakeProvider.silence, 504, "server_error", "upstream_timeout", "false"],
          [FakeProvider.fail("context_length"), 400, invalid, "context_length_exceeded", "false"],
          [FakeProvider.fail("server"), 502, "server_error", "upstream_error", "false"]
        ] as const
        for (const [script, status, type, code, shouldRetry] of failing) {
          provider.respond(script)
          const [its, ...rest] = yield* send(url, body, { "x-penstock-timeout": "0.3" })
          const param = status === 400 ? Object.keys(prompts[path])[0] : null
          assertEquals([its, ...rest.slice(0, 4)], [status, type, code, param, shouldRetry])
        }
        // A few more, and nobody is asked for a while.
        for (let at = 0; at < 9; at++) yield* send(url, body)
        const before = provider.calls.length
        const [status, type, code, , , isTimed] = yield* send(url, body)
        assertEquals([status, type, code, isTimed], [503, "server_error", "circuit_open", true])
        assertEquals(provider.calls.length, before)
      })
  )
}

Deno.test("whoever is turned away for a moment is told when to come back", () => {
  for (
    const [error, code] of [[shuttingDown, "shutting_down"], [overloaded(0), "overloaded"]] as const
  ) {
    const { body: { error: { message: _, ...rest } }, retryAfterMs, status } = toFailure(error, "r")
    assertEquals([status, rest], [503, { type: "server_error", param: null, code }])
    assert(retryAfterMs! > 0)
  }
})

liveTest(
  "OpenAI's client throws what it has a class for, and knows the request",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(undefined, {
        env: strict.env,
        config: { limits: { body_bytes: 2000 } }
      })
      const token = yield* stranger
      const thrown = (key: string, content: string, model = "gpt-4") =>
        Effect.promise(async () => {
          const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 })
          try {
            await client.chat.completions.create({ model, messages: [{ role: "user", content }] })
          } catch (error) {
            if (error instanceof OpenAI.APIError) return error
          }
          throw new Error("Nothing was thrown")
        })
      for (
        const [error, type, status] of [
          [yield* thrown("wrong", "Hi"), OpenAI.AuthenticationError, 401],
          [yield* thrown(token, "Hi"), OpenAI.PermissionDeniedError, 403],
          [yield* thrown(apiKey, "Hi", "gpt-99"), OpenAI.NotFoundError, 404],
          [yield* thrown(apiKey, "x".repeat(3000)), OpenAI.APIError, 413]
        ] as const
      ) {
        assert(error instanceof type, `${status}: ${error}`)
        assertEquals(error.status, status)
        assert(error.requestID)
      }
    })
)
