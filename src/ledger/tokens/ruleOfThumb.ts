/**
 * How many tokens a text has, without a tokenizer.
 *
 * @module
 */

/** UTF-16 units of Latin text that make a token. */
const unitsPerToken = 4
/** Of a longer text no more units than these are looked at, evenly spread. */
const looks = 2048

/** How much text there is, in letters and in wide characters, such as Chinese ones. */
export interface Amount {
  narrow: number
  wide: number
}

/** None yet. */
export const none = (): Amount => ({ narrow: 0, wide: 0 })

/** Adds all of `text` from `from` on to `amount`. */
export const addAll = (amount: Amount, text: string, from = 0): void => {
  let wide = 0
  for (let at = from; at < text.length; at++) if (isWide(text, at)) wide++
  amount.wide += wide
  amount.narrow += text.length - from - wide
}

/** Adds `text` to `amount` without reading all of it, if it is long: what is wide is then a guess. */
export const addAbout = (amount: Amount, text: string): void => {
  const step = Math.ceil(text.length / looks)
  let wide = 0
  for (let at = 0; at < text.length; at += step) if (isWide(text, at)) wide += step
  wide = Math.min(wide, text.length)
  amount.wide += wide
  amount.narrow += text.length - wide
}

/** A quarter of a token for a letter, one for a wide character. */
export const tokensOf = ({ narrow, wide }: Amount): number =>
  wide + Math.ceil(narrow / unitsPerToken)

const isWide = (text: string, at: number): boolean => text.charCodeAt(at) > 0x2e7f
