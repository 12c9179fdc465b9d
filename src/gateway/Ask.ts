/**
 * What a client asks of the gateway, and what the gateway says of it beside the answer.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Opened } from "../ledger/Entry.ts"
import type { Standing } from "../guard/limits/Limiter.ts"
import type { TraceContext } from "../telemetry/traces/TraceContext.ts"

/** A request, who sends it, and how long it may take. */
export interface Ask {
  /** As in `X-Request-Id`. */
  readonly id: string
  /** The id of the caller's key or token: whose limits hold, and whose turn it is in a queue. */
  readonly caller: string
  readonly request: CompletionRequest
  /** What is made of it, in the word of traces and metrics. Default: an answer. */
  readonly operation?: Opened["operation"]
  /** How long the client waits, in milliseconds, where it says so. */
  readonly timeoutMs: number | undefined
  /** How long it waits for the first content of a stream, in milliseconds, where it says so. */
  readonly patienceMs?: number | undefined
  /** The trace that it is part of, where there is one. */
  readonly trace?: TraceContext | undefined
  /** Filled in while the request is served. */
  readonly told: Told
}

/** What is told of a request in the headers of its answer, whatever that answer is. */
export interface Told {
  /** How often a provider was asked. */
  attempts: number
  /** How much room the tightest of the caller's and the model's limits leave. */
  standing: Standing | undefined
  /** When that was, in Unix milliseconds. */
  standingAt: number
  /** The trace that it is part of, where there is one. */
  traceId: string | undefined
  /** What of it the model that answers cannot honour, and was left out, by its native path. */
  dropped: ReadonlyArray<string>
  /** Whether the gateway ended it, since it is to stop itself. */
  stopped: boolean
  /** For how many milliseconds it was served by now; absent where it was not even read. */
  elapsedMs?: (() => number) | undefined
}

/** Nothing yet. */
export const nothingTold = (): Told => ({
  attempts: 0,
  standing: undefined,
  standingAt: 0,
  traceId: undefined,
  dropped: [],
  stopped: false
})
