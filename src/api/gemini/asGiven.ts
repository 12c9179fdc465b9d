/**
 * A whole answer of a provider that speaks Gemini's dialect, in the provider's own words.
 *
 * @module
 */
import type { Answer } from "../../domain/Answer.ts"
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { array, object } from "../json.ts"

/**
 * The provider's own answer, with what the gateway tells instead: `ours`, which has no candidates.
 * Thoughts are told to those only who ask for them. Absent where there is none.
 */
export const asGiven = (
  { original, usage }: Answer,
  ours: JsonObject,
  showsThoughts: boolean
): JsonObject | undefined => {
  if (original?.dialect !== "gemini") return undefined
  const { body } = original
  return {
    ...body,
    ...ours,
    candidates: array(body.candidates)?.map((candidate) => told(candidate, showsThoughts)),
    // Where it reported nothing that could be used, the gateway has counted.
    usageMetadata: usage ? body.usageMetadata : ours.usageMetadata
  }
}

const told = (value: Json, showsThoughts: boolean): Json => {
  const candidate = object(value)
  const content = object(candidate?.content)
  const all = array(content?.parts) ?? []
  const parts = showsThoughts ? all : all.filter((part) => object(part)?.thought !== true)
  if (parts.length === all.length && all.length > 0) return value
  // Some clients take a content without parts for a failure.
  const shown = parts.length === 0 ? [{ text: "" }] : parts
  return { ...candidate, content: { role: "model", ...content, parts: shown } }
}
