/**
 * What can become of a call that a provider's actor does not make.
 *
 * @module
 */
import type * as Random from "effect/Random"
import { UpstreamFault } from "../domain/UpstreamFault.ts"

/** What the kit says of an actor, as a fault of its provider. */
export const actorFaults = {
  ActorBusy: (provider: string, random: typeof Random.Random.Service) =>
    new UpstreamFault({
      class: "busy",
      message: `Provider "${provider}" has as many calls as it may have`,
      // Spread, or all who were refused would come back at once: over whole seconds, too.
      retryAfterMs: 500 + Math.floor(2500 * random.nextDoubleUnsafe())
    }),
  ActorDown: (provider: string) =>
    new UpstreamFault({ class: "down", message: `Provider "${provider}" takes no calls now` }),
  ActorCrashed: (provider: string) =>
    new UpstreamFault({
      class: "crashed",
      message: `The call to provider "${provider}" was lost to a crash`
    })
}
