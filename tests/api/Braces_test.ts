import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import * as Braces from "../../src/api/Braces.ts"
import { law } from "../kit/effect.ts"

const isWhole = (...fragments: ReadonlyArray<string>): boolean => {
  const braces = Braces.make()
  fragments.forEach(braces.add)
  return braces.isWhole()
}

law(
  "an object is whole when its last brace is there, wherever it was cut",
  Schema.Record(
    Schema.String,
    Schema.Union([Schema.String, Schema.Array(Schema.Record(Schema.String, Schema.Finite))])
  ),
  (value) => {
    const text = JSON.stringify(value)
    for (let at = 0; at < text.length; at += Math.ceil(text.length / 20)) {
      if (isWhole(text.slice(0, at)) || !isWhole(text.slice(0, at), text.slice(at))) return false
    }
    return isWhole(` ${text}`, "\n")
  }
)

Deno.test("what is no object, or has something behind it, is never whole", () => {
  for (
    const text of ["", " ", "[]", '"{}"', "1", "null", "x{}", "{}{}", "{} x", "{]", '{"}', "{["]
  ) {
    assertEquals(isWhole(text), false, text)
  }
  assertEquals(isWhole('{"a":'.repeat(1001) + "1" + "}".repeat(1001)), false)
})

Deno.test("braces and quotes in a text are no structure", () => {
  assertEquals(isWhole('{"a":"}'), false)
  assertEquals(isWhole('{"a":"\\"', '}"'), false)
  assertEquals(isWhole('{"a":"\\', '"}"}'), true)
  assertEquals(isWhole('{"a":"\\\\"}'), true)
})
