/**
 * How the fake provider treats a call.
 *
 * @module
 */
import type { Peer } from "../RawServer.ts"
import type { FakeDialect } from "./FakeDialect.ts"
import type { RecordedCall } from "./RecordedCall.ts"

/** How the fake provider treats one call, from the first byte of the answer to the last. */
export interface Script {
  /** For the eyes of whoever reads a failed test. */
  readonly name: string
  /** Plays the script to the end, or until the connection is over. */
  readonly play: (stage: Stage) => Promise<void>
}

/** What a script has to work with. */
export interface Stage {
  readonly call: RecordedCall
  readonly peer: Peer
  /** The call's own dialect. */
  readonly dialect: FakeDialect
}

/** Decides by the call how it is treated. */
export type Choose = (call: RecordedCall) => Script

/** Each call has the next of `scripts`; from the last on, all have the last. */
export const sequence = (...scripts: readonly [Script, ...ReadonlyArray<Script>]): Choose => {
  let next = 0
  return () => scripts[Math.min(next++, scripts.length - 1)]!
}
