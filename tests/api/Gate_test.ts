import { assertEquals } from "@std/assert"
import * as Gate from "../../src/api/Gate.ts"

/** How many of `count` requests of `caller` are let in. */
const entered = (gate: Gate.Gate, caller: string, count: number) =>
  Array.from({ length: count }, () => gate.enter(caller)).filter((isIn) => isIn).length

Deno.test("one caller holds at most half of the places, and others the rest", () => {
  for (const [places, half] of [[1, 1], [2, 1], [3, 2], [10, 5], [4096, 2048]] as const) {
    const gate = Gate.make(places)
    assertEquals(entered(gate, "flood", places + 1), half)
    assertEquals(entered(gate, "other", places), places - half)
    assertEquals(entered(gate, "third", 1), 0)
  }
})

Deno.test("a place that is given back can be taken again, by anybody", () => {
  const gate = Gate.make(4)
  entered(gate, "a", 2)
  entered(gate, "b", 2)
  gate.leave("a")
  assertEquals([entered(gate, "b", 1), entered(gate, "c", 2), entered(gate, "a", 1)], [0, 1, 0])
  gate.leave("b")
  assertEquals(entered(gate, "a", 2), 1)
})

Deno.test("callers who come and go leave nothing behind that counts", () => {
  const gate = Gate.make(2)
  for (let round = 0; round < 3; round++) {
    for (let caller = 0; caller < 3000; caller++) {
      assertEquals(gate.enter(`jwt:${caller}`), true)
      gate.leave(`jwt:${caller}`)
    }
  }
  assertEquals([entered(gate, "a", 2), entered(gate, "b", 2)], [1, 1])
})
