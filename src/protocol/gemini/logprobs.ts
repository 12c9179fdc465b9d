/**
 * How likely tokens were, from Gemini's words to OpenAI's.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { array, object, string } from "../json.ts"

/** The tokens in a `logprobsResult`, in their order; none where there is none. */
export const readLogprobs = (result: unknown): ReadonlyArray<Json> => {
  const { chosenCandidates, topCandidates } = object(result) ?? {}
  const top = array(topCandidates)
  return array(chosenCandidates).flatMap((value, at): ReadonlyArray<JsonObject> => {
    const chosen = likelihood(value)
    if (chosen === undefined) return []
    const others = array(object(top[at])?.candidates).flatMap((one) => {
      const other = likelihood(one)
      return other === undefined ? [] : [other]
    })
    return [{ ...chosen, top_logprobs: others }]
  })
}

const likelihood = (value: unknown): JsonObject | undefined => {
  const { token: text, logProbability } = object(value) ?? {}
  const token = string(text)
  // The likelihood of what is certain is 0, which Google leaves out.
  const logprob = logProbability ?? 0
  return token === undefined || typeof logprob !== "number"
    ? undefined
    : { token, logprob, bytes: null }
}
