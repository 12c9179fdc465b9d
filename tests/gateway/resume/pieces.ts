/**
 * Texts in pieces, and what a splice makes of them.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { How } from "../../../src/gateway/resume/plan.ts"
import * as Splice from "../../../src/gateway/resume/Splice.ts"

/** A piece of text. */
export const text = (text: string): Delta => ({ _tag: "Text", choice: 0, text })

/** What came out of a splice. */
export interface Spliced {
  readonly text: string
  readonly joined: Splice.Joined
  readonly deltas: ReadonlyArray<Delta>
}

/** What is delivered of a continuation that arrives in `pieces`. */
export const splice = (how: How, delivered: string, pieces: Iterable<string>): Spliced => {
  const seam = Splice.make(how, delivered)
  const deltas: Array<Delta> = []
  let joined: Splice.Joined = "ok"
  for (const piece of pieces) {
    joined = seam.feed(text(piece), deltas)
    if (joined === "diverged") break
  }
  joined = seam.finish(deltas)
  return { text: textOf(deltas), joined, deltas }
}

/** All the text in `deltas`. */
export const textOf = (deltas: ReadonlyArray<Delta>): string =>
  deltas.map((delta) => delta._tag === "Text" ? delta.text : "").join("")

/** `text` in pieces of so many characters, by turns; no character is split. */
export const cutUp = (text: string, sizes: ReadonlyArray<number>): ReadonlyArray<string> => {
  const characters = Array.from(text)
  const pieces: Array<string> = []
  for (let at = 0, turn = 0; at < characters.length; turn++) {
    const size = sizes[turn % sizes.length] ?? characters.length
    pieces.push(characters.slice(at, at + size).join(""))
    at += size
  }
  return pieces
}

/** Sizes of pieces. */
export const Sizes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 30 })))

/** A share of something, in thousandths. */
export const Share = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 }))

/** So many of the characters of `text` as `share` says, and the rest. */
export const cutAt = (text: string, share: number): readonly [string, string] => {
  const characters = Array.from(text)
  const at = Math.round(characters.length * share / 1000)
  return [characters.slice(0, at).join(""), characters.slice(at).join("")]
}

/** Words as they stand in answers, with what follows them. */
const words = [
  "the ",
  "water ",
  "gate",
  ", ",
  "is ",
  "let ",
  "through",
  ". ",
  "No ",
  "more\n",
  "than ",
  "wheel ",
  "can ",
  "take.\n\n",
  "Straße ",
  "naïve ",
  "was ",
  "it’s ",
  "**bold** ",
  "`code` ",
  "- ",
  "1. ",
  "2.5 ",
  "42",
  "\n\n## ",
  "Heading\n",
  "| ",
  "| --- ",
  "```ts\n",
  "const x = 1\n",
  "}\n",
  "    ",
  "水",
  "车",
  "闸门",
  "让",
  "。",
  "たくさん",
  "流れる",
  "、",
  "물레방아 ",
  "🎉",
  "👩‍🔧 ",
  "😀😀",
  "ha ",
  "haha",
  "very ",
  "that ",
  "had ",
  "don't ",
  "unbelievable ",
  "international",
  "x",
  "Москва ",
  "река ",
  "مرحبا ",
  "שלום ",
  "ไม่มีช่องว่าง",
  "…",
  "(",
  ")",
  "\t",
  " "
]

/** A text of such words, of `minimum` at least. */
export const Words = (minimum: number) =>
  Schema.Array(Schema.Literals(words)).check(Schema.isMinLength(minimum), Schema.isMaxLength(120))

/** How much a text says, counted another way than the code does: wide letters are worth three. */
export const lettersOf = (text: string): number =>
  Array.from(text).reduce(
    (sum, character) =>
      !/[\p{L}\p{N}]/u.test(character) ? sum : character > "\u2e7f" ? sum + 3 : sum + 1,
    0
  )

/** Every length that the end of `before` and the beginning of `after` have in common. */
export const sharedLengths = (before: string, after: string): ReadonlyArray<number> =>
  Array.from({ length: Math.min(before.length, after.length) }, (_, at) => at + 1)
    .filter((length) => before.endsWith(after.slice(0, length)))
