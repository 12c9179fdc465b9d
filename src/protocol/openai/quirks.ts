/**
 * Where providers that speak this dialect differ in what they take.
 *
 * @module
 */

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
   * The name of the end user's label. OpenAI replaces `user` by `safety_identifier`; Mistral takes
   * none. Default: `user`.
   */
  readonly userField?: "user" | "safety_identifier" | "none" | undefined
  /** The name of the seed; Mistral calls it `random_seed`. Default: `seed`. */
  readonly seedField?: "seed" | "random_seed" | undefined
  /**
   * Where the reasoning of earlier turns goes back. DeepSeek refuses a thinking model's tool results
   * without it; others take none. Default: it does not go back.
   */
  readonly reasoningField?: "reasoning_content" | undefined
}
