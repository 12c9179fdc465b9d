/**
 * Clients of Anthropic's API, as our tests use them.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk"
import { apiKey } from "../../kit/gateway.ts"

/** The official SDK, without repetitions of its own. */
export const sdk = (url: string, key = apiKey): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })

/** A question to `model`, as short as it can be. */
export const hi = (model: string) => ({
  model,
  max_tokens: 100,
  messages: [{ role: "user" as const, content: "Hi" }]
})
