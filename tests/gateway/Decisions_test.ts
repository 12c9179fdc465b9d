import { assertEquals } from "@std/assert"
import type { Decision } from "../../src/gateway/Decision.ts"
import * as Decisions from "../../src/gateway/Decisions.ts"

const decision = (id: string, at: number): Decision => ({
  id,
  at,
  caller: "tester",
  model: "near",
  streamed: false,
  strategy: "round_robin",
  version: 0,
  candidates: [],
  attempts: [],
  outcome: "answered",
  durationMs: 1,
  standing: undefined
})

Deno.test("the latest are kept, and the newest of one id is found", () => {
  const kept = Decisions.make(3)
  assertEquals(kept.find("a"), undefined)
  for (const [at, id] of ["a", "b", "a", "c"].entries()) kept.keep(decision(id, at))
  assertEquals(kept.find("a")?.at, 2)
  assertEquals(kept.find("b")?.at, 1)
  assertEquals(kept.find("c")?.at, 3)
  kept.keep(decision("d", 4))
  assertEquals(kept.find("b"), undefined)
  assertEquals([kept.find("a")?.at, kept.find("d")?.at], [2, 4])
})
