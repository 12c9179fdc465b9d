/**
 * The simulator's vectors: no model made them, but texts that share words are near to each other.
 *
 * @module
 */
import { array, count, type Fields, string } from "../../protocol/json.ts"
import { hash } from "./script.ts"

/** How long a vector is, where a request does not say. */
const usualDimensions = 64
const mostDimensions = 4096

/** The body of the answer to a request in the OpenAI dialect; the same for the same request and `seed`. */
export const vectorsOf = (request: Fields, model: string, seed: number): object => {
  const inputs = array(request.input).map(wordsOf)
  const asked = count(request.dimensions) || usualDimensions
  const dimensions = Math.min(asked, mostDimensions)
  const promptTokens = inputs.reduce((sum, words) => sum + words.length, 0)
  return {
    object: "list",
    data: inputs.map((words, index) => ({
      object: "embedding",
      index,
      embedding: vectorOf(words, dimensions, seed)
    })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens }
  }
}

/** The words of a text, or the tokens in place of one. */
const wordsOf = (input: unknown): ReadonlyArray<string> =>
  string(input)?.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? array(input).map(String)

/** The sum of a direction for each word, of length 1. */
const vectorOf = (
  words: ReadonlyArray<string>,
  dimensions: number,
  seed: number
): ReadonlyArray<number> => {
  const all = words.length === 0 ? [""] : words
  const sums = Array.from({ length: dimensions }, (_, at) => {
    let sum = 0
    for (const word of all) sum += mixed(hash(`${seed}/${word}/${at}`)) / 2 ** 31 - 1
    return sum
  })
  const length = Math.hypot(...sums)
  // As they come out of 32 bits: all clients see the same, however they ask for them.
  return sums.map((sum) => Math.fround(sum / length))
}

/** A number of 32 bits whose bits all depend on all of `value`'s: words that differ little do not. */
const mixed = (value: number): number => {
  const first = Math.imul(value ^ value >>> 16, 0x85ebca6b)
  const second = Math.imul(first ^ first >>> 13, 0xc2b2ae35)
  return (second ^ second >>> 16) >>> 0
}
