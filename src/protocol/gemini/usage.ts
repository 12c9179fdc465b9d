/**
 * How Gemini counts tokens.
 *
 * @module
 */
import type { Media, Usage } from "../../domain/Usage.ts"
import { array, count, type Fields, object, string } from "../json.ts"

/** The counts in a `usageMetadata`; absent where they make no sense. */
export const readUsage = (metadata: unknown): Usage | undefined => {
  const counted = object(metadata)
  const prompt = count(counted?.promptTokenCount)
  if (counted === undefined || prompt === undefined) return undefined
  const promptTokens = prompt + (count(counted.toolUsePromptTokenCount) ?? 0)
  const completionTokens = completion(counted, promptTokens)
  if (completionTokens === undefined) return undefined
  const cachedTokens = Math.min(count(counted.cachedContentTokenCount) ?? 0, promptTokens)
  const reasoningTokens = Math.min(count(counted.thoughtsTokenCount) ?? 0, completionTokens)
  const media = mediaOf(counted, promptTokens, cachedTokens, completionTokens - reasoningTokens)
  return {
    promptTokens,
    completionTokens,
    cachedTokens,
    cacheWriteTokens: 0,
    reasoningTokens,
    source: "reported",
    ...(media.audioPrompt + media.audioWritten + media.imageWritten > 0 ? { media } : {}),
    ...special(counted)
  }
}

/** What is other than text, so that no part exceeds its whole. */
const mediaOf = (
  counted: Fields,
  promptTokens: number,
  cachedTokens: number,
  written: number
): Media => {
  const inPrompt = of("AUDIO", counted.promptTokensDetails) +
    of("AUDIO", counted.toolUsePromptTokensDetails)
  const audioPrompt = Math.min(inPrompt, promptTokens)
  const cachedAudio = of("AUDIO", counted.cacheTokensDetails)
  const audioWritten = Math.min(of("AUDIO", counted.candidatesTokensDetails), written)
  const imageWritten = of("IMAGE", counted.candidatesTokensDetails)
  return {
    audioPrompt,
    cachedAudio: Math.min(cachedAudio, audioPrompt, cachedTokens),
    audioWritten,
    imageWritten: Math.min(imageWritten, written - audioWritten)
  }
}

/** How many tokens of a kind are among `details`. */
const of = (modality: "AUDIO" | "IMAGE", details: unknown): number => {
  let sum = 0
  for (const detail of array(details)) {
    const part = object(detail)
    if (part?.modality === modality) sum += count(part.tokenCount) ?? 0
  }
  return sum
}

/**
 * Whether a candidate is grounded on a search of the web or of maps. Google bills it by the search or
 * by the prompt, once those are used up that are free: no answer tells.
 */
export const isSearched = (candidate: unknown): boolean => {
  const grounding = object(object(candidate)?.groundingMetadata)
  if (grounding === undefined) return false
  const { webSearchQueries, imageSearchQueries, groundingChunks } = grounding
  return array(webSearchQueries).length > 0 || array(imageSearchQueries).length > 0 ||
    array(groundingChunks).some((chunk) => {
      const { web, maps, image } = object(chunk) ?? {}
      return object(web ?? maps ?? image) !== undefined
    })
}

/** The tier of service, as the Gemini API tells it, or Vertex; the ordinary one has no name here. */
const special = (
  { serviceTier, trafficType }: Readonly<Record<string, unknown>>
): Pick<Usage, "tier"> | undefined => {
  const tier = string(serviceTier)?.toLowerCase().replace(/^service_tier_/, "") ??
    string(trafficType)?.toLowerCase().replace(/^on_demand_/, "")
  return tier === undefined || ordinary.has(tier) ? undefined : { tier }
}

const ordinary: ReadonlySet<string> = new Set([
  "on_demand",
  "standard",
  "traffic_type_unspecified",
  "unspecified"
])

/** Whether `left` and `right` count the same. */
export const isSame = (left: Usage, right: Usage): boolean =>
  left.promptTokens === right.promptTokens && left.completionTokens === right.completionTokens &&
  left.cachedTokens === right.cachedTokens && left.reasoningTokens === right.reasoningTokens &&
  left.tier === right.tier && left.isUnpriceable === right.isUnpriceable &&
  left.media?.audioPrompt === right.media?.audioPrompt &&
  left.media?.cachedAudio === right.media?.cachedAudio &&
  left.media?.audioWritten === right.media?.audioWritten &&
  left.media?.imageWritten === right.media?.imageWritten

/** Gemini counts thoughts apart from the answer, and leaves out what is 0. */
const completion = (
  { candidatesTokenCount, thoughtsTokenCount, totalTokenCount }: Readonly<Record<string, unknown>>,
  promptTokens: number
): number | undefined => {
  const answer = count(candidatesTokenCount)
  const thoughts = count(thoughtsTokenCount ?? 0)
  if (answer !== undefined && thoughts !== undefined) return answer + thoughts
  const total = count(totalTokenCount)
  if (total !== undefined) return Math.max(thoughts ?? 0, answer ?? 0, total - promptTokens)
  // A count that makes no sense is not one of 0.
  return candidatesTokenCount === undefined ? thoughts : undefined
}
