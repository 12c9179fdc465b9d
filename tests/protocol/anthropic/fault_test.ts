import { assert, assertEquals } from "@std/assert"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"

const headers = new Headers()
const fault = (status: number, type: string, message = "Oh", more: object = {}) =>
  anthropic.fault(
    status,
    headers,
    JSON.stringify({ type: "error", error: { type, message, ...more }, request_id: "req_1" })
  )

Deno.test("an error is classed by its type, and keeps its status", () => {
  for (
    const [type, status, expected] of [
      ["overloaded_error", 529, "overloaded"],
      ["rate_limit_error", 429, "rate_limited"],
      ["api_error", 500, "server"],
      ["authentication_error", 401, "auth"],
      ["permission_error", 403, "auth"],
      ["invalid_request_error", 400, "bad_request"],
      ["request_too_large", 413, "bad_request"],
      ["not_found_error", 404, "not_found"],
      ["billing_error", 402, "quota_exhausted"],
      ["timeout_error", 504, "timeout_headers"]
    ] as const
  ) {
    const { class: actual, status: kept, retryAfterMs } = fault(status, type)
    assertEquals([actual, kept, retryAfterMs], [expected, status, undefined], type)
    assertEquals(fault(418, type).class, expected, "the type says more than the status")
  }
})

Deno.test("an error of no known type is classed by its status", () => {
  for (
    const [status, expected] of [
      [529, "overloaded"],
      [503, "server"],
      [429, "rate_limited"],
      [401, "auth"],
      [404, "not_found"],
      [307, "redirect"],
      [999, "bad_response"]
    ] as const
  ) {
    assertEquals(fault(status, "conflict_error").class, expected)
    for (const body of ["", "<html>x</html>", "null", "{}", "[1]", '{"error":"x"}', '{"type":']) {
      assertEquals(anthropic.fault(status, headers, body).class, expected, body)
    }
  }
})

Deno.test("what is wrong with a request is told apart by its words", () => {
  const because = (message: string) => fault(400, "invalid_request_error", message).class
  assertEquals(because("prompt is too long: 210000 tokens > 200000 maximum"), "context_length")
  assertEquals(
    because("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
    "context_length"
  )
  assertEquals(because("That does not fit the context window"), "context_length")
  assertEquals(
    because("Your credit balance is too low to access the Anthropic API."),
    "quota_exhausted"
  )
  assertEquals(because("You have reached your specified API usage limits."), "quota_exhausted")
  assertEquals(because("Output blocked by content filtering policy"), "filtered")
  assertEquals(because("max_tokens: Field required"), "bad_request")
  assertEquals(fault(413, "", "prompt is too long").class, "context_length")
  assertEquals(fault(500, "api_error", "prompt is too long").class, "server")
})

Deno.test("a limit on money is not a limit on speed", () => {
  const limit = (error_code: string) =>
    fault(429, "rate_limit_error", "Limit", { details: { error_code } }).class
  assertEquals(limit("enforced_spend_limit_reached"), "quota_exhausted")
  assertEquals(limit("contract_spend_limit_reached"), "quota_exhausted")
  assertEquals(limit("ramp_limit_exceeded"), "rate_limited")
})

Deno.test("the provider's words stand behind ours, cut and without a credential", () => {
  assertEquals(
    fault(529, "overloaded_error", "Overloaded").message,
    "The provider reported overloaded_error: Overloaded"
  )
  assertEquals(
    anthropic.fault(502, headers, "<html>secret</html>").message,
    "The provider reported an error with status 502"
  )
  assertEquals(
    fault(400, "<script>", "").message,
    "The provider reported an error with status 400"
  )
  const leaky = fault(
    401,
    "authentication_error",
    `invalid sk-ant-api03-abcdefghijkl ${"x".repeat(999)}`
  )
  assert(!leaky.message.includes("abcdefghijkl"), leaky.message)
  assert(leaky.message.length < 260, leaky.message)
})
