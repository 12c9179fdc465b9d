/**
 * What is measured of requests.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Settled } from "../ledger/Entry.ts"
import { make } from "./metrics/measures.ts"

/** An answer to an HTTP request. */
export interface Exchange {
  readonly method: string
  /** As declared, such as `/api/v1/llm/models/:model_id/status`; absent where there is no such. */
  readonly route: string | undefined
  readonly status: number
  /** Until the head of the answer was sent, in milliseconds. */
  readonly durationMs: number
}

/** Takes note of what happens. All of it is synchronous, and never fails. */
export class Telemetry extends Context.Service<Telemetry, {
  /** A request is over, and its books are closed. */
  readonly settled: (settled: Settled) => void
  /** An HTTP request was answered. */
  readonly exchanged: (exchange: Exchange) => void
}>()("penstock/telemetry/Telemetry") {
  /** Measures what it is told with `Meters`. */
  static readonly layer = Layer.effect(Telemetry, make)
}
