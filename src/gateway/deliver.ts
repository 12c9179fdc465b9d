/**
 * From a provider's deltas to the client, as they come.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Delta, isContent } from "../domain/Delta.ts"
import type { FinishReason } from "../domain/FinishReason.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Watch } from "../guard/Watch.ts"
import { addDelta, emptyTally, type Tally } from "../ledger/estimate.ts"
import type { Client } from "./Client.ts"

/** What was delivered so far. */
export interface Delivery {
  /** Whether the client was shown something: from then on there is no going back. */
  opened: boolean
  /** How much the client was sent, for counting where the provider does not. */
  readonly written: Tally
  readonly finishes: Array<{ choice: number; reason: FinishReason }>
  usage: Usage | undefined
}

/** Nothing yet. */
export const nothing = (): Delivery => ({
  opened: false,
  written: emptyTally(),
  finishes: [],
  usage: undefined
})

/**
 * Sends the deltas that show something on to the client, and keeps the others in `delivery`: how it
 * ended is told once, at the very end. The client is not opened before there is something to show,
 * so that a failure before it is an ordinary error. A slow client holds the provider back.
 */
export const deliver = (
  deltas: Stream.Stream<Delta, UpstreamFault>,
  model: string,
  client: Client,
  watch: Watch,
  delivery: Delivery
): Effect.Effect<void, UpstreamFault> => {
  watch.head()
  return Stream.runForEachArray(deltas, (batch) => {
    const content = batch.every(isContent) ? batch : batch.filter((delta) => keep(delivery, delta))
    if (content.length === 0) return Effect.void
    for (const delta of content) addDelta(delivery.written, delta)
    if (!delivery.opened) {
      delivery.opened = true
      client.open(model)
    }
    watch.progress()
    if (client.write(content)) return Effect.void
    watch.waitForClient()
    return Effect.map(client.room, watch.progress)
  })
}

/** Keeps what is told at the end; says whether a delta is to be sent now. */
const keep = (delivery: Delivery, delta: Delta): boolean => {
  if (delta._tag === "Usage") delivery.usage = delta.usage
  else if (delta._tag === "Finish") {
    delivery.finishes.push({ choice: delta.choice, reason: delta.reason })
  } else return true
  return false
}
