import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { type FaultClass, UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import { backoffMs, holdMs, type Rule, rules } from "../../src/guard/rules.ts"
import { law } from "../kit/effect.ts"

/** The classes whose rule `wanted` holds of. */
const where = (wanted: (rule: Rule) => boolean): ReadonlyArray<string> =>
  Object.entries(rules).filter(([, rule]) => wanted(rule)).map(([kind]) => kind).sort()

Deno.test("only what may have been a moment's fault is asked again", () => {
  assertEquals(where(({ again }) => again > 0), [
    "bad_response",
    "connect",
    "reset",
    "server",
    "stream_cut"
  ])
})

Deno.test("a provider that fell silent is never asked twice", () => {
  for (const [kind, { again }] of Object.entries(rules)) {
    if (kind.startsWith("timeout")) assertEquals(again, 0, kind)
  }
})

Deno.test("another candidate is asked but where it could not do better, or may not be", () => {
  assertEquals(where(({ next }) => next === "none"), ["bad_request", "timeout_total"])
  assertEquals(where(({ next }) => next === "larger"), ["context_length"])
  assertEquals(where(({ next }) => next === "configured"), ["filtered"])
})

Deno.test("the client's faults, a full account and our own count toward no circuit", () => {
  assertEquals(where(({ circuit }) => circuit === "neutral"), [
    "auth",
    "bad_request",
    "busy",
    "context_length",
    "crashed",
    "down",
    "filtered",
    "not_found",
    "quota_exhausted",
    "rate_limited"
  ])
})

Deno.test("without quota a deployment is left alone, with a wrong key the credential", () => {
  assertEquals(where(({ hold }) => hold === "deployment"), ["quota_exhausted", "rate_limited"])
  assertEquals(where(({ hold }) => hold === "credential"), ["auth"])
})

Deno.test("a wait is worth taking where it is for capacity", () => {
  assertEquals(where(({ waits }) => waits), ["overloaded", "rate_limited"])
})

Deno.test("a backoff doubles from 100 ms to 2 s, and is at least half of it", () => {
  const attempts = [1, 2, 3, 4, 5, 6, 5000]
  assertEquals(attempts.map((attempt) => backoffMs(attempt, 1)), [
    100,
    200,
    400,
    800,
    1600,
    2000,
    2000
  ])
  assertEquals(attempts.map((attempt) => backoffMs(attempt, 0)), [
    50,
    100,
    200,
    400,
    800,
    1000,
    1000
  ])
  assertEquals(backoffMs(1, 0.5), 75)
})

const held = (kind: FaultClass, retryAfterMs?: number) =>
  holdMs(new UpstreamFault({ class: kind, message: "", retryAfterMs }))

Deno.test("a deployment is left alone for as long as the provider says", () => {
  assertEquals(held("rate_limited", 2500), 2500)
  assertEquals(held("quota_exhausted", 2500), 2500)
  assertEquals(held("overloaded", 2500), 2500)
})

Deno.test("where the provider does not say, it is a second, or a minute without quota", () => {
  assertEquals([held("rate_limited"), held("quota_exhausted"), held("server")], [1000, 60_000, 0])
})

law(
  "whatever a provider says, it is left alone for a moment at least, and an hour at most",
  Schema.Number,
  (retryAfterMs) => {
    const ms = held("rate_limited", retryAfterMs)
    assert(ms >= 100 && ms <= 3_600_000, `${ms}`)
    if (retryAfterMs >= 100 && retryAfterMs <= 3_600_000) assertEquals(ms, retryAfterMs)
    return true
  }
)
