/**
 * Requests, as short as they can be.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../src/domain/Completion.ts"
import { type Ask, nothingTold } from "../../src/gateway/Ask.ts"

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

/** A request on its way, from `caller`, who waits as long as it takes. */
export const ask = (
  request: CompletionRequest,
  { id = "req_test", caller = "tester", timeoutMs }: {
    readonly id?: string
    readonly caller?: string
    readonly timeoutMs?: number
  } = {}
): Ask => ({ id, caller, request, timeoutMs, told: nothingTold() })
