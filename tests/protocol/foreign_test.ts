import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { among, besides, passable } from "../../src/protocol/foreign.ts"
import { law } from "../kit/effect.ts"

const nested = (depth: number): unknown =>
  JSON.parse(`${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`)

Deno.test("what is nested too deep to be written again is not passed on", () => {
  assertEquals(passable(nested(200)) === undefined, false)
  assertEquals(passable(nested(202)), undefined)
  assertEquals(passable({ a: nested(200) }), undefined)
  assertEquals(passable(nested(200_000)), undefined)
  assertEquals(besides({ deep: nested(200_000) }, new Set()), undefined)
})

Deno.test("only objects are passed on", () => {
  for (const value of [undefined, null, 1, "a", [], [{}]]) assertEquals(passable(value), undefined)
})

const Names = Schema.Array(Schema.Literals(["a", "b", "c"]))

law(
  "what is known and what is beside it are all that is said, in its order",
  Schema.Tuple([Schema.Record(Schema.Literals(["a", "b", "c"]), Schema.Json), Names]),
  ([fields, names]) => {
    const known = new Set<string>(names)
    const said = Object.entries(fields).filter(([, value]) => value !== null)
    const both = Object.entries({ ...among(fields, known), ...besides(fields, known) })
    assertEquals(Object.fromEntries(both), Object.fromEntries(said))
    assertEquals(
      Object.keys(besides(fields, known) ?? {}),
      said.map(([key]) => key).filter((key) => !known.has(key))
    )
    return besides(fields, new Set(["a", "b", "c"])) === undefined
  }
)

Deno.test("a key of any name is a field like others", () => {
  const fields = JSON.parse('{"__proto__":{"polluted":true},"a":null}')
  assertEquals(JSON.stringify(besides(fields, new Set())), '{"__proto__":{"polluted":true}}')
})
