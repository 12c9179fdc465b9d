/**
 * How many tokens a prompt has, without an answer to it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Source } from "../domain/Usage.ts"
import type { Snapshot } from "../routing/ModelTable.ts"
import type { Ask } from "./Ask.ts"
import { plan } from "./plan.ts"
import type { Tools } from "./Tools.ts"

/** How many tokens a prompt has. */
export interface Counted {
  /** The id of the model that would be asked first. */
  readonly model: string
  readonly tokens: number
  /** Who counted: its provider, or the gateway. */
  readonly source: Exclude<Source, "mixed">
}

/** Counts the prompt of `ask`: nothing is taken for it, and nothing charged. */
export const count = (
  tools: Tools,
  snapshot: Snapshot,
  { request }: Ask
): Effect.Effect<Counted, GatewayError> => {
  const candidates = plan(snapshot, request.model, { ...tools, now: tools.wallClock() })
  if (candidates instanceof GatewayError) return Effect.fail(candidates)
  const model = candidates[0]?.deployment.model.id ?? request.model
  return Effect.map(
    tools.counter.countRequest(request),
    (tokens): Counted => ({ model, tokens, source: "estimated" })
  )
}
