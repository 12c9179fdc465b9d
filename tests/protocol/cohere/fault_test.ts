import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { cohere } from "../../../src/protocol/cohere/mod.ts"

const faultOf = (status: number, message: string, body: unknown = { id: "x", message }) =>
  cohere.fault(status, new Headers(), typeof body === "string" ? body : JSON.stringify(body))

Deno.test("an error's class is told by its status, and by its words where those say more", () => {
  const each: ReadonlyArray<readonly [number, string, string]> = [
    [400, "invalid request: message must be at least 1 token long", "bad_request"],
    [
      400,
      "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.",
      "context_length"
    ],
    [
      400,
      "too many tokens: max tokens must be less than or equal to 4096, the maximum output",
      "bad_request"
    ],
    [401, "invalid api token", "auth"],
    [402, "Please add or update your payment method", "quota_exhausted"],
    [404, "model 'command-x' not found, make sure the correct model ID was used", "not_found"],
    [422, "unprocessable", "bad_request"],
    [
      429,
      "You are using a Trial key, which is limited to 40 API calls / minute.",
      "rate_limited"
    ],
    [
      429,
      "You are using a Trial key, which is limited to 1000 API calls / month.",
      "quota_exhausted"
    ],
    [
      498,
      "blocked input: please adjust your prompt and try again, as it may be a potential violation",
      "filtered"
    ],
    [498, "invalid token", "auth"],
    [499, "request cancelled", "server"],
    [500, "internal server error", "server"],
    [503, "service unavailable", "server"],
    [504, "gateway timeout", "server"]
  ]
  for (const [status, message, kind] of each) {
    const fault = faultOf(status, message)
    assertEquals([fault.class, fault.status], [kind, status], message)
    if (kind !== "auth") assertStringIncludes(fault.message, message.slice(0, 20))
  }
})

Deno.test("a credential and a page are not repeated", () => {
  assert(!faultOf(401, "invalid key abcdefghijklmnopqrstuv").message.includes("abcdefghij"))
  const page = faultOf(502, "", "<html>secret</html>")
  assertEquals([page.class, page.message.includes("secret")], ["server", false])
})

Deno.test("an answer is whole from its end on, and not before", () => {
  const reader = cohere.reader()
  assertEquals(reader.finish([]), false)
  const end = { type: "message-end", delta: { finish_reason: "COMPLETE" } }
  assertEquals(reader.read("", JSON.stringify(end), []), "end")
  assertEquals(reader.finish([]), true)
})

Deno.test("an error in the midst of a stream ends it", () => {
  for (
    const [event, data] of [
      ["error", { message: "upstream broke" }],
      ["", { message: "upstream broke" }],
      ["", { type: "error", message: "upstream broke" }],
      ["", { type: "message-end", delta: { finish_reason: "ERROR", error: "upstream broke" } }]
    ] as const
  ) {
    const reading = cohere.reader().read(event, JSON.stringify(data), [])
    if (!(reading instanceof UpstreamFault)) throw new Error("It was read")
    assertEquals(reading.class, "server")
    assertStringIncludes(reading.message, "upstream broke")
  }
})
