/**
 * Where something stands in a request, in Gemini's words.
 *
 * @module
 */
import type { ParameterName } from "../../domain/Model.ts"
import type { Path } from "../Fields.ts"

/** A path such as `contents[0].parts[1].text`; one into a native request is told in Gemini's names. */
export const fieldOf = (path: Path): string => {
  const [first, name, ...rest] = path
  const own = first === "parameters" && typeof name === "string"
    ? [...names.get(name)?.split(".") ?? ["generationConfig", name], ...rest]
    : path
  return own.map((key, at) =>
    typeof key === "number" ? `[${key}]` : at === 0 ? printable(key) : `.${printable(key)}`
  ).join("")
}

/** A key that a client made up, as it may stand in an answer. */
export const printable = (key: string): string => key.slice(0, 128).replace(/[^\x20-\x7e]/g, "?")

const fields: Readonly<Record<Exclude<ParameterName, "metadata" | "user">, string>> = {
  temperature: "generationConfig.temperature",
  max_tokens: "generationConfig.maxOutputTokens",
  top_p: "generationConfig.topP",
  top_k: "generationConfig.topK",
  stop: "generationConfig.stopSequences",
  seed: "generationConfig.seed",
  presence_penalty: "generationConfig.presencePenalty",
  frequency_penalty: "generationConfig.frequencyPenalty",
  n: "generationConfig.candidateCount",
  response_format: "generationConfig.responseMimeType",
  tools: "tools",
  tool_choice: "toolConfig.functionCallingConfig",
  parallel_tool_calls: "toolConfig.functionCallingConfig",
  logprobs: "generationConfig.responseLogprobs",
  reasoning_effort: "generationConfig.thinkingConfig"
}

const names: ReadonlyMap<string, string> = new Map(Object.entries(fields))
