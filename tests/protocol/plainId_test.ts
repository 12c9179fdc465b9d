import { assert, assertEquals, assertNotEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { isPlainId, plainId } from "../../src/protocol/plainId.ts"
import { law } from "../kit/effect.ts"

Deno.test("plainId() leaves an id alone that is plain and short enough", () => {
  for (const id of ["toolu_01A", "call_x-Y_9", "x".repeat(64)]) assertEquals(plainId(id, 64), id)
  assertEquals(plainId("x".repeat(65)), "x".repeat(65))
})

Deno.test("plainId() keeps apart what differs only in what is replaced or cut off", () => {
  assertNotEquals(plainId("f.x:0"), plainId("f_x:0"))
  assertNotEquals(plainId("f.x:0"), "f_x_0")
  const long = "x".repeat(100)
  assertNotEquals(plainId(`${long}a`, 64), plainId(`${long}b`, 64))
  assertNotEquals(plainId(`a${long}`, 64), plainId(`b${long}`, 64))
  assert(plainId("functions.x:0").startsWith("functions_x_0_"))
})

law(
  "plainId() makes any id plain, always the same way",
  Schema.String,
  (id) => isPlainId(plainId(id, 64), 64) && plainId(id, 64) === plainId(id, 64)
)
