/**
 * Texts, images and JSON as nobody would write them, but somebody does.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { JsonObject } from "../../src/domain/Completion.ts"
import type { Part } from "../../src/domain/Message.ts"

/** One of `values`. */
export const oneOf = <const A>(values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(
    Arbitrary.schema(
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: values.length - 1 }))
    ),
    (at) => values[at]!
  )

/** With halves of characters, white space of all kinds, and what looks like JSON. */
const pieces = [
  ..." \n\t\u00a0\u2028\ufeff\u0000\r\\\"'{}[]<:",
  "",
  "a",
  "B.",
  "null",
  "短い",
  "e\u0301",
  "\u{1f600}",
  "\ud83d",
  "\ude00",
  "data: [DONE]\n\n"
]

/** Any text, which may be empty. */
export const text: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.array(oneOf(pieces), { maxLength: 4 }),
  (some) => some.join("")
)

/** A text that everybody takes: more than white space, and at most 64 characters. */
export const label: Arbitrary.Arbitrary<string> = Arbitrary.map(
  text,
  (text) => `a${text}`.slice(0, 64)
)

const urls = [
  "data:image/png;base64,AA==",
  "data:image/jpeg;base64,/9j+",
  "DATA:Image/WEBP;name=x;base64,AAAA",
  "https://example.com/a.png",
  "https://example.com/b.JPG?size=1#c",
  "https://example.com/no-ending",
  // What not everybody takes, and says so.
  "data:image/svg+xml;base64,AAAA",
  "data:image/png,AAAA",
  "http://example.com/a.png"
]

/** A text, or every third time an image. */
export const part: Arbitrary.Arbitrary<Part> = Arbitrary.map(
  Arbitrary.all({
    text,
    isImage: oneOf([false, false, true]),
    url: oneOf(urls),
    detail: oneOf([undefined, "auto", "low", "high"])
  }),
  ({ text, isImage, url, detail }): Part => {
    if (!isImage) return { type: "text", text }
    return detail ? { type: "image", url, detail } : { type: "image", url }
  }
)

/** What a message says. */
export const content: Arbitrary.Arbitrary<ReadonlyArray<Part>> = Arbitrary.array(part, {
  maxLength: 3
})

/** Objects of JSON, with keys that are easily lost or put in another order. */
export const jsonObject: Arbitrary.Arbitrary<JsonObject> = Arbitrary.map(
  Arbitrary.all({
    keys: Arbitrary.array(
      oneOf(["b", "a", "10", "9", "toString", "output", "error", "", "\ud800"])
    ),
    values: Arbitrary.array(oneOf([0, -1.5, 1e21, true, null, "", "x", "{", [], [{}], { b: 1 }]), {
      minLength: 3
    })
  }),
  ({ keys, values }) =>
    Object.fromEntries(keys.slice(0, 3).map((key, at) => [key, values[at] ?? null]))
)

/** What a model wrote for arguments: mostly an object, with white space of its own. */
export const argumentsText: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all({
    object: jsonObject,
    indent: oneOf([0, 1, 2]),
    other: oneOf([undefined, undefined, undefined, "", " ", "[1]", "null", '"x"', '{"a":', "7"])
  }),
  ({ object, indent, other }) => other ?? JSON.stringify(object, null, indent)
)

/** What a tool gave back: a text, or what looks like an object. */
export const resultText: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all({ text, object: argumentsText, isText: oneOf([true, false]) }),
  ({ text, object, isText }) => isText ? text : object
)
