/**
 * How Gemini counts tokens.
 *
 * @module
 */
import type { Usage } from "../../domain/Usage.ts"
import { count, object, string } from "../json.ts"

/** The counts in a `usageMetadata`; absent where they make no sense. */
export const readUsage = (metadata: unknown): Usage | undefined => {
  const counted = object(metadata)
  const prompt = count(counted?.promptTokenCount)
  if (counted === undefined || prompt === undefined) return undefined
  const promptTokens = prompt + (count(counted.toolUsePromptTokenCount) ?? 0)
  const completionTokens = completion(counted, promptTokens)
  if (completionTokens === undefined) return undefined
  return {
    promptTokens,
    completionTokens,
    cachedTokens: Math.min(count(counted.cachedContentTokenCount) ?? 0, promptTokens),
    cacheWriteTokens: 0,
    reasoningTokens: Math.min(count(counted.thoughtsTokenCount) ?? 0, completionTokens),
    source: "reported",
    ...special(counted)
  }
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
  left.tier === right.tier

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
