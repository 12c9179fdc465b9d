/**
 * What a model is, and what it refuses.
 *
 * @module
 */
import type { Parameters, ReasoningEffort } from "./Completion.ts"
import type { Rates } from "./Cost.ts"

/** Everything that a model may be able to do. */
export const capabilities = [
  "text-generation",
  "conversation",
  "vision",
  "tools",
  "json-schema",
  "reasoning",
  "embeddings"
] as const

/** Something that a model can do. */
export type Capability = typeof capabilities[number]

/** The name of a parameter in the native API. */
export type ParameterName = keyof typeof parameterFields

/** A model as its provider's catalogue describes it. */
export interface ModelSpec {
  /** What clients call it: unique among all models. */
  readonly id: string
  /** What people call it. */
  readonly name: string
  /** What its provider calls it. Default: `id`. */
  readonly upstreamModel?: string | undefined
  /** The most tokens of prompt and answer together; absent where unknown. */
  readonly contextWindow?: number | undefined
  /** The most tokens it writes, reasoning included; absent where unknown. */
  readonly maxOutputTokens?: number | undefined
  /** What it is known to do. */
  readonly capabilities: ReadonlyArray<Capability>
  /**
   * What it may do or not: nobody tells, so it is asked for it. Whatever is in neither list it is
   * known to lack. Default: nothing.
   */
  readonly unknownCapabilities?: ReadonlyArray<Capability> | undefined
  /** The id of the model that answers in place of this one, which its provider has retired. */
  readonly aliasOf?: string | undefined
  /** What it refuses whatever else is asked. Default: nothing. */
  readonly unsupportedParameters?: ReadonlyArray<ParameterName> | undefined
  /** What it refuses while it reasons: unless the effort is `none`. Default: nothing. */
  readonly refusedWhileReasoning?: ReadonlyArray<ParameterName> | undefined
  /** What it takes one of, but not two together. Default: nothing. */
  readonly exclusiveParameters?: ReadonlyArray<ParameterName> | undefined
  /** How hard it thinks where a request does not say. Default: unknown, but it does think. */
  readonly defaultReasoningEffort?: ReasoningEffort | undefined
  /**
   * Whether it goes on with an assistant message that comes last; `false` where it refuses one.
   * Default: nobody tells. It may answer such a message as if it were any other.
   */
  readonly prefill?: boolean | undefined
  /** What it refuses together with such a message. Default: nothing. */
  readonly refusedWithPrefill?: ReadonlyArray<ParameterName> | undefined
  /** What it costs, where the price list does not know it yet. */
  readonly rates?: Rates | undefined
}

/** A model that a provider serves. */
export interface Model extends ModelSpec {
  /** The provider's id. */
  readonly provider: string
  /** What it makes of its input: text, or nothing but vectors. */
  readonly type: "text" | "embedding"
  readonly upstreamModel: string
}

/** The model that `provider` serves by `spec`. */
export const make = (provider: string, spec: ModelSpec): Model => ({
  ...spec,
  provider,
  type: onlyEmbeds(spec) ? "embedding" : "text",
  upstreamModel: spec.upstreamModel ?? spec.id
})

/** Whether a model is known not to do something. */
export const lacks = (
  { capabilities: known, unknownCapabilities: unknown }: ModelSpec,
  capability: Capability
): boolean => !known.includes(capability) && !unknown?.includes(capability)

/** Whether a model makes vectors, and nothing else. */
export const onlyEmbeds = ({ capabilities: known }: ModelSpec): boolean =>
  known.includes("embeddings") && !known.includes("text-generation") &&
  !known.includes("conversation")

/** A retired model's `id`, kept for those who ask for it, and answered by `target`. */
export const alias = (target: ModelSpec, id: string, name: string): ModelSpec => ({
  ...target,
  id,
  name: `${name} (retired; served by ${target.name})`,
  upstreamModel: target.upstreamModel ?? target.id,
  aliasOf: target.id
})

/** What `parameters` ask for that a model refuses, in the native API's names. */
export const refused = (
  spec: ModelSpec,
  parameters: Parameters
): ReadonlyArray<ParameterName> => {
  const { exclusiveParameters, refusedWhileReasoning, unsupportedParameters } = spec
  // Most refuse nothing, and everybody is asked with each request.
  if (!unsupportedParameters && !refusedWhileReasoning && !exclusiveParameters) return []
  const asked = (name: ParameterName): boolean => parameters[parameterFields[name]] !== undefined
  const names = new Set(unsupportedParameters?.filter(asked))
  const effort = parameters.reasoningEffort ?? spec.defaultReasoningEffort
  if (effort !== "none") {
    for (const name of refusedWhileReasoning ?? []) if (asked(name)) names.add(name)
  }
  // One of them may stay: the first in the model's own order.
  for (const name of exclusiveParameters?.filter(asked).slice(1) ?? []) names.add(name)
  return [...names]
}

/** Each parameter of the native API as a field of the domain. */
export const parameterFields = {
  temperature: "temperature",
  max_tokens: "maxTokens",
  top_p: "topP",
  top_k: "topK",
  stop: "stop",
  seed: "seed",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
  n: "n",
  response_format: "responseFormat",
  tools: "tools",
  tool_choice: "toolChoice",
  parallel_tool_calls: "parallelToolCalls",
  logprobs: "logprobs",
  reasoning_effort: "reasoningEffort",
  user: "user",
  metadata: "metadata"
} as const satisfies Record<string, keyof Parameters>
