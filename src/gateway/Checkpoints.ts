/**
 * What streams have taken so far, noted in the books about once a second, for the case that the
 * gateway dies.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as EffectScope from "effect/Scope"
import * as Slots from "../actor/Slots.ts"
import type { Rates } from "../domain/Cost.ts"
import type { Page } from "../ledger/Ledger.ts"
import type { Written } from "../ledger/tokens/Written.ts"
import { chargeOf, written } from "./account.ts"

/** A call whose answer is being streamed. */
export interface Streaming {
  readonly page: Page
  readonly number: number
  readonly promptTokens: number
  readonly written: Written
  readonly rates: Rates | undefined
}

/** The streams under way. */
export interface Checkpoints {
  /** Notes from now on what it takes; says how to stop that. */
  readonly watch: (streaming: Streaming) => () => void
}

/** One fiber for all streams, in the current scope. */
export const make: Effect.Effect<Checkpoints, never, EffectScope.Scope> = Effect.gen(function* () {
  const entries = Slots.make<{ readonly streaming: Streaming; noted: number }>()

  const round = Effect.sync(() => {
    for (const entry of entries) {
      const { page, number, promptTokens, written: text, rates } = entry.streaming
      const tokens = text.roughTokens()
      if (tokens === entry.noted) continue
      entry.noted = tokens
      page.checkpoint(number, chargeOf(written(promptTokens, tokens), rates))
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep("1 second"), round)))

  return {
    watch: (streaming) => {
      const entry = { streaming, noted: 0 }
      const slot = entries.add(entry)
      return () => void entries.remove(slot, entry)
    }
  }
})
