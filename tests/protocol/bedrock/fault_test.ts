import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"

const fault = (status: number, type: string, message = "") =>
  bedrock.fault(
    status,
    new Headers({ "x-amzn-errortype": type }),
    JSON.stringify({ message })
  )

Deno.test("an error is what its type says, more than its status", () => {
  const classes: ReadonlyArray<readonly [number, string, string]> = [
    [429, "ThrottlingException", "rate_limited"],
    [400, "ServiceQuotaExceededException", "quota_exhausted"],
    [403, "AccessDeniedException", "auth"],
    [403, "ExpiredTokenException", "auth"],
    [403, "UnrecognizedClientException", "auth"],
    [403, "InvalidSignatureException", "auth"],
    [400, "IncompleteSignature", "auth"],
    [400, "ValidationException", "bad_request"],
    [429, "ModelNotReadyException", "overloaded"],
    [503, "ServiceUnavailableException", "overloaded"],
    [408, "ModelTimeoutException", "timeout_headers"],
    [404, "ResourceNotFoundException", "not_found"],
    [424, "ModelErrorException", "server"],
    [500, "InternalServerException", "server"],
    [418, "BrandNewException", "bad_request"],
    [502, "", "server"]
  ]
  for (const [status, type, expected] of classes) {
    assertEquals(fault(status, type).class, expected, type)
    assertEquals(fault(status, `${type}:http://internal.amazon.com/coral/`).class, expected, type)
  }
})

Deno.test("the type stands in the body where no header says it", () => {
  const body = JSON.stringify({ __type: "com.amazon.coral#ThrottlingException", message: "Slow" })
  const { class: told, message } = bedrock.fault(400, new Headers(), body)
  assertEquals([told, message], [
    "rate_limited",
    "The provider reported ThrottlingException: Slow"
  ])
})

Deno.test("what is wrong with a request, its words tell", () => {
  const words: ReadonlyArray<readonly [string, string]> = [
    ["Input is too long for requested model.", "context_length"],
    [
      "The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum",
      "context_length"
    ],
    ["Input Tokens Exceeded: Number of input tokens exceeds maximum length", "context_length"],
    ["This model's maximum context length is 128000 tokens.", "context_length"],
    ["Output blocked by content filtering policy", "filtered"],
    ["The provided model identifier is invalid.", "not_found"],
    ["Invocation of model ID x with on-demand throughput isn’t supported.", "not_found"],
    ["A conversation must start with a user message.", "bad_request"]
  ]
  for (const [message, expected] of words) {
    assertEquals(fault(400, "ValidationException", message).class, expected, message)
  }
})

Deno.test("a limit by the day is a quota, for it is not over soon", () => {
  const daily = "Too many tokens per day, please wait before trying again."
  assertEquals(fault(429, "ThrottlingException", daily).class, "quota_exhausted")
})

Deno.test("an account, its people and what was signed are not shown", () => {
  const denied = "User: arn:aws:sts::123456789012:assumed-role/ops/bob is not authorized to " +
    "perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:123456789012:model/x"
  const { message } = fault(403, "AccessDeniedException", denied)
  assert(!/123456789012|bob/.test(message), message)
  assertStringIncludes(message, "bedrock:InvokeModel")
  const mismatch = "The request signature we calculated does not match.\n\nThe Canonical String " +
    "for this request should have been\n'POST\n/model/x/converse\nx-amz-security-token:abc'"
  const shown = fault(403, "InvalidSignatureException", mismatch).message
  assertStringIncludes(shown, "does not match.")
  assert(!shown.includes("Canonical"))
})

Deno.test("a page or nothing at all is told by its status", () => {
  for (const body of ["", "<html>503</html>", "[]", "{}", '{"message":7}']) {
    const { class: told, message } = bedrock.fault(503, new Headers(), body)
    assertEquals([told, message], ["server", "The provider reported an error with status 503"])
  }
})
