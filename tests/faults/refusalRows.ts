/**
 * U9 to U23: what providers refuse, and how they say so.
 *
 * @module
 */
import { answer, fail } from "../kit/FakeProvider.ts"
import {
  both,
  cooling,
  failed,
  good,
  invalid,
  limited,
  overloaded,
  parked,
  type Row,
  type Seconds,
  unavailable
} from "./Row.ts"
import { busy, echo, inSeconds, limitedUntil, notReady, refuse } from "./scripts.ts"

const quota = unavailable(503, "provider_error", "upstream_quota_exhausted")

/** A refusal that says when to come back in `headers`; where it does not, that is in a second. */
const waits = (
  id: Row["id"],
  what: string,
  headers: () => Readonly<Record<string, string>>,
  retryAfter?: Seconds,
  seconds: Seconds = retryAfter ?? 1
): Row => ({
  id,
  what,
  script: limitedUntil(headers),
  held: cooling(seconds),
  ...both(limited(retryAfter))
})

/** A refusal with nothing but a status. */
const plain = (
  id: Row["id"],
  code: number,
  seen: ReturnType<typeof failed>,
  more: Pick<Row, "asks" | "rescue" | "held"> = {}
): Row => ({ id, what: `status ${code}`, script: refuse(code), ...more, ...both(seen) })

/** U9 to U23. */
export const refusalRows: ReadonlyArray<Row> = [
  waits("U9", "429 with Retry-After in seconds", () => ({ "retry-after": "7" }), 7),
  waits("U9", "429 that does not say when", () => ({})),
  waits(
    "U10",
    "Retry-After as a date",
    () => ({ "retry-after": inSeconds(90).toUTCString() }),
    [80, 90]
  ),
  waits(
    "U10",
    "Retry-After as a date that is past",
    () => ({ "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }),
    0,
    1
  ),
  waits("U10", "retry-after-ms", () => ({ "retry-after-ms": "1500" }), 2),
  waits(
    "U11",
    "the longest of the spent limits",
    () => ({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "6m0s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "12ms"
    }),
    360
  ),
  waits(
    "U11",
    "a limit that is not spent says nothing",
    () => ({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "12ms",
      "x-ratelimit-remaining-tokens": "10",
      "x-ratelimit-reset-tokens": "6m0s"
    }),
    1
  ),
  waits("U11", "Azure's -1", () => ({
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "-1"
  })),
  waits(
    "U12",
    "Anthropic's times",
    () => ({
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": inSeconds(30).toISOString(),
      "anthropic-ratelimit-tokens-remaining": "40000",
      "anthropic-ratelimit-tokens-reset": inSeconds(300).toISOString()
    }),
    [20, 30]
  ),
  {
    id: "U13",
    what: "Gemini's RetryInfo",
    dialects: ["gemini"],
    script: fail("rate_limited", { retryDelay: "46s" }),
    held: cooling(46),
    ...both(limited(46))
  },
  {
    id: "U13",
    what: "Gemini's quota by the day",
    dialects: ["gemini"],
    script: fail("quota_exhausted", { retryDelay: "9h54m" }),
    held: cooling(3600),
    ...both({ ...quota, retryAfter: 3600 })
  },
  {
    id: "U14",
    what: "no quota left",
    script: fail("quota_exhausted"),
    held: cooling(60),
    ...both(quota)
  },
  plain("U14", 402, quota, { held: cooling(60) }),
  waits("U15", "Retry-After of 30 years", () => ({ "retry-after": "1000000000" }), 3600),
  ...["1e9", "-5", "soon", "9".repeat(10_000)].map((value) =>
    waits("U15", `Retry-After "${value.slice(0, 9)}"`, () => ({ "retry-after": value }))
  ),
  { id: "U16", what: "500", script: fail("server"), asks: 2, ...both(failed("upstream_error")) },
  plain("U17", 502, failed("upstream_error"), { asks: 2 }),
  plain("U17", 503, failed("upstream_error"), { asks: 2 }),
  plain("U17", 504, failed("upstream_error"), { asks: 2 }),
  {
    id: "U18",
    what: "overloaded",
    without: { cohere: "it has no words for it: its 503 is a failure like any other" },
    script: busy,
    ...both(overloaded(5))
  },
  plain("U18", 529, overloaded()),
  {
    id: "U18",
    what: "Bedrock's 429 of a model that is not ready",
    dialects: ["bedrock"],
    script: notReady,
    ...both(overloaded(5))
  },
  {
    id: "U19",
    what: "our key is not taken",
    script: fail("auth"),
    held: parked,
    ...both(failed("upstream_auth_failed"))
  },
  plain("U19", 401, failed("upstream_auth_failed"), { held: parked }),
  plain("U19", 403, failed("upstream_auth_failed"), { held: parked }),
  {
    id: "U20",
    what: "no such model",
    script: fail("not_found"),
    ...both(failed("upstream_model_not_found"))
  },
  plain("U20", 404, failed("upstream_model_not_found")),
  {
    id: "U21",
    what: "too long for the model",
    script: fail("context_length"),
    rescue: "larger window",
    ...both(invalid(400, "context_length_exceeded"))
  },
  {
    id: "U22",
    what: "the prompt is blocked",
    script: fail("filtered"),
    rescue: "nobody",
    ...both(invalid(400, "content_filter"))
  },
  {
    id: "U22",
    what: "the answer is blocked",
    script: answer({ finish: "content_filter" }),
    ...both(good(undefined, "content_filter"))
  },
  {
    id: "U23",
    what: "a bad request, in the provider's own words",
    script: fail("bad_request"),
    rescue: "nobody",
    ...both(invalid(400, "upstream_rejected_request"))
  },
  plain("U23", 413, invalid(413, "upstream_rejected_request"), { rescue: "nobody" }),
  plain("U23", 422, invalid(422, "upstream_rejected_request"), { rescue: "nobody" }),
  plain("U23", 418, invalid(400, "upstream_rejected_request"), { rescue: "nobody" }),
  ...(["fake", "own"] as const).flatMap((at): ReadonlyArray<Row> => {
    const key = at === "own" ? "our key, which looks like none" : "our key"
    return [
      {
        id: "U16",
        what: `500 that repeats ${key}`,
        at,
        script: echo("server"),
        asks: 2,
        ...both(failed("upstream_error"))
      },
      {
        id: "U19",
        what: `a refusal of ${key} that repeats it`,
        at,
        script: echo("auth"),
        held: parked,
        ...both(failed("upstream_auth_failed"))
      },
      {
        id: "U23",
        what: `a refusal that repeats ${key}`,
        at,
        script: echo("bad_request"),
        rescue: "nobody",
        ...both(invalid(400, "upstream_rejected_request"))
      }
    ]
  })
]
