/**
 * How many tokens a prompt has, without an answer to it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Guard } from "../actor/Team.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import type { Source } from "../domain/Usage.ts"
import type { Deployment, Snapshot } from "../routing/ModelTable.ts"
import { targetOf } from "./account.ts"
import type { Ask } from "./Ask.ts"
import type { Candidate } from "./Decision.ts"
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

/** Its provider is waited for so long. */
const patience = "5 seconds"

/**
 * Counts the prompt of `ask`: nothing is taken for it, and nothing charged. The provider that would be
 * asked first counts, where it can and does so soon; else the gateway.
 */
export const count = (
  tools: Tools,
  snapshot: Snapshot,
  ask: Ask
): Effect.Effect<Counted, GatewayError> => {
  const { request } = ask
  const candidates = plan(snapshot, request.model, {
    prices: tools.prices,
    // In the order that the next request would find.
    balancer: { ...tools.balancer, order: tools.balancer.peek },
    now: tools.wallClock()
  })
  if (candidates instanceof GatewayError) return Effect.fail(candidates)
  // Whom no request would reach, such as a provider that is switched off, is not shown a prompt either.
  const first = candidates.find(isUsable(tools))?.deployment
  const model = (first ?? candidates[0]?.deployment)?.model.id ?? request.model
  return Effect.flatMap(
    first ? Effect.option(askProvider(first, ask)) : Effect.succeedNone,
    (told): Effect.Effect<Counted> =>
      Option.isSome(told)
        ? Effect.succeed({ model, tokens: told.value, source: "reported" })
        : Effect.map(
          tools.counter.countRequest(request),
          (tokens): Counted => ({ model, tokens, source: "estimated" })
        )
  )
}

const isUsable =
  ({ circuits }: Tools) =>
  ({ deployment: { enabled, id, provider }, policy }: Candidate): boolean =>
    enabled && policy.enabled && provider.settings.readiness.ready && provider.isRunning() &&
    circuits.peek(id, provider.settings.provider.id)._tag === "Go"

/** What its provider counts; fails where it does not say, or not soon. */
const askProvider = (
  { model, provider }: Deployment,
  { caller, request }: Ask
): Effect.Effect<number, unknown> =>
  provider.settings.provider.dialect.counting === undefined
    ? Effect.fail("it cannot count")
    : Effect.timeout(
      provider.count(request, targetOf(model, false), unguarded, caller),
      patience
    )

/** Nothing but the time is watched. */
const unguarded: Guard<never> = () => ({ begun: () => {}, over: () => {} })
