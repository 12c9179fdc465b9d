import { assertEquals, assertLessOrEqual } from "@std/assert"
import * as Schema from "effect/Schema"
import { badResponse, classOfStatus, scrub } from "../../src/protocol/fault.ts"
import { law } from "../kit/effect.ts"

Deno.test("badResponse() is a fault without a status", () => {
  const { class: kind, message, status } = badResponse("Not an answer")
  assertEquals([kind, message, status], ["bad_response", "Not an answer", undefined])
})

Deno.test("classOfStatus() has a class for every status", () => {
  const classes = {
    101: "bad_response",
    204: "bad_response",
    301: "redirect",
    307: "redirect",
    400: "bad_request",
    401: "auth",
    402: "quota_exhausted",
    403: "auth",
    404: "not_found",
    408: "timeout_headers",
    413: "bad_request",
    422: "bad_request",
    429: "rate_limited",
    500: "server",
    503: "server",
    529: "overloaded",
    599: "server",
    600: "bad_response",
    999: "bad_response"
  }
  for (const [status, kind] of Object.entries(classes)) {
    assertEquals(classOfStatus(Number(status)), kind, status)
  }
})

const plain = [
  "Incorrect API key provided",
  "You must provide an API key. Use the header Authorization: Bearer with your key.",
  "Missing bearer authentication in header",
  "Set the environment variable OPENAI_API_KEY",
  "Basic authentication is not supported",
  "Invalid 'messages[0].content': expected a string",
  "The model `gpt-4o-mini-2024-07-18` does not exist",
  "Unknown key responseFormat, did you mean response_format?",
  "Rate limit reached for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000",
  "This task-specific model takes ask-me-anything questions",
  "请求过于频繁，请稍后再试"
]

for (const words of plain) {
  Deno.test(`scrub() leaves plain words alone: ${words}`, () => assertEquals(scrub(words), words))
}

const redactions: ReadonlyArray<readonly [from: string, to: string]> = [
  [
    "Incorrect API key provided: sk-abcdefgh. Sorry",
    "Incorrect API key provided: [redacted] Sorry"
  ],
  ["key=abcdefg1 is wrong", "key=[redacted] is wrong"],
  [`{"api_key": "abcdefg1"}`, `{"api_key": "[redacted]"}`],
  ["bearer abcdefg1", "bearer [redacted]"],
  ["OPENAI_sk-abcdefgh", "OPENAI_[redacted]"],
  ["Key 0123456789abcdef0123456789abcdef is over", "Key [redacted] is over"],
  ["Credential 0123456789abcdef0123456789abcdef", "Credential [redacted]"]
]

for (const [from, to] of redactions) {
  Deno.test(`scrub() takes the credential out of: ${from}`, () => assertEquals(scrub(from), to))
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const letters = (more: string) =>
  Schema.Array(Schema.Literals([...alphabet + more])).check(Schema.isMinLength(20))

const around = Schema.Literals([
  "",
  " ",
  "'",
  `"`,
  "\n",
  "(",
  ": ",
  "=",
  "，",
  "Incorrect API key provided: ",
  "x_"
])

const prefixes = ["sk-", "sk-proj-", "sk-ant-api03-", "gsk_", "AIza", "xai-", "hf_", "SK-", "pk_"]

law(
  "scrub() lets no key through, whatever stands around it",
  Schema.Struct({
    before: around,
    prefix: Schema.Literals(prefixes),
    run: letters("_-"),
    after: around
  }),
  ({ before, prefix, run, after }) => {
    const key = `${prefix}${run.join("")}`
    const clean = scrub(`${before}${key}${after} is not valid`)
    return !clean.includes(key.slice(0, prefix.length + 8)) && !clean.includes(key.slice(-8))
  }
)

law(
  "scrub() lets no bearer token through",
  Schema.Struct({
    before: Schema.Literals(["", "Authorization: ", "'", "header=", "\n"]),
    word: Schema.Literals([
      "Bearer ",
      "bearer ",
      "Basic ",
      "BEARER  ",
      `token "`,
      "secret: ",
      "key="
    ]),
    run: letters("+/"),
    digit: Schema.Literals([..."0123456789"])
  }),
  ({ before, word, run, digit }) => {
    const token = `${run.slice(0, 10).join("")}${digit}${run.slice(10).join("")}`
    const clean = scrub(`${before}${word}${token} refused`)
    return !clean.includes(token.slice(0, 8)) && !clean.includes(token.slice(-8))
  }
)

law("scrub() leaves one line of 200 characters at the most", Schema.String, (text) => {
  const clean = scrub(text.repeat(50))
  assertLessOrEqual(clean.length, 200)
  // deno-lint-ignore no-control-regex
  return !/[\u0000-\u001f\u007f\u2028\u2029]/.test(clean)
})

Deno.test("scrub() has no words for a page", () => {
  for (const page of ["<html>", "  <!DOCTYPE html><p>sorry", "\n<?xml version='1.0'?>"]) {
    assertEquals(scrub(page), "")
  }
})

Deno.test("scrub() says where it cut, and takes time in proportion to what it keeps", () => {
  assertEquals(scrub("word ".repeat(100)).at(-1), "…")
  for (const text of ["key ", "a", "1a", "sk-", "key=", "eyJ", "<", " "]) {
    const began = performance.now()
    scrub(text.repeat(1_000_000))
    assertLessOrEqual(performance.now() - began, 200, text)
  }
})
