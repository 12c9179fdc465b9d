/**
 * Where providers that speak this dialect differ in what they take.
 *
 * @module
 */
import type { ParameterName } from "../../domain/Model.ts"

/** How a provider differs from the rest, as its catalogue file says. What is absent is the default. */
export interface OpenAiQuirks {
  /**
   * The name of the budget for the answer. OpenAI's own reasoning models refuse `max_tokens`; most
   * other servers know nothing else. Default: `max_tokens`.
   */
  readonly maxTokensField?: "max_completion_tokens" | "max_tokens" | undefined
  /**
   * Whether to ask for usage in a stream. Mistral sends it unasked and refuses to be asked.
   * Default: true.
   */
  readonly streamUsage?: boolean | undefined
  /**
   * The name of the end user's label. OpenAI replaces `user` by `safety_identifier`, DeepSeek by
   * `user_id`; Mistral and Perplexity take none. Default: `user`.
   */
  readonly userField?: "user" | "safety_identifier" | "user_id" | "none" | undefined
  /** The name of the seed; Mistral calls it `random_seed`. Default: `seed`. */
  readonly seedField?: "seed" | "random_seed" | undefined
  /**
   * Where the reasoning of earlier turns goes back. DeepSeek refuses a thinking model's tool results
   * without it, Fireworks calls it the same; Groq, OpenRouter, Ollama and vLLM call it
   * `reasoning`; others take none. Default: it does not go back.
   */
  readonly reasoningField?: "reasoning" | "reasoning_content" | undefined
  /**
   * What switches reasoning on and off. DeepSeek has an object `thinking` for it, and an effort only
   * where it is on. Default: `reasoning_effort` alone, with `none` for off.
   */
  readonly reasoningSwitch?: "reasoning_effort" | "thinking" | undefined
  /**
   * Whether the role `developer` is known. OpenAI and Azure know it; others refuse it, and take
   * `system`. Default: false.
   */
  readonly developerRole?: boolean | undefined
  /** How a call of any tool is asked for; Mistral calls it `any`. Default: `required`. */
  readonly requiredToolChoice?: "any" | "required" | undefined
  /**
   * Whether a tool can be asked for by its name. LM Studio and Mistral take words only: they are shown
   * that tool alone, and have to call one. Default: true.
   */
  readonly namedToolChoice?: boolean | undefined
  /**
   * Whether ids of tool calls have to be nine letters and digits, as Mistral insists; others, such as
   * those of a provider that was asked before, are made so. Default: false.
   */
  readonly shortToolCallIds?: boolean | undefined
  /** The longest id of a tool call that is taken: OpenAI's and Azure's is 40. Default: any length. */
  readonly longestToolCallId?: number | undefined
  /**
   * Whether a tool call takes its signature back in `extra_content`, as with Google's own server of
   * this dialect; strict servers refuse the field. Default: false.
   */
  readonly thoughtSignatures?: boolean | undefined
  /** Whether a user's message may have a name. Groq, Mistral and xAI refuse it. Default: true. */
  readonly messageNames?: boolean | undefined
  /**
   * The kinds of JSON that can be asked for. DeepSeek has no schemas; LM Studio and Perplexity have
   * nothing else. Default: both.
   */
  readonly jsonFormats?: ReadonlyArray<"json_object" | "json_schema"> | undefined
  /** How many texts may end an answer: OpenAI takes 4, DeepSeek 16. Default: any number. */
  readonly mostStops?: number | undefined
  /**
   * Whether `top_k` is known: OpenAI itself refuses it; Fireworks, LM Studio, OpenRouter, Together and
   * vLLM take it. Default: false.
   */
  readonly topK?: boolean | undefined
  /**
   * What is refused, or not heeded, whatever else is asked: `n` is more than one answer, `tool_choice`
   * anything but `auto`. Default: nothing.
   */
  readonly unsupported?: ReadonlyArray<ParameterName> | undefined
  /**
   * What some of the models that it lists refuse, by what their names look like: the first that fits
   * counts. xAI's models that reason take no penalties. Default: nothing.
   */
  readonly modelRefusals?:
    | ReadonlyArray<{ readonly models: RegExp; readonly parameters: ReadonlyArray<ParameterName> }>
    | undefined
  /**
   * How vectors are asked for. Base64 is a quarter of the size, and far cheaper to read; not every
   * server has it. Default: as each server likes, which is as numbers.
   */
  readonly vectorFormat?: "base64" | undefined
  /** The name of a vector's length; Mistral calls it `output_dimension`. Default: `dimensions`. */
  readonly dimensionsField?: "dimensions" | "output_dimension" | undefined
}
