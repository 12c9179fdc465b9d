import { assertEquals } from "@std/assert"
import * as Slots from "../../src/actor/Slots.ts"

Deno.test("what was entered is there until it is removed, and its slot is used again", () => {
  const slots = Slots.make<{ readonly name: string }>()
  const [a, b, c] = [{ name: "a" }, { name: "b" }, { name: "c" }]
  const first = slots.add(a)
  slots.add(b)
  assertEquals([...slots], [a, b])
  assertEquals(slots.remove(first, a), true)
  assertEquals([...slots], [b])
  assertEquals(slots.add(c), first)
  assertEquals([...slots], [c, b])
  assertEquals(slots.size(), 2)
})

Deno.test("removing twice does not remove who has the slot now", () => {
  const slots = Slots.make<{ readonly name: string }>()
  const [a, b] = [{ name: "a" }, { name: "b" }]
  const slot = slots.add(a)
  slots.remove(slot, a)
  assertEquals(slots.add(b), slot)
  assertEquals(slots.remove(slot, a), false)
  assertEquals([...slots], [b])
  assertEquals(slots.size(), 1)
})

Deno.test("some may leave while all are gone through", () => {
  const slots = Slots.make<{ readonly name: string }>()
  const places = ["a", "b", "c"].map((name) => {
    const item = { name }
    return { item, slot: slots.add(item) }
  })
  const seen: Array<string> = []
  for (const { name } of slots) {
    seen.push(name)
    for (const { item, slot } of places) slots.remove(slot, item)
  }
  assertEquals(seen, ["a"])
  assertEquals(slots.size(), 0)
})
