import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert"
import * as Schema from "effect/Schema"
import {
  make,
  sliceMs,
  type SlidingWindow,
  windowMs
} from "../../../src/guard/limits/SlidingWindow.ts"
import { law } from "../../kit/effect.ts"

/** Times apart at which something changes, or nearly does. */
const Wait = Schema.Union([
  Schema.Literals([0, 0, 1, 499, 500, 501, 29_999, 59_499, 59_500, 59_999]),
  Schema.Literals([60_000, 60_001, 60_499, 60_500, 60_501, 121_000]),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 }))
])

const Amount = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 }))

/** After `wait`, `amount` is asked for, and what was added `which` steps ago is put right. */
const Step = Schema.Struct({
  wait: Wait,
  amount: Amount,
  which: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
  used: Amount
})

const Steps = Schema.Array(Step).check(Schema.isMinLength(20), Schema.isMaxLength(60))

const limit = 20

/** An amount, in the log that says what a window has to know. */
interface Entry {
  readonly at: number
  readonly slice: number
  readonly reserved: number
  amount: number
  settled: boolean
}

const sum = (entries: ReadonlyArray<Entry>) =>
  entries.reduce((total, { amount }) => total + amount, 0)

/** All that was added less than `age` before `now`. */
const youngerThan = (entries: ReadonlyArray<Entry>, now: number, age: number) =>
  sum(entries.filter(({ at }) => now - at < age))

/** Lets a window and a log go through `steps`, and looks at both after each. */
const walk = (
  steps: ReadonlyArray<typeof Step.Type>,
  look: (window: SlidingWindow, log: ReadonlyArray<Entry>, now: number) => void = () => {}
) => {
  const window = make()
  const log: Array<Entry> = []
  let now = 0
  for (const { wait, amount, which, used } of steps) {
    now += wait
    if (window.roomAfterMs(now, limit, amount) === 0) {
      const slice = window.add(now, amount)
      log.push({ at: now, slice, reserved: amount, amount, settled: false })
    }
    const entry = log.at(-1 - which)
    if (entry && !entry.settled) {
      window.correct(now, entry.slice, used - entry.amount)
      entry.settled = true
      if (used > entry.amount) {
        const over = used - entry.amount
        log.push({ at: now, slice: -1, reserved: 0, amount: over, settled: true })
      } else entry.amount = used
    }
    look(window, log, now)
  }
  return { window, log, now }
}

law(
  "used() counts all of the last minute, and nothing for half a second longer",
  Steps,
  (steps) => {
    walk(steps, (window, log, now) => {
      const used = window.used(now)
      assertLessOrEqual(youngerThan(log, now, windowMs + 1), used)
      assertLessOrEqual(used, youngerThan(log, now, windowMs + sliceMs))
    })
    return true
  }
)

law("in no minute, wherever it begins, is more admitted than the limit", Steps, (steps) => {
  const { log } = walk(steps)
  for (const first of log) {
    const minute = log.filter(({ at }) => at >= first.at && at - first.at <= windowMs)
    const admitted = minute.reduce(
      (total, { amount, reserved }) => total + Math.min(amount, reserved),
      0
    )
    assertLessOrEqual(admitted, limit)
  }
  return true
})

law(
  "roomAfterMs() is the first moment at which there is room",
  Schema.Struct({ steps: Steps, amount: Amount }),
  ({ steps, amount }) => {
    const { window, now } = walk(steps)
    const wait = window.roomAfterMs(now, limit, amount)
    if (wait > 0) assertGreater(window.roomAfterMs(now + wait - 1, limit, amount), 0)
    assertEquals(window.roomAfterMs(now + wait, limit, amount), 0)
    return true
  }
)

law("emptyAfterMs() is the first moment at which nothing is left", Steps, (steps) => {
  const { window, now } = walk(steps)
  const wait = window.emptyAfterMs(now)
  if (wait > 0) assertGreater(window.used(now + wait - 1), 0)
  assertEquals(window.used(now + wait), 0)
  return true
})

law(
  "a clock that goes back adds no room",
  Schema.Struct({ steps: Steps, back: Wait, amount: Amount }),
  ({ steps, back, amount }) => {
    const { window, now } = walk(steps)
    const used = window.used(now)
    const wait = window.roomAfterMs(now, limit, amount)
    assertEquals(window.used(now - back), used)
    assertEquals(window.roomAfterMs(now - back, limit, amount), wait && wait + back)
    // What is added then counts as long as what is added now.
    window.add(now - back, amount)
    assertEquals(window.used(now + windowMs) >= amount, true)
    return true
  }
)

Deno.test("what is more than the limit never fits", () => {
  assertEquals(make().roomAfterMs(0, 10, 11), Infinity)
  assertEquals(make().roomAfterMs(1234, 10, 10), 0)
})

Deno.test("an amount is forgotten with its slice, when all of it is older than a minute", () => {
  const window = make()
  window.add(1499, 7)
  assertEquals(window.used(1499 + windowMs), 7)
  assertEquals(window.used(1500 + windowMs - 1), 7)
  assertEquals(window.used(1500 + windowMs), 0)
})

Deno.test("what was given back makes room at once, and what was used besides takes it from now on", () => {
  const window = make()
  const slice = window.add(0, 10)
  window.correct(30_000, slice, -8)
  assertEquals([window.used(30_000), window.roomAfterMs(30_000, 10, 8)], [2, 0])
  window.correct(40_000, slice, 20)
  assertEquals(window.used(40_000), 22)
  assertEquals(window.emptyAfterMs(40_000), windowMs + sliceMs)
  assertEquals(window.used(60_500), 20)
})

Deno.test("what is forgotten cannot be given back again", () => {
  const window = make()
  const slice = window.add(0, 10)
  window.add(50_000, 3)
  window.correct(60_500, slice, -10)
  assertEquals(window.used(60_500), 3)
  const later = make()
  const old = later.add(0, 10)
  later.add(1_000_000, 4)
  later.correct(1_000_000, old, -10)
  assertEquals(later.used(1_000_000), 4)
})

Deno.test("a long silence leaves nothing behind", () => {
  const window = make()
  for (let at = 0; at < 60_000; at += 250) window.add(at, 1)
  assertEquals(window.used(60_000), 240)
  assertEquals(window.used(10_000_000), 0)
  window.add(10_000_000, 1)
  assert(window.used(10_060_000) === 1 && window.used(10_060_500) === 0)
})
