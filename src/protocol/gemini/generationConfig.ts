/**
 * How Gemini is to answer.
 *
 * @module
 */
import type { JsonObject, Parameters, ResponseFormat } from "../../domain/Completion.ts"
import { thinkingConfig } from "./thinking.ts"
import { maxStops, takesSeed } from "./unsupported.ts"

/** `parameters` for `model`; absent where they ask for nothing in particular. */
export const generationConfig = (
  parameters: Parameters,
  model: string
): JsonObject | undefined => {
  const config: JsonObject = {
    temperature: parameters.temperature,
    topP: parameters.topP,
    topK: parameters.topK,
    maxOutputTokens: parameters.maxTokens,
    stopSequences: parameters.stop?.slice(0, maxStops),
    seed: takesSeed(parameters.seed) ? parameters.seed : undefined,
    presencePenalty: parameters.presencePenalty,
    frequencyPenalty: parameters.frequencyPenalty,
    candidateCount: parameters.n,
    ...logprobs(parameters.logprobs),
    ...responseFormat(parameters.responseFormat),
    thinkingConfig: thinkingConfig(parameters.reasoningEffort, model)
  }
  return Object.values(config).some((value) => value !== undefined) ? config : undefined
}

const logprobs = (likeliest: number | undefined): JsonObject | undefined =>
  likeliest === undefined
    ? undefined
    : { responseLogprobs: true, logprobs: likeliest === 0 ? undefined : likeliest }

const responseFormat = (format: ResponseFormat | undefined): JsonObject | undefined => {
  switch (format?.type) {
    case "json_object":
      return { responseMimeType: "application/json" }
    case "json_schema":
      return { responseMimeType: "application/json", responseJsonSchema: format.schema }
    default:
      return undefined
  }
}
