/**
 * What a continuation repeats of the text that it goes on with, and what only looks so.
 *
 * A repetition counts where chance and style do not explain it. Letters and digits are the measure,
 * since rules, borders of tables and closing brackets repeat by themselves: ten of them, that is
 * about twelve characters of prose. Less than that, people do repeat ("again and again and", "New
 * York, New York"). A Chinese character or the like says as much as three letters, and four of them
 * are past what is doubled for emphasis. Three letters are enough where the text would otherwise run
 * into its own last word ("Par" and "Paris" into "ParParis"): two are not, for "haha" is a word.
 * Nothing counts that goes round in itself, or that the text had twice already: there it is style.
 *
 * @module
 */

/** The most that is compared, in UTF-16 units: nobody repeats more without beginning anew. */
export const horizon = 400

const enoughLetters = 10
const enoughInOneWord = 3
/** So much of the beginning, in UTF-16 units, tells that a continuation begins anew. */
const shortestOpening = 24

/**
 * How much of the end of `before` the beginning of `after` repeats, in UTF-16 units; 0 where it is
 * meant to be there. `touching` says that no white space stands between the two.
 */
export const overlap = (before: string, after: string, touching: boolean): number => {
  for (let length = Math.min(before.length, after.length, horizon); length > 0; length--) {
    const repeated = after.slice(0, length)
    // A shorter one would say less.
    if (before.endsWith(repeated)) return isRepetition(before, repeated, touching) ? length : 0
  }
  return 0
}

const isRepetition = (before: string, repeated: string, touching: boolean): boolean => {
  const start = before.length - repeated.length
  if (isRound(repeated) || before.slice(0, start).trimEnd().endsWith(repeated)) return false
  const letters = weigh(repeated)
  if (letters >= enoughLetters) return true
  return touching && letters >= enoughInOneWord &&
    endsInLetter.test(before) && beginsWithLetter.test(repeated) &&
    !endsInWord.test(before.slice(Math.max(0, start - 2), start))
}

/**
 * How much of the beginning of `before` shows that a continuation begins anew, in UTF-16 units. It
 * stands nowhere else in it, as the beginning of each line of a list would. Absent where there is
 * none.
 */
export const openingOf = (before: string): number | undefined => {
  const longest = Math.min(before.length - 1, horizon)
  for (let length = shortestOpening; length <= longest; length += 8) {
    const opening = before.slice(0, length)
    if (weigh(opening) >= enoughLetters && !isRound(opening) && before.indexOf(opening, 1) < 0) {
      return length
    }
  }
  const isTelling = before.length <= horizon && weigh(before) >= enoughInOneWord && !isRound(before)
  return isTelling ? before.length : undefined
}

/** How many UTF-16 units `one` and `other` begin with in common. */
export const commonLength = (one: string, other: string): number => {
  let length = 0
  while (length < one.length && length < other.length && one[length] === other[length]) length++
  return length
}

/** Letters and digits; wide ones count three times. */
const weigh = (text: string): number => {
  let weight = 0
  for (const [letter] of text.matchAll(/[\p{L}\p{N}]/gu)) weight += isWide(letter) ? 3 : 1
  return weight
}

const isWide = (letter: string): boolean => letter.charCodeAt(0) > 0x2e7f

// Writing without spaces runs on without running into anything.
const endsInLetter = /(?![\u2e80-\uffff])\p{L}$/u
const beginsWithLetter = /^(?![\u2e80-\uffff])\p{L}/u
const endsInWord = /[\p{L}\p{N}_]$/u

/** Whether its end is its beginning again, for more than a third of it: "ha ha ha", "=====". */
const isRound = (text: string): boolean => {
  for (let length = text.length - 1; length * 3 > text.length && length > 0; length--) {
    if (text.endsWith(text.slice(0, length))) return true
  }
  return false
}
