import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert"
import type { FaultClass } from "../../../src/domain/UpstreamFault.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"

const fault = (status: number, body: unknown, headers: HeadersInit = {}) =>
  openai().fault(
    status,
    new Headers(headers),
    typeof body === "string" ? body : JSON.stringify(body)
  )

const of = (status: number, error: unknown): FaultClass => {
  const told = fault(status, { error })
  assertEquals(told.status, status)
  assertEquals(told.retryAfterMs, undefined)
  return told.class
}

Deno.test("fault() believes a code or type before the status", () => {
  const cases: ReadonlyArray<[number, unknown, FaultClass]> = [
    [400, { code: "context_length_exceeded" }, "context_length"],
    [400, { code: "content_filter" }, "filtered"],
    [400, { code: "content_policy_violation" }, "filtered"],
    [400, { code: "x", innererror: { code: "ResponsibleAIPolicyViolation" } }, "filtered"],
    [429, { code: "insufficient_quota", type: "insufficient_quota" }, "quota_exhausted"],
    [429, { type: "insufficient_quota", code: null }, "quota_exhausted"],
    [400, { code: "billing_hard_limit_reached" }, "quota_exhausted"],
    [400, { code: "model_not_found" }, "not_found"],
    [404, { code: "DeploymentNotFound" }, "not_found"],
    [413, { code: "rate_limit_exceeded", type: "tokens" }, "rate_limited"],
    [400, { code: "invalid_api_key" }, "auth"],
    [503, { type: "overloaded_error" }, "overloaded"]
  ]
  for (const [status, error, kind] of cases) {
    assertEquals(of(status, error), kind, JSON.stringify(error))
  }
})

Deno.test("fault() goes by the status where the body says no more", () => {
  const cases: ReadonlyArray<[number, FaultClass]> = [
    [307, "redirect"],
    [400, "bad_request"],
    [401, "auth"],
    [402, "quota_exhausted"],
    [403, "auth"],
    [404, "not_found"],
    [408, "timeout_headers"],
    [413, "bad_request"],
    [422, "bad_request"],
    [429, "rate_limited"],
    [500, "server"],
    [503, "server"],
    [529, "overloaded"],
    [204, "bad_response"],
    [999, "bad_response"]
  ]
  for (const [status, kind] of cases) {
    assertEquals(of(status, { message: "m", type: "invalid_request_error" }), kind)
    assertEquals(of(status, { message: "m", type: "server_error" }), kind)
    for (const body of ["", "oops", "{", "null", "[]", "7", {}, { error: null }, { error: [] }]) {
      assertEquals(fault(status, body).class, kind)
    }
  }
})

Deno.test("fault() knows a conversation that is too long by its words", () => {
  const words = [
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
    "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
    "The decoder prompt (length 9000) is longer than the maximum model length of 8192",
    "This model's maximum prompt length is 131072 but the request contains 170000 tokens.",
    "the request exceeds the available context size, try increasing it",
    "the input length exceeds the context length",
    "The input token count (9) exceeds the maximum number of tokens allowed (8)."
  ]
  for (const message of words) {
    assertEquals(of(400, { message, type: "BadRequestError", code: 400 }), "context_length")
    assertEquals(of(500, { message }), "context_length")
    assertEquals(fault(400, { object: "error", message, code: 400 }).class, "context_length")
    // The words of a rate limit may name a length too.
    assertEquals(of(429, { message }), "rate_limited")
  }
  const raw = JSON.stringify({ error: { message: words[0] } })
  assertEquals(
    of(400, { code: 400, message: "Provider returned error", metadata: { raw } }),
    "context_length"
  )
})

Deno.test("fault() knows a filtered prompt by its words or flags", () => {
  assertEquals(of(400, { message: "Content Exists Risk" }), "filtered")
  const metadata = { reasons: ["violence"], flagged_input: "bad words" }
  const flagged = fault(403, { error: { code: 403, message: "flagged", metadata } })
  assertEquals(flagged.class, "filtered")
  assertFalse(flagged.message.includes("bad words"))
})

Deno.test("fault() finds the provider's words wherever they stand", () => {
  const bodies = [
    { error: { message: "Be brief" } },
    { error: "Be brief" },
    { object: "error", message: "Be brief" },
    { detail: "Be brief" },
    { detail: [{ loc: ["body", "n"], msg: "Be brief", input: 7 }] },
    { message: { detail: [{ msg: "Be brief" }] } },
    [{ error: { code: 400, message: "Be brief", status: "INVALID_ARGUMENT" } }],
    "Be brief"
  ]
  for (const body of bodies) {
    assertEquals(fault(400, body).message, "The provider refused the request: Be brief")
  }
  assertEquals(fault(400, "").message, "The provider refused the request")
})

Deno.test("fault() never forwards a page, however it is announced", () => {
  const page = "<!DOCTYPE html><html><body>nginx secret page</body></html>"
  const pages = [
    fault(502, page),
    fault(502, `\uFEFF\n ${page}`),
    fault(502, `502 Bad Gateway\n${page}`),
    fault(502, "nginx secret page", { "content-type": "text/html; charset=utf-8" }),
    fault(502, { error: { message: page } })
  ]
  for (const told of pages) {
    assertEquals(told.class, "server")
    assertEquals(told.message, "The provider failed")
  }
})

Deno.test("fault() never tells a key", () => {
  const keys = [
    "sk-proj-abcdefghijklmnop",
    "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
    "abcd****************wxyz"
  ]
  for (const key of keys) {
    const told = fault(401, { error: { message: `Wrong: ${key}. Look it up`, code: "x" } })
    assertEquals(told.class, "auth")
    assertFalse(told.message.includes(key))
    assertStringIncludes(told.message, "Wrong")
  }
})

Deno.test("fault() cuts what is long", () => {
  const told = fault(400, { error: { message: "long ".repeat(100_000) } })
  assert(told.message.length < 300)
})

Deno.test("fault() knows what providers say in words of their own", () => {
  const cases: ReadonlyArray<[number, unknown, FaultClass]> = [
    // xAI: the error is a sentence, and a wrong key is a bad request.
    [400, { code: "Client specified an invalid argument", error: "Incorrect API key" }, "auth"],
    // Mistral
    [400, { object: "error", message: "Invalid model: x", type: "invalid_model" }, "not_found"],
    [429, { type: "service_tier_capacity_exceeded", message: "m" }, "overloaded"],
    // Hugging Face
    [400, { error: { code: "model_not_supported", message: "m" } }, "not_found"],
    // Together
    [400, { error: { type: "model_not_available", message: "m" } }, "not_found"],
    [402, { error: { type: "credit_limit", message: "m" } }, "quota_exhausted"],
    // Fireworks
    [
      412,
      { error: "Account is suspended, possibly due to reaching the monthly spending limit" },
      "quota_exhausted"
    ],
    // Groq
    [498, { error: { code: "capacity_exceeded", message: "m" } }, "overloaded"],
    [400, { error: { code: "tool_use_failed", message: "m" } }, "bad_response"],
    // LM Studio and Ollama
    [400, { error: "'response_format.type' must be 'json_schema' or 'text'" }, "bad_request"],
    [404, { error: { message: 'model "x" not found, try pulling it first' } }, "not_found"]
  ]
  for (const [status, body, kind] of cases) {
    assertEquals(fault(status, body).class, kind, JSON.stringify(body))
  }
})
