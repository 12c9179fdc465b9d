import { assertEquals } from "@std/assert"
import { make } from "../../../src/guard/limits/ScopeRegister.ts"

Deno.test("scopes of which nothing counts are forgotten when there are too many", () => {
  const register = make(3)
  for (const name of ["one", "two", "three"]) {
    const hold = register.begin(0, name, 5)
    hold.usage.settle(0, hold, 5)
  }
  register.begin(60_500, "four", 1)
  assertEquals(register.size(), 1)
})

Deno.test("nobody is forgotten while there is place", () => {
  const register = make(3)
  for (const name of ["one", "two"]) {
    const hold = register.begin(0, name, 5)
    hold.usage.release(0, hold)
  }
  register.begin(60_500, "three", 1)
  assertEquals(register.size(), 3)
})

Deno.test("a scope that counts is never forgotten: in the last minute, or under way", () => {
  const register = make(3)
  register.begin(0, "under way", 5)
  for (let at = 0; at < 100; at++) {
    const hold = register.begin(70_000, `recent ${at}`, 1)
    hold.usage.settle(70_000, hold, 0)
    assertEquals(register.size(), at + 2)
  }
  const counts = register.counts(70_000)
  assertEquals(counts.length, 101)
  assertEquals(counts[0], {
    scope: "under way",
    requests: 0,
    tokens: 0,
    reserved: 5,
    concurrency: 1
  })
})

Deno.test("after a crowd that counted, the register comes back to its size", () => {
  const register = make(3)
  for (let at = 0; at < 100; at++) {
    const hold = register.begin(0, `then ${at}`, 1)
    hold.usage.settle(0, hold, 1)
  }
  for (let at = 0; at < 400; at++) {
    const hold = register.begin(1_000_000 * (at + 1), `now ${at}`, 1)
    hold.usage.settle(1_000_000 * (at + 1), hold, 1)
  }
  assertEquals(register.size() <= 4, true)
})

Deno.test("to be asked about a scope does not enter it", () => {
  const register = make(3)
  assertEquals(register.of("unknown").refusal(0, { requestsPerMinute: 1 }, 1), undefined)
  assertEquals(register.of("unknown").standing(0, { requestsPerMinute: 1 }), {
    requests: { limit: 1, remaining: 1, resetMs: 0 },
    tokens: undefined
  })
  assertEquals([register.size(), register.counts(0)], [0, []])
})
