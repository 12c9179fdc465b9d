import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as BodyWatch from "../../src/api/BodyWatch.ts"
import { test } from "../kit/effect.ts"

test("a body that takes too long is given up once, and one that came in time is not", () =>
  Effect.gen(function* () {
    const { begin } = yield* BodyWatch.make(30_000)
    const gaveUp: Array<string> = []
    begin(() => void gaveUp.push("slow"))
    const end = begin(() => void gaveUp.push("quick"))
    yield* TestClock.adjust(10_500)
    begin(() => void gaveUp.push("later"))
    yield* TestClock.adjust(19_499)
    assertEquals(gaveUp, [])
    end()
    yield* TestClock.adjust(1001)
    assertEquals(gaveUp, ["slow"])
    yield* TestClock.adjust(10_500)
    assertEquals(gaveUp, ["slow", "later"])
    yield* TestClock.adjust(100_000)
    assertEquals(gaveUp, ["slow", "later"])
  }))
