import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { type FairQueue, make } from "../../src/actor/FairQueue.ts"
import { law } from "../kit/effect.ts"

/** Offers so many items to a lane; each is called by its lane and its number. */
const flood = (queue: FairQueue<string>, lane: string, count: number) =>
  Array.from({ length: count }, (_, at) => queue.offer(lane, `${lane}${at}`))

const takeAll = (queue: FairQueue<string>) => {
  const all: Array<string> = []
  for (let next = queue.take(); next !== undefined; next = queue.take()) all.push(next)
  return all
}

Deno.test("a lane is first in, first out, and lanes take turns", () => {
  const queue = make<string>(10)
  flood(queue, "a", 3)
  flood(queue, "b", 1)
  flood(queue, "c", 2)
  assertEquals(takeAll(queue), ["a0", "b0", "c0", "a1", "c1", "a2"])
  assertEquals(queue.size(), 0)
})

law(
  "one lane with a thousand waiting delays another by one turn, wherever the turns stand",
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 998 })),
  (before) => {
    const queue = make<string>(2000)
    flood(queue, "flood", 1000)
    for (let taken = 0; taken < before; taken++) queue.take()
    queue.offer("other", "x")
    return queue.take() === "x" || queue.take() === "x"
  }
)

Deno.test("a full queue refuses the lane that filled it", () => {
  const queue = make<string>(3)
  assertEquals(flood(queue, "a", 4).map(({ _tag }) => _tag), ["In", "In", "In", "Full"])
  assertEquals(takeAll(queue), ["a0", "a1", "a2"])
})

Deno.test("the newest of the longest lane makes room for a lane below its share", () => {
  const queue = make<string>(6)
  flood(queue, "a", 4)
  flood(queue, "b", 2)
  assertEquals(flood(queue, "c", 3), [
    { _tag: "Displaced", item: "a3" },
    { _tag: "Displaced", item: "a2" },
    { _tag: "Full" }
  ])
  assertEquals(queue.offer("a", "late"), { _tag: "Full" })
  assertEquals(takeAll(queue), ["a0", "b0", "c0", "a1", "b1", "c1"])
})

Deno.test("with more lanes than seats, who came first stays", () => {
  const queue = make<string>(2)
  assertEquals(["a", "b", "c"].map((lane) => queue.offer(lane, lane)._tag), ["In", "In", "Full"])
  assertEquals(make<string>(0).offer("a", "x"), { _tag: "Full" })
})

Deno.test("who leaves is never taken, and a lane that is left has no turn", () => {
  const queue = make<string>(9)
  flood(queue, "a", 2)
  flood(queue, "b", 1)
  assertEquals([queue.remove("a", "a0"), queue.remove("b", "b0")], [true, true])
  assertEquals(
    [queue.remove("b", "b0"), queue.remove("a", "x"), queue.remove("never", "a1")],
    [false, false, false]
  )
  assertEquals([queue.size(), ...takeAll(queue)], [1, "a1"])
})

Deno.test("what is due leaves from the front of every lane", () => {
  const queue = make<number>(9)
  for (const [lane, item] of [["a", 1], ["a", 5], ["b", 2], ["b", 3], ["c", 9]] as const) {
    queue.offer(lane, item)
  }
  assertEquals(queue.takeDue((item) => item < 5), [1, 2, 3])
  assertEquals([queue.size(), queue.take(), queue.take(), queue.take()], [2, 5, 9, undefined])
})

Deno.test("lanes that come and go are not kept for ever, and those in use are", () => {
  const queue = make<string>(10)
  queue.offer("kept", "k0")
  for (let lane = 0; lane < 10_000; lane++) {
    queue.offer(`lane ${lane}`, "x")
    assert(queue.remove(`lane ${lane}`, "x"))
  }
  queue.offer("kept", "k1")
  assert(queue.remove("kept", "k0"))
  assertEquals(takeAll(queue), ["k1"])
})

/** What is done at each number: the likelier, the more often it stands here. */
const acts = [
  ...Array.from({ length: 10 }, () => "offer" as const),
  ...Array.from({ length: 6 }, () => "take" as const),
  "remove",
  "due",
  "clear"
] as const

const Step = Schema.Struct({
  act: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: acts.length - 1 })),
  lane: Schema.Literals(["a", "b", "c", "d", "e"])
})

law(
  "nothing is lost or comes twice, no lane has two turns while another waits, and shares hold",
  Schema.Struct({
    seats: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 })),
    steps: Schema.Array(Step).check(Schema.isMinLength(30), Schema.isMaxLength(100))
  }),
  ({ seats, steps }) => {
    const queue = make<{ lane: string; at: number }>(seats)
    /** What must be in each lane, oldest first. */
    const lanes = new Map<string, Array<{ lane: string; at: number }>>()
    /** For each lane in which somebody waits: who had a turn since its own. */
    const passed = new Map<string, Set<string>>()
    const size = () => Array.from(lanes.values()).reduce((sum, { length }) => sum + length, 0)
    const drop = (lane: string, index: number) => {
      const items = lanes.get(lane)!
      const [item] = items.splice(index, 1)
      if (items.length === 0) {
        lanes.delete(lane)
        passed.delete(lane)
      }
      return item
    }
    steps.forEach(({ act, lane }, at) => {
      switch (acts[act]) {
        case "offer": {
          const item = { lane, at }
          const held = lanes.get(lane)?.length ?? 0
          const share = Math.floor(seats / (held === 0 ? lanes.size + 1 : lanes.size))
          const isFull = size() === seats
          const offered = queue.offer(lane, item)
          if (offered._tag === "Full") return assert(isFull && held >= share)
          assertEquals(offered._tag, isFull ? "Displaced" : "In")
          if (offered._tag === "Displaced") {
            const from = offered.item.lane
            const length = lanes.get(from)!.length
            assert(length > share && length >= held + 2 && from !== lane)
            assertEquals(drop(from, length - 1), offered.item)
          }
          if (held === 0) passed.set(lane, new Set())
          lanes.set(lane, [...lanes.get(lane) ?? [], item])
          break
        }
        case "take": {
          const item = queue.take()
          if (!item) return assertEquals(size(), 0)
          assertEquals(drop(item.lane, 0), item)
          for (const [other, turns] of passed) {
            if (other === item.lane) turns.clear()
            else {
              assert(!turns.has(item.lane), `${item.lane} had two turns before ${other}`)
              turns.add(item.lane)
            }
          }
          break
        }
        case "remove": {
          const items = lanes.get(lane)
          const index = at % (items?.length ?? 1)
          const item = items?.[index] ?? { lane, at }
          assertEquals(queue.remove(lane, item), items !== undefined)
          if (items) drop(lane, index)
          break
        }
        case "due": {
          const due = queue.takeDue((item) => item.at < at - 10)
          for (const item of due) assertEquals(drop(item.lane, 0), item)
          assert(Array.from(lanes.values()).every(([first]) => first!.at >= at - 10))
          break
        }
        case "clear": {
          if (at % 3 !== 0) break
          const all = Array.from(lanes.values()).flat()
          assertEquals(new Set(queue.clear()), new Set(all))
          lanes.clear()
          passed.clear()
        }
      }
      assertEquals(queue.size(), size())
      assert(queue.size() <= seats)
    })
    return true
  }
)
