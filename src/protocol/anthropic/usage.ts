/**
 * Anthropic's counts of tokens.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"
import { count, type Fields, object, string } from "../json.ts"

/** What was counted in one answer so far. */
export interface Counts {
  /** Takes in a report: what it counts replaces what was known, the rest stands. */
  readonly report: (usage: unknown) => void
  /** All reports together; absent as long as the tokens read or written are not known. */
  readonly usage: () => Usage | undefined
}

/** Starts to count for one answer. */
export const counts = (): Counts => {
  let input: number | undefined
  let output: number | undefined
  let cacheRead = 0
  let cacheWrite = 0
  let longCacheWrite = 0
  let tier: string | undefined
  let speed: string | undefined
  let place: string | undefined
  let thinking = 0
  let searches = 0
  let beside = nothingBeside
  let isRepriced = false
  return {
    report: (usage) => {
      const fields = object(usage)
      if (fields === undefined) return
      input = count(fields.input_tokens) ?? input
      output = count(fields.output_tokens) ?? output
      cacheRead = count(fields.cache_read_input_tokens) ?? cacheRead
      cacheWrite = count(fields.cache_creation_input_tokens) ?? cacheWrite
      longCacheWrite = count(object(fields.cache_creation)?.ephemeral_1h_input_tokens) ??
        longCacheWrite
      tier = string(fields.service_tier) ?? tier
      speed = string(fields.speed) ?? speed
      place = string(fields.inference_geo) ?? place
      searches = count(object(fields.server_tool_use)?.web_search_requests) ?? searches
      if (Array.isArray(fields.iterations)) beside = besideOf(fields.iterations)
      if (object(object(fields.fallback_credit)?.status)?.type === "redeemed") isRepriced = true
      thinking = count(object(fields.output_tokens_details)?.thinking_tokens) ?? thinking
    },
    usage: () => {
      if (input === undefined || output === undefined) return undefined
      const cached = cacheRead + beside.cacheRead
      const written = cacheWrite + beside.cacheWrite
      const long = Math.min(longCacheWrite, cacheWrite) + beside.longCacheWrite
      return {
        // Anthropic counts apart what it read from or wrote into its cache.
        promptTokens: input + beside.input + cached + written,
        completionTokens: output + beside.output,
        cachedTokens: cached,
        cacheWriteTokens: written,
        reasoningTokens: Math.min(thinking, output),
        source: "reported",
        ...(long > 0 ? { longCacheWriteTokens: long } : {}),
        ...special(speed, tier, place),
        ...(beside.output > 0 ? { asideTokens: beside.output } : {}),
        ...(searches > 0 ? { searches } : {}),
        ...(beside.isForeign || isRepriced ? { isUnpriceable: true } : {})
      }
    }
  }
}

/** What is billed beside the counts of a whole answer. */
interface Beside {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly longCacheWrite: number
  /** Whether another model had a part in it, at its own price. */
  readonly isForeign: boolean
}

const nothingBeside: Beside = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  longCacheWrite: 0,
  isForeign: false
}

/** The counts of an answer leave out what it took to make its context shorter. */
const besideOf = (iterations: ReadonlyArray<unknown>): Beside => {
  let sum = nothingBeside
  for (const iteration of iterations) {
    const part = object(iteration)
    if (part === undefined || part.type === "message") continue
    sum = part.type === "compaction" ? plus(sum, part) : { ...sum, isForeign: true }
  }
  return sum
}

const plus = (sum: Beside, part: Fields): Beside => {
  const cacheWrite = count(part.cache_creation_input_tokens) ?? 0
  const long = count(object(part.cache_creation)?.ephemeral_1h_input_tokens) ?? 0
  return {
    input: sum.input + (count(part.input_tokens) ?? 0),
    output: sum.output + (count(part.output_tokens) ?? 0),
    cacheRead: sum.cacheRead + (count(part.cache_read_input_tokens) ?? 0),
    cacheWrite: sum.cacheWrite + cacheWrite,
    longCacheWrite: sum.longCacheWrite + Math.min(long, cacheWrite),
    isForeign: sum.isForeign
  }
}

/** A speed or a tier, and a place, that have prices of their own. */
const special = (
  speed: string | undefined,
  tier: string | undefined,
  place: string | undefined
): Pick<Usage, "tier"> | undefined => {
  const service = isSpecial(speed) ? speed : isSpecial(tier) ? tier : undefined
  if (!isSpecial(place)) return service === undefined ? undefined : { tier: service }
  return { tier: service === undefined ? place : `${service}-${place}` }
}

const isSpecial = (word: string | undefined): word is string =>
  word !== undefined && !ordinary.has(word)

const ordinary: ReadonlySet<string> = new Set(["standard", "global", "not_available"])
