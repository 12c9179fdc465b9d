/**
 * A client that writes down what it is told, and when.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Client, Ending } from "../../src/gateway/Client.ts"
import type { Delta } from "../../src/domain/Delta.ts"
import type { GatewayError } from "../../src/domain/GatewayError.ts"

/** What a client was told. */
export type Told =
  | { readonly _tag: "open"; readonly at: number }
  | { readonly _tag: "write"; readonly at: number; readonly deltas: ReadonlyArray<Delta> }
  | { readonly _tag: "keepAlive"; readonly at: number }
  | { readonly _tag: "finish"; readonly at: number; readonly ending: Ending }
  | { readonly _tag: "fail"; readonly at: number; readonly error: GatewayError }

/** A client that writes down what it is told, and when, in virtual milliseconds. */
export interface Recorder extends Client {
  readonly told: ReadonlyArray<Told>
  /** The kinds of what it was told, in order. */
  readonly story: () => ReadonlyArray<Told["_tag"]>
  /** All the text that it was sent. */
  readonly text: () => string
  /** From now on it has no room, or has room again. */
  readonly setFull: (full: boolean) => void
  /** How it ended, where it ended well. */
  readonly ending: () => Ending | undefined
  /** The class of the fault it was told of, where it was. */
  readonly failure: () => string | undefined
}

/** Starts to record. */
export const recorder: Effect.Effect<Recorder> = Clock.clockWith((clock) =>
  Effect.sync(() => {
    const told: Array<Told> = []
    let full = false
    let wake = () => {}
    const at = () => clock.currentTimeMillisUnsafe()
    return {
      told,
      open: () => void told.push({ _tag: "open", at: at() }),
      write: (deltas) => {
        told.push({ _tag: "write", at: at(), deltas: [...deltas] })
        return !full
      },
      room: Effect.callback((resume) => {
        wake = () => resume(Effect.void)
        if (!full) wake()
      }),
      keepAlive: () => void told.push({ _tag: "keepAlive", at: at() }),
      finish: (ending) => void told.push({ _tag: "finish", at: at(), ending }),
      fail: (error) => void told.push({ _tag: "fail", at: at(), error }),
      story: () => told.map(({ _tag }) => _tag),
      text: () =>
        told.flatMap((one) => one._tag === "write" ? one.deltas : [])
          .map((delta) => delta._tag === "Text" ? delta.text : "").join(""),
      setFull: (now) => {
        full = now
        if (!full) wake()
      },
      ending: () => {
        const last = told.at(-1)
        return last?._tag === "finish" ? last.ending : undefined
      },
      failure: () => {
        const last = told.at(-1)
        return last?._tag === "fail" ? classOf(last.error) : undefined
      }
    }
  })
)

/** The class of a provider's fault, else the kind of the error. */
export const classOf = ({ reason }: GatewayError): string =>
  reason._tag === "ProviderFailed" ? reason.fault.class : reason._tag
