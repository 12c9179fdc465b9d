import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as TokenCache from "../../src/auth/TokenCache.ts"
import { test } from "../kit/effect.ts"

test("a TokenCache forgets the longest unused first when it is full", () =>
  Effect.sync(() => {
    const cache = TokenCache.make<number>(3)
    for (const [value, key] of ["a", "b", "c"].entries()) cache.set(key, value, 10)
    cache.get("a", 0)
    cache.set("c", 3, 10)
    cache.set("d", 4, 10)
    const kept = ["a", "b", "c", "d"].map((key) => cache.get(key, 0))
    assertEquals(kept, [0, undefined, 3, 4])
  }))

test("a TokenCache forgets at the time that was said, and not before", () =>
  Effect.sync(() => {
    const cache = TokenCache.make<number>(3)
    cache.set("a", 1, 10)
    assertEquals(cache.get("a", 9), 1)
    assertEquals(cache.get("a", 10), undefined)
    assertEquals(cache.get("a", 9), undefined)
  }))
