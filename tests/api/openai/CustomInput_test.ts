import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import * as CustomInput from "../../../src/api/openai/CustomInput.ts"
import { toArguments, toInput } from "../../../src/api/openai/customTool.ts"
import { law } from "../../kit/effect.ts"

/** What comes of `pieces`, each on its own and at the end. */
const readPieces = (pieces: ReadonlyArray<string>): ReadonlyArray<string> => {
  const input = CustomInput.make()
  return [...pieces.map(input.add), input.end()]
}

/** `text` in pieces of the lengths of `cuts`, over and over. */
const cutUp = (text: string, cuts: ReadonlyArray<number>): ReadonlyArray<string> => {
  const pieces: Array<string> = []
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = 1 + (cuts[turn % cuts.length] ?? 0) % 9
    pieces.push(text.slice(at, at + length))
    at += length
  }
  return pieces
}

const Character = Schema.Union([
  Schema.String,
  Schema.Literals(['"', "\\", "\n", "\u0000", "\u2028", "😀", "\ud83d", "\ude00", "/", "u0041"])
])
const Escaping = Schema.Literals(["json", "every", "slash"])
const Case = Schema.Struct({
  characters: Schema.Array(Character),
  escaping: Escaping,
  spaces: Schema.Literals(["", " ", "\n\t "]),
  after: Schema.Literals(["", ',"more":{"input":"no"}', ',"x":[1,"\\""]']),
  cuts: Schema.Array(Schema.Natural)
})

const written = (input: string, escaping: typeof Escaping.Type): string => {
  if (escaping === "json") return JSON.stringify(input)
  if (escaping === "slash") return JSON.stringify(input).replaceAll("/", "\\/")
  const units = Array.from({ length: input.length }, (_, at) => input.charCodeAt(at))
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`
}

law(
  "however the arguments are written and cut, their input comes out, and no half of a character",
  Case,
  ({ after, characters, cuts, escaping, spaces }) => {
    const input = characters.join("")
    const text = `${spaces}{${spaces}"input"${spaces}:${spaces}${
      written(input, escaping)
    }${spaces}${after}}${spaces}`
    const pieces = readPieces(cutUp(text, cuts))
    for (const piece of pieces) assertEquals(piece, piece.toWellFormed())
    assertEquals(pieces.join(""), input.toWellFormed())
    assertEquals(pieces.at(-1), "")
    assertEquals(toInput(text, false), input.toWellFormed())
    assertEquals(toInput(toArguments(input), true), input.toWellFormed())
    return true
  }
)

Deno.test("the input is given out as it is written, and not at its end", () => {
  assertEquals(readPieces(['{"inp', 'ut": "a', "b\\", "n\\u00e", '9c"', "}"]), [
    "",
    "a",
    "b",
    "\n",
    "éc",
    "",
    ""
  ])
  assertEquals(readPieces(['{"input":"\\ud83d', "\\ude00", '"}']), ["", "😀", "", ""])
})

Deno.test("what a model writes in other ways than it was told is not lost", () => {
  const whole = (text: string) => readPieces(cutUp(text, [2])).join("")
  assertEquals(whole(""), "")
  assertEquals(whole(" {} "), "")
  assertEquals(whole("*** Begin Patch"), "*** Begin Patch")
  assertEquals(whole('{"patch":"x"}'), '{"patch":"x"}')
  assertEquals(whole('{"why":"so","input":"x\\ny"}'), "x\ny")
  assertEquals(whole('{"input":7}'), '{"input":7}')
  assertEquals(whole('{"input":"a\nb'), "a\nb")
  assertEquals(whole('{"input":"a\\qb\\u12"}'), "a\\qb\\u12")
  assertEquals(whole('{"input":"a\\u12'), "a\\u12")
  assertEquals(whole(`${" ".repeat(2000)}{"input":"x"}`), "x")
})

Deno.test("of arguments that were cut off there is what had come of the input", () => {
  assertEquals(toInput('{"inp', true), "")
  assertEquals(toInput('{"input":"ab\\', true), "ab")
})
