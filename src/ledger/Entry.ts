/**
 * What the books hold of a request: what is written when it is opened, for each call to a provider,
 * and when it is closed.
 *
 * @module
 */
import type { Cost, Rates } from "../domain/Cost.ts"
import type { FaultClass } from "../domain/UpstreamFault.ts"
import type { Usage } from "../domain/Usage.ts"

/** A request that was admitted. It holds no prompt and no answer. */
export interface Opened {
  /** As in `X-Request-Id`: the client's own where it gave one, so it may come twice. */
  readonly id: string
  /** The id of the caller's key or token. */
  readonly caller: string
  /** When it came, in Unix milliseconds: the UTC day that it counts for is the day of this. */
  readonly at: number
  /** As the client named it; `auto` too. */
  readonly asked: string
  /** What was asked for, in the words of OpenTelemetry. Default: `chat`, which is an answer. */
  readonly operation?: "chat" | "embeddings" | undefined
  readonly streamed: boolean
  /** The version of the configuration that it was served by. */
  readonly version: number
  /** The trace that it is part of, in 32 hexadecimal digits, where there is one. */
  readonly traceId: string | undefined
}

/** What was taken of a provider, and what that costs. */
export interface Charge {
  readonly usage: Usage
  /** Absent where the price is unknown: that is never 0. */
  readonly cost: Cost | undefined
  /** The prices that `cost` was reckoned by; absent with it. */
  readonly rates: Rates | undefined
}

/** A call to a provider that is about to be made. */
export interface Asked {
  /** From 1, without gaps. */
  readonly number: number
  readonly deployment: string
  readonly model: string
  readonly provider: string
  /** Milliseconds after the request came. */
  readonly startedMs: number
  /** How a broken stream is continued by it; absent where it begins from the beginning. */
  readonly resumed: "prefill" | "instruction" | "scratch" | undefined
  /** What is charged where the gateway dies before it knows better: the prompt, estimated. */
  readonly charge: Charge
}

/** How a call ended. */
export type CallOutcome = "answered" | "left" | "client_too_slow" | FaultClass

/** A call to a provider that is over. */
export interface Called extends Omit<Asked, "charge"> {
  readonly outcome: CallOutcome
  /** The provider's status, where it failed with one. */
  readonly status: number | undefined
  /** From the beginning of the call to its end, the wait for a place included. */
  readonly durationMs: number
  /** Waiting for a place at the provider's actor. */
  readonly queueMs: number
  /** From the beginning of the call to its first content; absent where none came, or no stream. */
  readonly firstTokenMs: number | undefined
  /** Whether the client was shown anything of it. */
  readonly showed: boolean
  /** Absent where nothing is charged: the call failed, and the provider reported no usage. */
  readonly charge: Charge | undefined
}

/**
 * How a request ended.
 *
 * - `ok`: with a whole answer; `filtered`: with one that a content filter ended
 * - `upstream_error`: nobody answered; `timeout`: nobody answered in time
 * - `stream_error`: the answer broke off after something was shown
 * - `client_abort`: the client left, or left what it was sent unread
 * - `internal_error`: a bug of the gateway; `crashed`: the gateway died meanwhile
 */
export type Outcome = typeof outcomes[number]

/** Every outcome. */
export const outcomes = [
  "ok",
  "filtered",
  "upstream_error",
  "timeout",
  "stream_error",
  "client_abort",
  "internal_error",
  "crashed"
] as const

/** A request that is over: everything that is told of it in books, metrics, traces and logs. */
export interface Settled extends Opened {
  readonly outcome: Outcome
  /** The model that answered, else the one that was asked last, else as the client named it. */
  readonly model: string
  /** The provider that answered, else the one that was asked last; absent where none was. */
  readonly provider: string | undefined
  /** From when it came until it was over, in milliseconds. */
  readonly durationMs: number
  /** From when it came to its first content; absent where none came, or no stream. */
  readonly firstTokenMs: number | undefined
  /** Waiting for places at providers' actors, all calls together. */
  readonly queueMs: number
  /** Waiting for providers: all calls, and the pauses between them; not the wait for places. */
  readonly upstreamMs: number
  /** In order. */
  readonly calls: ReadonlyArray<Called>
}
