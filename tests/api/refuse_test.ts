import { assertEquals } from "@std/assert"
import { overloaded } from "../../src/api/refuse.ts"
import { failure } from "../../src/api/respond.ts"

Deno.test("who is turned away is told to come back after 1 to 3 s, each of them by some", () => {
  const told = new Map<string | null, number>()
  for (let at = 0; at < 1000; at++) {
    const seconds = failure(overloaded(at / 1000), "req_1").headers.get("retry-after")
    told.set(seconds, (told.get(seconds) ?? 0) + 1)
  }
  assertEquals(Array.from(told.keys()).sort(), ["1", "2", "3"])
  for (const count of told.values()) assertEquals(count > 150, true, String(Array.from(told)))
})
