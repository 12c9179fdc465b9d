import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { toFailure } from "../../../src/api/openai/errors.ts"
import { paramOf } from "../../../src/api/openai/invalid.ts"
import {
  chatNames,
  completionNames,
  embeddingNames,
  leftOut,
  type Names,
  responseNames
} from "../../../src/api/openai/names.ts"
import { GatewayError, invalidRequest, type Reason } from "../../../src/domain/GatewayError.ts"
import { type FaultClass, UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { ask, askJson, postForEvents, postJson, startBoth } from "../upstreams.ts"

const hi = [{ role: "user", content: "Hi" }] as const

const told = (reason: Reason) => {
  const { status, body: { error } } = toFailure(new GatewayError({ reason }), "r")
  return [status, error.type, error.code, error.param]
}
const failed = (kind: FaultClass) =>
  told({
    _tag: "ProviderFailed",
    model: "m",
    fault: new UpstreamFault({ class: kind, message: "It failed" })
  })

Deno.test("toFailure() tells every reason with OpenAI's status, type and code", () => {
  const message = "m"
  assertEquals(told({ _tag: "Unauthorized", message }), [
    401,
    "invalid_request_error",
    "invalid_api_key",
    null
  ])
  assertEquals(told({ _tag: "Forbidden", message, scope: "inference" }), [
    403,
    "invalid_request_error",
    "insufficient_permissions",
    null
  ])
  assertEquals(told({ _tag: "AuthUnavailable", message, retryAfterMs: 1 }), [
    503,
    "server_error",
    "auth_unavailable",
    null
  ])
  assertEquals(told({ _tag: "ModelNotFound", model: "x" }), [
    404,
    "invalid_request_error",
    "model_not_found",
    "model"
  ])
  for (const [limit, type] of [["requests", "requests"], ["tokens", "tokens"]] as const) {
    assertEquals(told({ _tag: "RateLimited", of: "key", limit, model: "m", retryAfterMs: 1 }), [
      429,
      type,
      "rate_limit_exceeded",
      null
    ])
  }
  assertEquals(told({ _tag: "ModelUnavailable", why: "circuit_open", message }), [
    503,
    "server_error",
    "circuit_open",
    null
  ])
  assertEquals(told({ _tag: "Internal" }), [500, "server_error", "internal_error", null])
  assertEquals(failed("context_length"), [
    400,
    "invalid_request_error",
    "context_length_exceeded",
    "messages"
  ])
  assertEquals(failed("filtered"), [400, "invalid_request_error", "content_filter", null])
  assertEquals(failed("bad_request"), [
    400,
    "invalid_request_error",
    "upstream_rejected_request",
    null
  ])
  assertEquals(failed("auth"), [502, "server_error", "upstream_auth_failed", null])
  assertEquals(failed("quota_exhausted"), [429, "insufficient_quota", "insufficient_quota", null])
  assertEquals(failed("rate_limited"), [429, "requests", "rate_limit_exceeded", null])
  assertEquals(failed("timeout_first_token"), [504, "server_error", "upstream_timeout", null])
})

Deno.test("paramOf() names a field as OpenAI's clients know it", () => {
  assertEquals(paramOf([]), undefined)
  assertEquals(paramOf(["parameters"]), undefined)
  assertEquals(paramOf(["parameters", "max_tokens"]), "max_tokens")
  assertEquals(paramOf(["messages", 0, "content", 12, "type"]), "messages[0].content[12].type")
  assertEquals(paramOf(["\u202e", "x"]), "?.x")
})

Deno.test("toFailure() says which parts cannot be honoured, and how to have them left out", () => {
  const error = invalidRequest("native words", {
    kind: "unsupported_parameter",
    issues: [
      { path: ["parameters", "seed"], message: "No seeds" },
      { path: ["messages", 1, "name"], message: "No names" }
    ],
    canDrop: true
  })
  const { status, body } = toFailure(error, "r")
  assertEquals([status, body.error], [400, {
    message: "seed: No seeds; messages[1].name: No names. " +
      "Leave it out, or send the header X-Penstock-Drop-Unsupported: true",
    type: "invalid_request_error",
    param: "seed",
    code: "unsupported_parameter"
  }])
})

Deno.test("toFailure() advises nobody to have left out what never is", () => {
  const images = Array.from({ length: 9 }, (_, at) => ({
    path: ["messages", 0, "content", at],
    message: "No images"
  }))
  const error = invalidRequest("native words", { kind: "unsupported_input", issues: images })
  const { body } = toFailure(error, "r")
  assertEquals([body.error.param, body.error.code], [
    "messages[0].content[0]",
    "unsupported_content"
  ])
  assertMatch(
    body.error.message,
    /content\[4\]: No images; and 4 more\. Leave it out, or ask a model that takes it$/
  )
  const alike = toFailure(error, "r", responseNames).body.error
  assertEquals([alike.param, alike.message], [
    "input",
    "input: No images. Leave it out, or ask a model that takes it"
  ])
})

Deno.test("each route's clients are told by its own names", () => {
  const fault = new UpstreamFault({ class: "context_length", message: "It is too long" })
  const error = new GatewayError({ reason: { _tag: "ProviderFailed", model: "m", fault } })
  const paramBy = (names?: Names) => toFailure(error, "r", names).body.error.param
  assertEquals(
    [undefined, completionNames, embeddingNames, responseNames].map(paramBy),
    ["messages", "prompt", "input", "input"]
  )
  assertEquals(
    ["parameters.max_tokens", "messages.12.name", "tools[4]", "messages", "dimensions"].map((one) =>
      [chatNames, responseNames].map((names) => leftOut(names, one))
    ),
    [
      ["max_tokens", "max_output_tokens"],
      ["messages[12].name", "input"],
      ["tools[4]", "tools[4]"],
      ["messages", "messages"],
      ["dimensions", "dimensions"]
    ]
  )
})

/** What a provider does, and the class of the error that OpenAI's client throws for it. */
const table = [
  ["context_length", OpenAI.BadRequestError, 400, "context_length_exceeded", "false"],
  ["filtered", OpenAI.BadRequestError, 400, "content_filter", "false"],
  ["bad_request", OpenAI.BadRequestError, 400, "upstream_rejected_request", "false"],
  ["auth", OpenAI.InternalServerError, 502, "upstream_auth_failed", "false"],
  ["not_found", OpenAI.InternalServerError, 502, "upstream_model_not_found", "false"],
  ["server", OpenAI.InternalServerError, 502, "upstream_error", "false"],
  ["quota_exhausted", OpenAI.RateLimitError, 429, "insufficient_quota", "false"],
  ["rate_limited", OpenAI.RateLimitError, 429, "rate_limit_exceeded", null]
] as const

for (const [model, dialect] of [["gpt-4", "OpenAI's"], ["claude-3", "Anthropic's"]] as const) {
  liveTest(
    `the client throws by its classes what ${dialect} provider fails with`,
    () =>
      Effect.gen(function* () {
        for (const [kind, type, status, code, shouldRetry] of table) {
          for (const stream of [false, true]) {
            // Each time a gateway that has not yet learned from the failure.
            const { url } = yield* startBoth(FakeProvider.fail(kind))
            const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
            const error = yield* Effect.flip(Effect.tryPromise({
              try: () => client.chat.completions.create({ model, messages: [...hi], stream }),
              catch: (error) => error
            }))
            if (!(error instanceof OpenAI.APIError)) throw error
            assertEquals(error instanceof type, true, `${kind}: ${error}`)
            assertEquals([error.status, error.code], [status, code], kind)
            assertEquals(error.headers?.get("x-should-retry") ?? null, shouldRetry, kind)
            assertEquals(error.requestID, error.headers?.get("x-request-id"))
          }
        }
      })
  )
}

liveTest(
  "a client that repeats by itself heeds that the gateway has done so already",
  () =>
    Effect.gen(function* () {
      const calls = []
      for (const maxRetries of [0, 2]) {
        const { url, provider } = yield* startBoth(FakeProvider.fail("server"))
        const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries })
        yield* Effect.flip(
          Effect.tryPromise(() =>
            client.chat.completions.create({ model: "gpt-4", messages: [...hi] })
          )
        )
        calls.push(provider.calls.length)
      }
      assert(calls[0]! > 1 && calls[0] === calls[1], calls.join())
    })
)

const json = { "content-type": "application/json" }
const post = (body: string, headers: Record<string, string> = json) => ({
  method: "POST",
  headers,
  body
})
const chat = "/v1/chat/completions"

liveTest(
  "every refusal of a path below /v1 is told in OpenAI's words",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const valid = JSON.stringify({ model: "gpt-4", messages: hi })
      const refusals: ReadonlyArray<
        readonly [string, RequestInit, number, string | null, string | null]
      > = [
        [chat, post("{"), 400, "invalid_json", null],
        [chat, post("[]"), 400, null, null],
        [chat, post(JSON.stringify({ messages: hi })), 400, null, "model"],
        [chat, post(valid, { ...json, "x-api-key": "wrong" }), 401, "invalid_api_key", null],
        [chat, post(valid.replace("gpt-4", "gpt-99")), 404, "model_not_found", "model"],
        [chat, post(valid, { "content-type": "text/plain" }), 415, "unsupported_media_type", null],
        [chat, {}, 405, "method_not_supported", null],
        [chat, post(valid, { ...json, "x-penstock-timeout": "x" }), 400, "invalid_timeout", null],
        ["/v1/nothing", {}, 404, "unknown_url", null],
        ["/v1/completions", post("{}"), 400, null, "model"]
      ]
      for (const [path, init, status, code, param] of refusals) {
        const { status: found, headers, body } = yield* askJson(url + path, init)
        const { message, type, ...rest } = body.error
        assertEquals([found, rest], [status, { param, code }], path + JSON.stringify(init))
        assertEquals(type, "invalid_request_error")
        assert(message.length > 10 && headers.has("x-request-id"))
      }
      assertEquals(provider.calls.length, 0)
    })
)

liveTest(
  "what the model cannot honour is named as the client knows it, or left out",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const asked = { model: "claude-3", messages: hi, seed: 7, logprobs: true }
      const refused = yield* postJson(url + chat, asked)
      assertEquals([refused.status, refused.body.error.param, refused.body.error.code], [
        400,
        "seed",
        "unsupported_parameter"
      ])
      assertStringIncludes(refused.body.error.message, "X-Penstock-Drop-Unsupported")
      const dropped = yield* postJson(url + chat, asked, { "x-penstock-drop-unsupported": "true" })
      assertEquals(dropped.status, 200)
      assertEquals("seed" in provider.calls[0]!.body, false)
      assertEquals(dropped.headers.get("x-penstock-dropped"), "seed, logprobs")
    })
)

liveTest("a stream that breaks ends in an error, without [DONE]", () =>
  Effect.gen(function* () {
    for (const model of ["gpt-4", "claude-3", "gemini-pro"]) {
      const { url } = yield* startBoth(
        FakeProvider.answer({ pieces: ["a", "b", "c"], breaks: { after: 2, by: "cut" } })
      )
      const { done, events } = yield* postForEvents(url + chat, {
        model,
        messages: hi,
        stream: true
      })
      assertEquals(done, false)
      assertEquals(events.at(-1).error.code, "upstream_stream_interrupted")
      for (const event of events.slice(0, -1)) assertEquals("error" in event, false)
      assertEquals(events.some(({ choices }) => choices?.[0]?.finish_reason), false)
    }
  }))

liveTest(
  "a caller's own limit is told with 429, when to come back, and what is left",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(FakeProvider.answer(), {
        config: { models: { "gpt-4": { rate_limit: { requests_per_minute: 1 } } } }
      })
      const asked = { model: "gpt-4", messages: hi }
      const first = yield* postJson(url + chat, asked)
      assertEquals(first.headers.get("x-ratelimit-limit-requests"), "1")
      const { status, body, headers } = yield* postJson(url + chat, asked)
      assertEquals([status, body.error.code, body.error.type], [
        429,
        "rate_limit_exceeded",
        "requests"
      ])
      assert(Number(headers.get("retry-after-ms")) > 0 && Number(headers.get("retry-after")) > 0)
      assertEquals(headers.get("x-should-retry"), null)
      const { text } = yield* ask(`${url}/v1/models`)
      assertStringIncludes(text, "gpt-4")
    })
)
