/**
 * From a provider's deltas to the client, as they come.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Delta, type Finish, isContent } from "../domain/Delta.ts"
import type { UpstreamFault } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Watch } from "../guard/Watch.ts"
import * as Written from "../ledger/tokens/Written.ts"
import type { Client } from "./Client.ts"
import { diverged } from "./resume/diverged.ts"
import type { Splice } from "./resume/Splice.ts"
import { endless, mostContent, sizeOf } from "./sizeOf.ts"
import { make as makeTranscript, type Transcript } from "./resume/Transcript.ts"

/** What was delivered so far, by however many calls. */
export interface Delivery {
  /** Whether the client was shown something: from then on there is no going back. */
  opened: boolean
  /** All that it was shown, as far as it is needed to take up a broken answer. */
  readonly transcript: Transcript | undefined
  /** How much was shown, in UTF-16 units. */
  size: number
  /** Of the call at hand. */
  call: CallDelivery
}

/** What one call brought. */
export interface CallDelivery {
  /** Whether the provider began to answer. */
  accepted: boolean
  /** Whether it brought content. */
  showed: boolean
  /** How much content, for counting where the provider does not. */
  readonly written: Written.Written
  readonly finishes: Array<Omit<Finish, "_tag">>
  usage: Usage | undefined
  /** Takes out what was shown already, where the call goes on with a broken answer. */
  readonly splice: Splice | undefined
}

/** Nothing yet; only what may have to be taken up is written down. */
export const nothing = (isRecorded: boolean): Delivery => ({
  opened: false,
  transcript: isRecorded ? makeTranscript() : undefined,
  size: 0,
  call: newCall(undefined)
})

/** A call that has brought nothing yet. */
export const newCall = (splice: Splice | undefined): CallDelivery => ({
  accepted: false,
  showed: false,
  written: Written.make(),
  finishes: [],
  usage: undefined,
  splice
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
  delivery: Delivery,
  begun: () => void
): Effect.Effect<void, UpstreamFault> => {
  const { call } = delivery
  call.accepted = true
  watch.head()

  /** Shows deltas of which every one is content. */
  const show = (content: ReadonlyArray<Delta>): Effect.Effect<void> => {
    if (content.length === 0) return Effect.void
    if (delivery.transcript) { for (const delta of content) delivery.transcript.add(delta) }
    if (!delivery.opened) {
      delivery.opened = true
      client.open({ model, usage: call.usage })
    }
    if (client.write(content)) return Effect.void
    watch.waitForClient()
    return Effect.map(client.room, () => watch.progress(true))
  }

  const shown = Stream.runForEachArray(deltas, (batch) => {
    const content = batch.every(isContent) ? batch : batch.filter((delta) => keep(call, delta))
    if (content.length === 0) return Effect.void
    for (const delta of content) {
      call.written.add(delta)
      delivery.size += sizeOf(delta)
    }
    if (delivery.size > mostContent) return Effect.fail(endless)
    if (!call.showed) {
      call.showed = true
      begun()
    }
    if (call.splice) return spliced(call.splice, content, watch, show)
    watch.progress(true)
    return show(content)
  })
  const { splice } = call
  return splice === undefined ? shown : Effect.andThen(
    shown,
    Effect.suspend(() => {
      const rest: Array<Delta> = []
      return splice.finish(rest) === "ok" ? show(rest) : Effect.fail(diverged)
    })
  )
}

const spliced = (
  splice: Splice,
  content: ReadonlyArray<Delta>,
  watch: Watch,
  show: (content: ReadonlyArray<Delta>) => Effect.Effect<void>
): Effect.Effect<void, UpstreamFault> => {
  const rest: Array<Delta> = []
  for (const delta of content) {
    if (splice.feed(delta, rest) === "diverged") return Effect.fail(diverged)
  }
  watch.progress(rest.length > 0)
  return show(rest)
}

/** Keeps what is told at the end; says whether a delta is to be sent now. */
const keep = (call: CallDelivery, delta: Delta): boolean => {
  if (delta._tag === "Usage") call.usage = delta.usage
  else if (delta._tag === "Finish") {
    const { _tag, ...end } = delta
    call.finishes.push(end)
  } else return true
  return false
}
