/**
 * Cutting text into segments that can be counted one by one.
 *
 * Tokens of a text are not monotone: a word that is cut in two may have more of them than the whole
 * word. Segments make a count that is: where one ends depends on nothing but the one character that
 * follows it, and every beginning of a segment is one segment. So a text that is cut anywhere has
 * the same segments as the longer one, but for a last one, which is unfinished.
 *
 * Segments end where the pieces do into which the tokenizer itself cuts a text, so that their tokens
 * add up to those of the whole. All are bounded, as the tokenizer takes quadratic time over a piece.
 *
 * @module
 */

/** Of scripts that put no spaces between words, so many characters at once. */
const unspaced = String
  .raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}ー]`
const upper = String.raw`[[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]--${unspaced}]`
const lower = String.raw`[[\p{Ll}\p{Lm}\p{Lo}\p{M}]--${unspaced}]`
const mark = String.raw`[^\s\p{L}\p{N}\p{M}]`

const run = `${unspaced}{1,8}`
/** `word`, `Word`, `WORD`, but `camelCase` is two. */
const letters = `(?:${upper}{1,32}${lower}{0,48}|${lower}{1,48})`
const moreMarks = String.raw`${mark}{0,63}[\r\n\/]{0,8}`
/** With what follows an apostrophe, be it `'t` or `');`. */
const word = `${letters}(?:'(?:${letters}|${moreMarks}))?`

// Every part may be absent, in order from the last: that makes each beginning of a segment one.
const segment = new RegExp(
  String.raw`\s{0,64}(?:${run}|\p{N}{1,3}|${word}|${mark}(?:${run}|${word}|${moreMarks}))?`,
  "vy"
)

/** Where the segment of `text` ends that begins at `from`, which is before its end. */
export const endOfSegment = (text: string, from: number): number => {
  segment.lastIndex = from
  // Whatever a character is, there is a segment that begins with it.
  return segment.test(text) && segment.lastIndex > from ? segment.lastIndex : from + 1
}

/** `text` without the half of a pair of surrogates that it may end in. */
export const withoutHalf = (text: string): string => {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text
}
