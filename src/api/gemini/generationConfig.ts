/**
 * How Gemini's clients want to be answered.
 *
 * @module
 */
import type {
  Json,
  JsonObject,
  Parameters,
  ReasoningEffort,
  ResponseFormat
} from "../../domain/Completion.ts"
import * as Fields from "../Fields.ts"
import { array, boolean, number, object, string } from "../json.ts"
import { camelObject } from "./camel.ts"
import { noteOnly, type Notes, objectAt } from "./Notes.ts"
import { jsonSchema } from "./schema.ts"

const path = ["generationConfig"]

/** What a `generationConfig` asks for. What only Google's models can do is noted. */
export const readConfig = (value: Json | undefined, notes: Notes): Parameters => {
  const config = objectAt(value, path, notes)
  if (config === undefined) return {}
  const { optional } = Fields.make(config, notes.issues, path)
  const real = (key: string) => optional(key, number, "a number")
  const whole = (key: string, least: number) =>
    optional(
      key,
      Fields.wholeBetween(least, Number.MAX_SAFE_INTEGER),
      `a whole number from ${least}`
    )
  noteOthers(config, notes)
  return given({
    temperature: optional("temperature", Fields.between(0, 2), "a number from 0 to 2"),
    topP: optional("topP", Fields.between(0, 1), "a number from 0 to 1"),
    topK: whole("topK", 1),
    maxTokens: whole("maxOutputTokens", 1),
    stop: optional("stopSequences", texts, "a list of texts"),
    n: optional("candidateCount", Fields.wholeBetween(1, 128), "a whole number from 1 to 128"),
    seed: whole("seed", Number.MIN_SAFE_INTEGER),
    presencePenalty: real("presencePenalty"),
    frequencyPenalty: real("frequencyPenalty"),
    logprobs: optional("responseLogprobs", boolean, "true or false")
      ? optional("logprobs", Fields.wholeBetween(0, 20), "a whole number from 0 to 20") ?? 0
      : undefined,
    responseFormat: formatOf(config, notes),
    reasoningEffort: effortOf(config.thinkingConfig, notes)
  })
}

/** Whether the client wants to see what the model thought. */
export const wantsThoughts = (value: Json | undefined): boolean =>
  camelObject(camelObject(value)?.thinkingConfig)?.includeThoughts === true

/** A list without texts is as good as none. */
const texts: Fields.Read<ReadonlyArray<string>> = (value) => {
  const all = array(value) ?? [string(value) ?? null]
  const found = all.flatMap((one) => string(one) ?? [])
  return found.length === all.length ? found : undefined
}

const given = (parameters: Parameters): Parameters => {
  const { stop } = parameters
  return Object.fromEntries(
    Object.entries({ ...parameters, stop: stop?.length === 0 ? undefined : stop })
      .filter(([, value]) => value !== undefined)
  )
}

const formatOf = (config: JsonObject, notes: Notes): ResponseFormat | undefined => {
  const { optional } = Fields.make(config, notes.issues, path)
  const type = optional("responseMimeType", string, "a text") ?? ""
  const openapi = optional("responseSchema", object, "a schema")
  const schema = optional("responseJsonSchema", object, "a JSON Schema") ??
    (openapi && jsonSchema(openapi))
  switch (type) {
    case "application/json":
      return schema ? { type: "json_schema", name: "response", schema } : { type: "json_object" }
    case "":
    case "text/plain":
      return undefined
    default:
      noteOnly(notes, [...path, "responseMimeType"], `answers of the type ${type.slice(0, 64)}`)
      return undefined
  }
}

/** What changes the answer, and is in nobody else's words. The rest is advice, and may be left out. */
const noteOthers = (config: JsonObject, notes: Notes): void => {
  const modalities = array(config.responseModalities)
  if (modalities?.some((one) => string(one)?.toUpperCase() !== "TEXT")) {
    noteOnly(notes, [...path, "responseModalities"], "these modalities")
  }
  for (const key of ["responseFormat", "speechConfig", "imageConfig"]) {
    if (config[key] !== undefined && config[key] !== null) noteOnly(notes, [...path, key], "it")
  }
}

/** Older models are told a budget, newer ones a level. A budget of -1 is the model's own choice. */
const effortOf = (value: Json | undefined, notes: Notes): ReasoningEffort | undefined => {
  const at = [...path, "thinkingConfig"]
  const { optional } = Fields.make(objectAt(value, at, notes) ?? {}, notes.issues, at)
  const level = levels.get(optional("thinkingLevel", string, "a text")?.toUpperCase() ?? "")
  const budget = optional("thinkingBudget", number, "a number of tokens")
  if (level) return level
  if (budget === undefined || budget < 0) return undefined
  if (budget === 0) return "none"
  if (budget <= 512) return "minimal"
  if (budget <= 4096) return "low"
  return budget <= 16_384 ? "medium" : "high"
}

const levels: ReadonlyMap<string, ReasoningEffort> = new Map([
  ["MINIMAL", "minimal"],
  ["LOW", "low"],
  ["MEDIUM", "medium"],
  ["HIGH", "high"]
])
