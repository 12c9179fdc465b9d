/**
 * Why an answer ended.
 *
 * @module
 */

/** Why an answer ended, in one vocabulary for every provider. */
export const finishReasons = ["stop", "length", "tool_calls", "content_filter"] as const

/**
 * Why an answer ended.
 *
 * - `stop`: the model was done, or met a stop text
 * - `length`: the token budget ran out
 * - `tool_calls`: the model waits for tool results
 * - `content_filter`: the provider withheld the answer, or the rest of it
 */
export type FinishReason = typeof finishReasons[number]
