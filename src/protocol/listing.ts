/**
 * Reading what a provider's list tells of a model, in whatever words: the lists of those who speak
 * the same dialect differ in what they tell.
 *
 * @module
 */
import type { TokenRates } from "../domain/Cost.ts"
import { capabilities, type Capability } from "../domain/Model.ts"
import type { ListedModel } from "./Dialect.ts"
import { count } from "./json.ts"

/** What a list tells a model to do, or not to do; of what is absent it tells nothing. */
export type Told = { readonly [C in Capability]?: boolean | undefined }

/** What is told of capabilities, as a listed model has it. */
export const toCapabilities = (told: Told): Pick<ListedModel, "capabilities" | "lacks"> => {
  const named = (is: boolean) => capabilities.filter((capability) => told[capability] === is)
  const [known, lacks] = [named(true), named(false)]
  return {
    ...(known.length > 0 ? { capabilities: known } : {}),
    ...(lacks.length > 0 ? { lacks } : {})
  }
}

/** A model that answers in text, and embeds nothing. */
export const answers: Told = { "text-generation": true, "conversation": true, "embeddings": false }

/** A model that makes vectors, and nothing else. */
export const embeds: Told = {
  "text-generation": false,
  "conversation": false,
  "vision": false,
  "tools": false,
  "json-schema": false,
  "reasoning": false,
  "embeddings": true
}

/** Whether a model's name says that it makes vectors: lists of ids alone say it no other way. */
export const isEmbeddingName = (id: string): boolean =>
  /(?:^|[^a-z])embed(?:dings?)?(?![a-z])/i.test(id)

/** `value`, if it is `true` or `false`. */
export const flag = (value: unknown): boolean | undefined =>
  typeof value === "boolean" ? value : undefined

/** The first of `values` that can be a limit in tokens: 0 is none. */
export const limit = (...values: ReadonlyArray<unknown>): number | undefined => {
  for (const value of values) {
    const tokens = count(value)
    if (tokens) return tokens
  }
  return undefined
}

/** `value` as a price, if it is one, times `times`: a number or its text, in US dollars. */
export const price = (value: unknown, times: number): number | undefined => {
  const dollars = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  if (typeof dollars !== "number" || !(dollars >= 0)) return undefined
  // The product of two decimals has a tail of noise.
  const perMillion = Math.round(dollars * times * 1e6) / 1e6
  return perMillion <= mostPerMillion ? perMillion : undefined
}

/** No million tokens costs more, in US dollars. */
const mostPerMillion = 1_000_000

/** Rates, where both the prompt and the answer have their price. */
export const rates = (
  { input, output, ...others }: { readonly [R in keyof TokenRates]: TokenRates[R] | undefined }
): TokenRates | undefined =>
  input === undefined || output === undefined ? undefined : { input, output, ...others }
