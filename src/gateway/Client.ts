/**
 * The client of a streamed answer, as the gateway sees it. Each surface of the API is one.
 *
 * @module
 */
import type * as Effect from "effect/Effect"
import type { Cost } from "../domain/Cost.ts"
import type { Delta, Finish } from "../domain/Delta.ts"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Usage } from "../domain/Usage.ts"

/** Who is sent a streamed answer. All of it is synchronous but the wait for room. */
export interface Client {
  /** Commits to an answer: its status goes out, and cannot be taken back. */
  readonly open: (start: Start) => void
  /** Sends deltas that show something. Says whether there is room for more. */
  readonly write: (deltas: ReadonlyArray<Delta>) => boolean
  /** Waits until there is room again. */
  readonly room: Effect.Effect<void>
  /** Tells that the answer still goes on. */
  readonly keepAlive: () => void
  /** The answer is whole. */
  readonly finish: (ending: Ending) => void
  /** The answer broke off after it was opened, and must not look whole. */
  readonly fail: (error: GatewayError) => void
}

/** What is known of an answer when it begins. */
export interface Start {
  /** The id of the model that begins it. */
  readonly model: string
  /** What its provider counted so far, where it says so before the first content. */
  readonly usage: Usage | undefined
}

/** How a whole answer ended, and what it took. */
export interface Ending {
  /** The id of the model that brought it to its end. */
  readonly model: string
  readonly finishes: ReadonlyArray<Omit<Finish, "_tag">>
  readonly usage: Usage
  /** Absent where the price is unknown. */
  readonly cost: Cost | undefined
}
