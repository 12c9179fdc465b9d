import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { array, count, index, object, parse, string } from "../../src/protocol/json.ts"
import { law } from "../kit/effect.ts"

const values: ReadonlyArray<unknown> = [undefined, null, true, 0, 1.5, "", "a", [], [1], {}, {
  a: 1
}]

const only = (name: string, look: (value: unknown) => unknown, taken: ReadonlyArray<unknown>) =>
  Deno.test(`${name}() takes a value for nothing that it is not`, () => {
    for (const value of values) {
      const expected = taken.includes(value) ? value : name === "array" ? [] : undefined
      assertEquals(look(value), expected)
    }
  })

only("object", object, values.slice(9))
only("array", array, values.slice(7, 9))
only("string", string, ["", "a"])
only("count", count, [0])
only("index", index, [0])

Deno.test("count() and index() take whole numbers within their bounds only", () => {
  const numbers = [-1, -0.5, 0.5, NaN, Infinity, 1001, 1e9, 1e9 + 1]
  assertEquals(numbers.filter((number) => count(number) !== undefined), [1001, 1e9])
  assertEquals([1000, 1001, -1, 0.5].filter((number) => index(number) !== undefined), [1000])
})

law("parse() reads what was written as JSON", Schema.Json, (value) => {
  assertEquals(parse(JSON.stringify(value)), JSON.parse(JSON.stringify(value)))
  return true
})

law("parse() never throws", Schema.String, (text) => {
  parse(text)
  return true
})

Deno.test("parse() has nothing for what is not JSON, or was cut", () => {
  for (const text of ["", " ", "{", `{"a":1`, "undefined", "NaN", "'a'", "<html>", `{"a":1}}`]) {
    assertEquals(parse(text), undefined)
  }
})
