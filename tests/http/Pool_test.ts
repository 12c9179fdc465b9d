import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Line } from "../../src/http/Line.ts"
import * as Pool from "../../src/http/Pool.ts"
import { law } from "../kit/effect.ts"

/** A line to nobody, that can be told apart. */
interface Fake extends Line {
  readonly name: string
  /** How often it was closed. */
  readonly closed: () => number
}

const line = (name: string): Fake => {
  let closed = 0
  return {
    name,
    closed: () => closed,
    close: () => closed++,
    ask: () => {
      throw new Error("A pool asks nothing")
    }
  }
}

const origin = "https://h"

/** A pool whose clock is moved by hand. */
const pooled = () => {
  const clock = { now: 5 }
  const pool = Pool.make(() => clock.now)
  const keeper = pool.keeper(origin)
  const keep = (name: string, keepMs?: number): Fake => {
    const made = line(name)
    keeper.idle(made, keepMs)
    return made
  }
  return { clock, pool, keeper, keep }
}

Deno.test("the line that was used last is taken first, and once", () => {
  const { pool, keep } = pooled()
  const [one, two, three] = [keep("1"), keep("2"), keep("3")]
  assertEquals(pool.size(), 3)
  assertEquals([1, 2, 3, 4].map(() => pool.take(origin)), [three, two, one, undefined])
  assertEquals([pool.size(), one.closed()], [0, 0])
})

Deno.test("a line is taken only for the origin that it goes to", () => {
  const { pool, keep } = pooled()
  const mine = keep("mine")
  const other = line("other")
  pool.keeper("https://h:8443").idle(other, undefined)
  assertEquals([pool.take("http://h"), pool.take("https://H"), pool.size()], [
    undefined,
    undefined,
    2
  ])
  assertEquals([pool.take("https://h:8443"), pool.take(origin)], [other, mine])
})

Deno.test("keepers of one origin keep for each other", () => {
  const { pool, keep } = pooled()
  const mine = keep("mine")
  pool.keeper(origin).lost(mine)
  assertEquals([pool.size(), pool.take(origin)], [0, undefined])
})

Deno.test("a line is kept for a minute, however long its server would keep it", () => {
  for (const keepMs of [undefined, 61_000, 90_000, 999_999_000]) {
    for (const [later, isThere] of [[59_999, true], [60_000, false], [1e9, false]] as const) {
      const { clock, pool, keep } = pooled()
      const mine = keep("mine", keepMs)
      clock.now += later
      assertEquals([keepMs, later, pool.take(origin)], [keepMs, later, isThere ? mine : undefined])
      assertEquals([mine.closed(), pool.size()], [isThere ? 0 : 1, 0])
    }
  }
})

Deno.test("a line is left a second before its server closes it", () => {
  const { clock, pool, keep } = pooled()
  const [one, two] = [keep("1", 5000), keep("2", 5000)]
  clock.now += 3999
  assertEquals(pool.take(origin), two)
  clock.now += 1
  assertEquals([pool.take(origin), one.closed(), two.closed()], [undefined, 1, 0])
})

Deno.test("a line whose server keeps it for no longer than that is closed at once", () => {
  for (const keepMs of [0, 1, 1000, -5]) {
    const { pool, keep } = pooled()
    assertEquals([keepMs, keep("1", keepMs).closed(), pool.size()], [keepMs, 1, 0])
  }
  const { pool, keep } = pooled()
  assertEquals([keep("1", 1001).closed(), pool.size()], [0, 1])
})

Deno.test("behind one that is late another may stand that is not", () => {
  const { clock, pool, keep } = pooled()
  const [long, brief] = [keep("long"), keep("brief", 3000)]
  clock.now += 2000
  assertEquals([pool.take(origin), brief.closed(), long.closed()], [long, 1, 0])
})

Deno.test("256 lines are kept for one origin; the oldest is closed for the next", () => {
  const { pool, keep } = pooled()
  const all = Array.from({ length: 300 }, (_, nth) => keep(String(nth)))
  assertEquals(pool.size(), 256)
  assertEquals(all.map((line) => line.closed()), all.map((_, nth) => nth < 44 ? 1 : 0))
  const other = line("other")
  pool.keeper("http://other").idle(other, undefined)
  assertEquals([pool.size(), other.closed()], [257, 0])
})

Deno.test("a line that its server ended is kept no more; it is not for the pool to close it", () => {
  const { pool, keeper, keep } = pooled()
  const [one, two, three] = [keep("1"), keep("2"), keep("3")]
  keeper.lost(two)
  keeper.lost(two)
  keeper.lost(line("never kept"))
  assertEquals([pool.size(), pool.take(origin), pool.take(origin)], [2, three, one])
  assertEquals(two.closed(), 0)
})

Deno.test("a sweep closes what is late, once, and leaves the rest in its order", () => {
  const { clock, pool, keep } = pooled()
  const all = [keep("1", 2000), keep("2"), keep("3", 2500), keep("4"), keep("5", 2000)]
  pool.sweep()
  assertEquals(pool.size(), 5)
  clock.now += 1500
  pool.sweep()
  pool.sweep()
  assertEquals(all.map((line) => line.closed()), [1, 0, 1, 0, 1])
  assertEquals([pool.take(origin), pool.take(origin), pool.take(origin)], [
    all[3],
    all[1],
    undefined
  ])
})

Deno.test("a pool that was closed keeps nothing, then and from then on", () => {
  const { pool, keeper, keep } = pooled()
  const [one, two] = [keep("1"), keep("2")]
  const taken = pool.take(origin)
  pool.close()
  assertEquals([taken, one.closed(), two.closed(), pool.size()], [two, 1, 0, 0])
  // It was in use, and is idle only now.
  keeper.idle(two, undefined)
  pool.keeper("http://new").idle(one, 90_000)
  assertEquals([two.closed(), one.closed(), pool.size()], [1, 2, 0])
  assertEquals([pool.take(origin), pool.take("http://new")], [undefined, undefined])
  pool.sweep()
  pool.close()
  assertEquals([one.closed(), two.closed()], [2, 1])
})

const Step = Schema.Struct({
  what: Schema.Literals(["idle", "idle", "idle", "take", "lost", "sweep", "wait"]),
  which: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 })),
  ms: Schema.Literals([500, 1000, 1500, 30_000, 60_000, 90_000])
})

law(
  "whatever happens in which order, a line is in one place: taken, kept, lost, or closed once",
  Schema.Array(Step),
  (steps) => {
    const clock = { now: 0 }
    const pool = Pool.make(() => clock.now)
    const origins = ["http://a", "https://a", "http://b"]
    const keepers = origins.map((origin) => pool.keeper(origin))
    const expected = origins.map((): Array<{ line: Fake; untilMs: number }> => [])
    const all: Array<Fake> = []
    const gone = new Set<Fake>()
    for (const { what, which, ms } of steps) {
      const kept = expected[which] ?? []
      const isLate = ({ untilMs }: { untilMs: number }) => untilMs <= clock.now
      if (what === "wait") clock.now += ms
      else if (what === "idle") {
        const made = line(String(all.length))
        all.push(made)
        keepers[which]?.idle(made, ms)
        if (ms > 1000) kept.push({ line: made, untilMs: clock.now + Math.min(ms - 1000, 60_000) })
      } else if (what === "take") {
        const at = kept.findLastIndex((idle) => !isLate(idle))
        const found = at < 0 ? undefined : kept[at]?.line
        kept.length = Math.max(at, 0)
        assertEquals(pool.take(origins[which] ?? ""), found)
        if (found) gone.add(found)
      } else if (what === "lost") {
        const [first] = kept
        if (first === undefined) continue
        keepers[which]?.lost(first.line)
        gone.add(first.line)
        kept.shift()
      } else {
        pool.sweep()
        for (const [at, kept] of expected.entries()) {
          expected[at] = kept.filter((idle) => !isLate(idle))
        }
      }
      const open = new Set([...gone, ...expected.flat().map(({ line }) => line)])
      assertEquals(pool.size(), expected.flat().length)
      assertEquals(all.map((line) => line.closed()), all.map((line) => open.has(line) ? 0 : 1))
    }
    return true
  }
)
