/**
 * @module
 */
import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { durationMs, retryAfterMs } from "../../src/protocol/retryAfter.ts"
import { law } from "../kit/effect.ts"

/** Sun, 06 Nov 1994 08:49:37 GMT */
const now = 784111777000

const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now)

const cases = <Value>(
  sentence: string,
  read: (value: Value) => number | undefined,
  expected: ReadonlyArray<readonly [Value, number | undefined]>
) =>
  Deno.test(sentence, () => {
    for (const [value, wait] of expected) {
      assertEquals(read(value), wait, JSON.stringify(value).slice(0, 100))
    }
  })

cases("retry-after is a number of seconds", (value: string) => read({ "retry-after": value }), [
  ["0", 0],
  ["7", 7000],
  [" 7 ", 7000],
  ["1.5", 1500],
  ["30s", 30_000]
])

cases("retry-after is a date of any HTTP form", (value: string) => read({ "retry-after": value }), [
  ["Sun, 06 Nov 1994 08:50:07 GMT", 30_000],
  ["Sunday, 06-Nov-94 08:50:07 GMT", 30_000],
  ["Sun Nov  6 08:50:07 1994", 30_000]
])

cases(
  "a date in the past means now, and one far away an hour",
  (value: string) => read({ "retry-after": value }),
  [
    ["Sun, 06 Nov 1994 08:49:36 GMT", 0],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Sun, 06 Nov 2094 08:49:37 GMT", 3_600_000]
  ]
)

cases(
  "a hostile retry-after is cut or ignored",
  (value: string) => read({ "retry-after": value }),
  [
    ["1000000000", 3_600_000],
    ["9".repeat(60), 3_600_000],
    ["1e9", undefined],
    ["-5", undefined],
    ["", undefined],
    ["soon", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["0x10", undefined],
    ["1, 2", undefined],
    ["Sun, 31 Feb 1994 08:50:07 GMT", undefined],
    ["9".repeat(10_240), undefined],
    ["a".repeat(10_240), undefined],
    ["1s".repeat(5_120), undefined]
  ]
)

Deno.test("retry-after-ms comes before retry-after, and each before the limits", () => {
  const limits = { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "3s" }
  assertEquals(read({ ...limits }), 3000)
  assertEquals(read({ ...limits, "retry-after": "2" }), 2000)
  assertEquals(read({ ...limits, "retry-after": "2", "retry-after-ms": "1250" }), 1250)
  assertEquals(read({ ...limits, "retry-after": "2", "retry-after-ms": "-1" }), 2000)
  assertEquals(read({ ...limits, "retry-after": "soon" }), 3000)
})

cases("the spent limit that takes longest decides", read, [
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12ms" }, 12],
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" }, 360_000],
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "59" }, 59_000],
  [{
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "2m59.56s",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "7.66s"
  }, 179_560]
])

cases("a limit with room, with no count or with -1 says nothing", read, [
  [{ "x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "6m0s" }, undefined],
  [{ "x-ratelimit-reset-requests": "6m0s" }, undefined],
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "-1" }, undefined],
  [{
    "x-ratelimit-remaining-requests": "99",
    "x-ratelimit-reset-requests": "6m0s",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "12ms"
  }, 12]
])

cases("Anthropic's limits name the point in time", read, [
  [{
    "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": "1994-11-06T08:49:47Z"
  }, 10_000],
  [{
    "anthropic-ratelimit-input-tokens-remaining": "0",
    "anthropic-ratelimit-input-tokens-reset": "1994-11-06T10:49:47.5+02:00",
    "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": "1994-11-06T08:59:47Z"
  }, 10_500],
  [{
    "anthropic-ratelimit-tokens-remaining": "0",
    "anthropic-ratelimit-tokens-reset": "1994-13-06T08:49:47Z"
  }, undefined],
  [{
    "anthropic-ratelimit-tokens-remaining": "0",
    "anthropic-ratelimit-tokens-reset": "1994-11-06T08:00:00Z"
  }, 0]
])

cases("durationMs() adds up units, and rounds up", durationMs, [
  ["34.4s", 34_400],
  ["46s", 46_000],
  ["6m0s", 360_000],
  ["12ms", 12],
  ["1h", 3_600_000],
  ["9h54m", 3_600_000],
  ["1d", 3_600_000],
  ["0s", 0],
  ["0.0001s", 1],
  ["1500us", 2],
  ["34.412s", 34_412],
  ["2.007s", 2007],
  ["20.04466179s", 20_045]
])

cases("durationMs() takes nothing else", durationMs, [
  ["", undefined],
  ["46", undefined],
  ["s", undefined],
  ["-1s", undefined],
  ["1 s", undefined],
  ["1s!", undefined],
  ["1e9s", undefined],
  ["1.s", undefined],
  ["1w", undefined],
  ["soon", undefined]
])

const isWait = (wait: number | undefined): boolean =>
  wait === undefined || wait >= 0 && wait <= 3_600_000 && Number.isInteger(wait)

law(
  "durationMs() reads any text, and tells no more than an hour",
  Schema.String,
  (text) => isWait(durationMs(text))
)

/** What a header can hold: other characters never get into one. */
const headerValue = (text: string): string => text.replace(/[^\x20-\x7e\x80-\xff]/g, "?")

const names = [
  "retry-after",
  "retry-after-ms",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
  "anthropic-ratelimit-tokens-reset",
  "anthropic-ratelimit--reset"
] as const

law(
  "retryAfterMs() reads any header, and tells no more than an hour",
  Schema.Struct({
    name: Schema.Literals(names),
    text: Schema.String,
    number: Schema.Number,
    unit: Schema.Literals(["", "s", "ms", "h", "m0s", " GMT", "T00:00:00Z"])
  }),
  ({ name, text, number, unit }) =>
    [text, `${number}${unit}`, `${Math.abs(number)}${unit}`].every((value) =>
      isWait(
        retryAfterMs(
          new Headers({
            [name]: headerValue(value),
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-remaining-tokens": "0",
            "anthropic-ratelimit-tokens-remaining": "0"
          }),
          now
        )
      )
    )
)
