import Anthropic from "@anthropic-ai/sdk"
import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { toError } from "../../../src/api/anthropic/errors.ts"
import { GatewayError, invalidRequest, type Reason } from "../../../src/domain/GatewayError.ts"
import { type FaultClass, UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { ask, modelOf, postJson, startBoth } from "../upstreams.ts"
import { hi, sdk } from "./kit.ts"

const told = (reason: Reason) => {
  const { status, body: { error } } = toError(new GatewayError({ reason }), "req_1")
  return [status, error.type]
}
const fault = (kind: FaultClass, message = "It failed", status?: number) =>
  told({
    _tag: "ProviderFailed",
    model: "m",
    fault: new UpstreamFault({ class: kind, message, status })
  })
const unavailable = (why: Extract<Reason, { readonly _tag: "ModelUnavailable" }>["why"]) =>
  told({ _tag: "ModelUnavailable", why, message: "Not now" })

Deno.test("each error has Anthropic's type for its status", () => {
  assertEquals(told(invalidRequest("No").reason), [400, "invalid_request_error"])
  assertEquals(told(invalidRequest("No", { status: 404 }).reason), [404, "not_found_error"])
  assertEquals(told(invalidRequest("No", { status: 405 }).reason), [405, "invalid_request_error"])
  assertEquals(told(invalidRequest("No", { status: 413 }).reason), [413, "request_too_large"])
  assertEquals(told({ _tag: "Unauthorized", message: "Who?" }), [401, "authentication_error"])
  assertEquals(
    told({ _tag: "Forbidden", message: "No", scope: "inference" }),
    [403, "permission_error"]
  )
  assertEquals(told({ _tag: "ModelNotFound", model: "m" }), [404, "not_found_error"])
  assertEquals(
    told({ _tag: "RateLimited", of: "key", limit: "tokens", model: "m", retryAfterMs: 1 }),
    [429, "rate_limit_error"]
  )
  assertEquals(told({ _tag: "Internal" }), [500, "api_error"])
  assertEquals(
    told({ _tag: "AuthUnavailable", message: "No", retryAfterMs: 1 }),
    [503, "api_error"]
  )
  assertEquals(unavailable("overloaded"), [529, "overloaded_error"])
  assertEquals(unavailable("circuit_open"), [529, "overloaded_error"])
  assertEquals(unavailable("not_configured"), [503, "api_error"])
  assertEquals(fault("overloaded"), [529, "overloaded_error"])
  assertEquals(fault("server"), [502, "api_error"])
  assertEquals(fault("timeout_headers"), [504, "timeout_error"])
  assertEquals(fault("bad_request", "No", 422), [422, "invalid_request_error"])
})

Deno.test("that a prompt is too long is told in the words by which agents know it", () => {
  const words = (message: string) =>
    toError(
      new GatewayError({
        reason: {
          _tag: "ProviderFailed",
          model: "m",
          fault: new UpstreamFault({ class: "context_length", message })
        }
      }),
      "req_1"
    ).body.error.message
  assertEquals(
    words("The maximum context length is 8192 tokens"),
    "prompt is too long: The maximum context length is 8192 tokens"
  )
  assertEquals(words("It said: Prompt is too long"), "It said: Prompt is too long")
})

Deno.test("what is wrong is named as the client wrote it", () => {
  const message = (kind: string, path: ReadonlyArray<string | number>, canDrop = false) =>
    toError(invalidRequest("Sentence", { kind, canDrop, issues: [{ path, message: "No" }] }), "r")
      .body.error.message
  assertEquals(message("invalid_request", ["messages", 0, "role"]), "messages.0.role: No")
  assertEquals(
    message("unsupported_parameter", ["parameters", "stop"], true),
    "stop_sequences: No. Leave it out, or send the header X-Penstock-Drop-Unsupported: true"
  )
  assertEquals(
    message("unsupported_input", ["messages", 4, "content", 0]),
    "messages.4.content.0: No. Leave it out, or ask a model that can"
  )
  assertEquals(message("unsupported_content", ["tools", 1]), "Sentence: tools.1: No")
})

/** What the SDK throws. */
const thrown = (asking: () => PromiseLike<unknown>) =>
  Effect.promise(async () => {
    try {
      await asking()
    } catch (error) {
      if (error instanceof Anthropic.APIError) return error
      throw error
    }
    throw new Error("It was answered")
  })

liveTest("the official SDK has a class for each of our errors", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    const client = sdk(url)
    const model = modelOf.anthropic
    const failing = (kind: Parameters<typeof FakeProvider.fail>[0]) => {
      provider.respond(FakeProvider.fail(kind))
      return thrown(() => client.messages.create(hi(model)))
    }
    const stranger = yield* thrown(() => sdk(url, "wrong-key").messages.create(hi(model)))
    assertInstanceOf(stranger, Anthropic.AuthenticationError)
    assertEquals(stranger.type, "authentication_error")
    const unknown = yield* thrown(() => client.messages.create(hi("no-such-model")))
    assertInstanceOf(unknown, Anthropic.NotFoundError)
    const invalid = yield* thrown(() => client.messages.create({ ...hi(model), max_tokens: 0 }))
    assertInstanceOf(invalid, Anthropic.BadRequestError)
    assertMatch(invalid.message, /max_tokens: Expected a whole number from 1/)
    const long = yield* failing("context_length")
    assertInstanceOf(long, Anthropic.BadRequestError)
    assertMatch(long.message, /prompt is too long/)
    const refused = yield* failing("bad_request")
    assertInstanceOf(refused, Anthropic.BadRequestError)
    const broken = yield* failing("server")
    assertInstanceOf(broken, Anthropic.InternalServerError)
    assertEquals([broken.status, broken.type], [502, "api_error"])
    assertEquals(broken.headers?.get("x-should-retry"), "false")
    for (const error of [stranger, unknown, invalid, long, refused, broken]) {
      assertMatch(error.requestID ?? "", /^req_/)
      assertEquals(error.requestID, error.headers?.get("x-request-id"))
    }
  }))

liveTest(
  "an overloaded provider is told as Anthropic tells it, with when to come back",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      provider.respond(FakeProvider.fail("overloaded"))
      const error = yield* thrown(() => sdk(url).messages.create(hi(modelOf.anthropic)))
      assertInstanceOf(error, Anthropic.OverloadedError)
      assertEquals([error.status, error.type], [529, "overloaded_error"])
    })
)

liveTest("a stream that breaks off is an error to the SDK", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    provider.respond(FakeProvider.answer({ breaks: { after: 1, by: "reset" } }))
    const error = yield* thrown(() => sdk(url).messages.stream(hi(modelOf.gemini)).finalMessage())
    assertMatch(error.message, /api_error/)
  }))

liveTest(
  "limits are told in Anthropic's headers, and the next request beyond them is refused",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(undefined, {
        config: { limits: { key: { requests_per_minute: 1 } } }
      })
      const first = yield* postJson(`${url}/v1/messages`, hi(modelOf.openai))
      assertEquals(first.status, 200, first.text)
      const header = (name: string) => first.headers.get(`anthropic-ratelimit-requests-${name}`)
      assertEquals([header("limit"), header("remaining")], ["1", "0"])
      assertMatch(header("reset") ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assertEquals(first.headers.get("request-id"), first.headers.get("x-request-id"))
      assertEquals(first.headers.get("x-ratelimit-limit-requests"), null)
      const error = yield* thrown(() => sdk(url).messages.create(hi(modelOf.openai)))
      assertInstanceOf(error, Anthropic.RateLimitError)
      assertEquals(error.headers?.has("retry-after"), true)
    })
)

liveTest("also what has no route is refused in Anthropic's words", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const missing = yield* ask(`${url}/v1/messages/batches`)
    assertEquals([missing.status, JSON.parse(missing.text).error.type], [404, "not_found_error"])
    const wrong = yield* ask(`${url}/v1/messages`)
    assertEquals([wrong.status, JSON.parse(wrong.text).error.type], [405, "invalid_request_error"])
    assertEquals(wrong.headers.get("request-id"), JSON.parse(wrong.text).request_id)
  }))
