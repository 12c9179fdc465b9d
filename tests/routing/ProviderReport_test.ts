import { assertEquals } from "@std/assert"
import type { ProviderHealth } from "../../src/provider/ProviderHealth.ts"
import { unchecked } from "../../src/provider/ProviderHealth.ts"
import { providerReports } from "../../src/routing/ProviderReport.ts"
import { type FakeActor, fakeActor } from "./FakeActor.ts"

const failed = (ok: false | undefined, failures: number): ProviderHealth => ({
  checkedAt: 5,
  checkedAtMonotonic: 5,
  ok,
  reason: "no",
  failures
})

const reportOf = (changes: Partial<FakeActor>) => {
  const [report] = providerReports([{ ...fakeActor("own"), ...changes }], 3)
  return report
}
const healthOf = (health: ProviderHealth, answers = 0) => {
  const report = reportOf({ health: () => health, answers: () => answers })
  return [report?.health, report?.reason]
}

Deno.test("a provider is as its checks and answers show it", () => {
  assertEquals(healthOf(unchecked), ["unknown", undefined])
  assertEquals(healthOf({ ...failed(false, 0), ok: true, reason: undefined }), [
    "healthy",
    undefined
  ])
  assertEquals(healthOf(failed(false, 2)), ["degraded", "no"])
  assertEquals(healthOf(failed(false, 3)), ["unhealthy", "no"])
  assertEquals(reportOf({ isRunning: () => false })?.health, "unhealthy")
})

Deno.test("one that has no list and never answered may be at another address", () => {
  assertEquals(healthOf(failed(undefined, 0)), ["degraded", "no"])
  assertEquals(healthOf(failed(undefined, 0), 1), ["unknown", "no"])
})

Deno.test("who cannot be called, and a server that nobody set up or saw, is not told of", () => {
  const { settings } = fakeActor("own")
  const found = { ...settings, explicit: false }
  const out = { ready: false, reason: "not_configured", message: "no key" } as const
  assertEquals(reportOf({ settings: { ...settings, readiness: out } }), undefined)
  assertEquals(reportOf({ settings: found }), undefined)
  assertEquals(reportOf({ settings: found, answers: () => 1 })?.id, "own")
  const seen = fakeActor("own")
  seen.discover("a", "b")
  assertEquals(reportOf({ settings: found, discovered: seen.discovered })?.listed, 2)
})
