/**
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert"
import { gemini } from "../../../src/protocol/gemini/mod.ts"

const fault = (status: number, body: unknown) =>
  gemini.fault(status, new Headers(), typeof body === "string" ? body : JSON.stringify(body))

const error = (code: number, status: string, message = "", ...details: ReadonlyArray<unknown>) => ({
  error: { code, status, message, details }
})

const quota = (violation: unknown) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel" }, violation]
})

const retry = (retryDelay: unknown) => ({
  "@type": "type.googleapis.com/google.rpc.RetryInfo",
  retryDelay
})

Deno.test("fault() knows Google's codes, whatever the status", () => {
  for (
    const [status, expected] of [
      ["RESOURCE_EXHAUSTED", "rate_limited"],
      ["UNAUTHENTICATED", "auth"],
      ["PERMISSION_DENIED", "auth"],
      ["NOT_FOUND", "not_found"],
      ["INVALID_ARGUMENT", "bad_request"],
      ["FAILED_PRECONDITION", "bad_request"],
      ["UNAVAILABLE", "overloaded"],
      ["DEADLINE_EXCEEDED", "timeout_headers"],
      ["INTERNAL", "server"],
      ["CANCELLED", "server"]
    ] as const
  ) {
    const read = fault(499, error(499, status, "Words"))
    assertEquals([read.class, read.status], [expected, 499])
    assertEquals(read.message, `The provider reported ${status}: Words`)
    assertEquals(fault(499, [error(499, status)]).class, expected)
  }
})

Deno.test("fault() tells by the words what the code does not", () => {
  for (
    const [body, expected] of [
      [error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."), "auth"],
      [error(400, "INVALID_ARGUMENT", "", { reason: "API_KEY_INVALID" }), "auth"],
      [
        error(
          400,
          "INVALID_ARGUMENT",
          "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576)."
        ),
        "context_length"
      ],
      [
        error(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
        "bad_request"
      ],
      [
        error(400, "FAILED_PRECONDITION", "Please enable billing on your project."),
        "quota_exhausted"
      ]
    ] as const
  ) {
    assertEquals(fault(400, body).class, expected)
  }
})

Deno.test("fault() tells a limit that passes from a quota that does not", () => {
  const read = (message: string, ...details: ReadonlyArray<unknown>) =>
    fault(429, error(429, "RESOURCE_EXHAUSTED", message, ...details)).class
  assertEquals(read("Check your plan and billing details.", quota({})), "rate_limited")
  assertEquals(
    read("", quota({ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" })),
    "quota_exhausted"
  )
  assertEquals(read("", quota({ quotaValue: "0" })), "quota_exhausted")
  assertEquals(read("Quota exceeded for metric: m, limit: 0, model: x"), "quota_exhausted")
  assertEquals(read("Quota exceeded for metric: m, limit: 0"), "quota_exhausted")
  assertEquals(read("Quota exceeded for metric: m, limit: 05, model: x"), "rate_limited")
  assertEquals(read("Quota exceeded for metric: m, limit: 50, model: x"), "rate_limited")
})

Deno.test("fault() says when to come back", () => {
  const read = (...details: ReadonlyArray<unknown>) =>
    fault(429, error(429, "RESOURCE_EXHAUSTED", "", ...details)).retryAfterMs
  assertEquals(read(quota({}), retry("34.4s")), 34_400)
  assertEquals(read(retry("46s")), 46_000)
  assertEquals(read(retry("9h54m")), 3_600_000)
  for (const delay of ["soon", "-5s", 46, null, { seconds: 46 }]) {
    assertEquals(read(retry(delay)), undefined)
  }
  assertEquals(read(), undefined)
})

Deno.test("fault() goes by the status where the body says nothing", () => {
  for (const body of ["", "<html>Bad Gateway</html>", "null", "[]", "{}", '{"error":"x"}', "Oh"]) {
    const read = fault(502, body)
    assertEquals([read.class, read.message], [
      "server",
      "The provider reported an error with status 502"
    ])
  }
  assertEquals(fault(404, error(404, "SOMETHING_NEW")).class, "not_found")
})

Deno.test("fault() passes on no credential, no project and no novel", () => {
  const secret = "AIzaSyD-0123456789abcdefghijklmnopqrstu"
  const { message } = fault(
    403,
    error(403, "PERMISSION_DENIED", `Consumer 'api_key:${secret}' of project 123456789012 is out`)
  )
  assertEquals(message.includes("0123456789"), false)
  assertEquals(message.includes("123456789012"), false)
  assertStringIncludes(message, "Consumer")
  const long = fault(500, error(500, "INTERNAL", "a ".repeat(5000))).message
  assertEquals(long.length < 300, true)
})
