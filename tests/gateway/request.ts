/**
 * Requests, as short as they can be.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../src/domain/Completion.ts"

/** Asks `model` something. */
export const asking = (
  model: string,
  parameters: Parameters = {},
  dropUnsupported = false
): CompletionRequest => ({
  model,
  messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
  parameters,
  dropUnsupported
})
