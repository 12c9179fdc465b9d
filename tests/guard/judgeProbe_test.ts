import { assertEquals } from "@std/assert"
import { judgeProbe, type Probe } from "../../src/guard/judgeProbe.ts"
import type { Record } from "../../src/guard/ModelHealth.ts"

const unknown: Record = {
  health: "unknown",
  responseTimeMs: undefined,
  lastCheck: undefined,
  lastAt: undefined,
  errorRate: 0
}
const asked = (health: Record["health"], lastCheck: number, lastAt = lastCheck): Record => ({
  ...unknown,
  health,
  lastCheck,
  lastAt
})
const well: Probe = { checkedAt: 100, checkedAtMonotonic: 100, ok: true, failures: 0 }
const failing = (failures: number): Probe => ({
  checkedAt: 100,
  checkedAtMonotonic: 100,
  ok: false,
  reason: "it is gone",
  failures
})

/** The health, the time and the reason that are told. */
const told = (record: Record, probe: Probe) => {
  const { health, lastCheck, reason } = judgeProbe(record, probe, 3)
  return [health, lastCheck, reason]
}
const reason = "Its provider failed the last check: it is gone"

Deno.test("before the first check a record stands alone", () => {
  const none: Probe = {
    checkedAt: undefined,
    checkedAtMonotonic: undefined,
    ok: undefined,
    failures: 0
  }
  assertEquals(told(unknown, none), ["unknown", undefined, undefined])
  assertEquals(told(asked("degraded", 7), none), ["degraded", 7, undefined])
})

Deno.test("real traffic since the check says more than the check", () => {
  for (const at of [100, 101]) {
    assertEquals(told(asked("healthy", at), failing(9)), ["healthy", at, undefined])
    assertEquals(told(asked("unhealthy", at), well), ["unhealthy", at, undefined])
  }
})

Deno.test("a failed check makes a model degraded, and unhealthy at the threshold", () => {
  assertEquals(told(unknown, failing(1)), ["degraded", 100, reason])
  assertEquals(told(asked("healthy", 99), failing(2)), ["degraded", 100, reason])
  assertEquals(told(asked("unhealthy", 99), failing(1)), ["unhealthy", 100, reason])
  assertEquals(told(unknown, failing(3)), ["unhealthy", 100, reason])
  assertEquals(told(asked("healthy", 99), failing(4)), ["unhealthy", 100, reason])
})

Deno.test("a check that went well makes healthy what is unknown, and mends no record", () => {
  assertEquals(told(unknown, well), ["healthy", 100, undefined])
  assertEquals(told(asked("degraded", 99), well), ["degraded", 100, undefined])
  assertEquals(told(asked("unhealthy", 99), well), ["unhealthy", 100, undefined])
})

Deno.test("a check that told nothing is no more than a time", () => {
  const vague: Probe = { ...well, ok: undefined, reason: "no list" }
  assertEquals(told(unknown, vague), ["unknown", 100, undefined])
  assertEquals(told(asked("healthy", 1), vague), ["healthy", 100, undefined])
})

Deno.test("what came first is told by the clock that is never set", () => {
  // Set back by an hour before the check, and set on by one.
  assertEquals(told(asked("healthy", 3_600_100, 99), failing(3)), ["unhealthy", 100, reason])
  assertEquals(told(asked("healthy", 7, 101), failing(3)), ["healthy", 7, undefined])
})
