/**
 * How much telemetry was lost.
 *
 * @module
 */
import * as Context from "effect/Context"

/** What was dropped since the start, since nobody took it in time: spans, log records, data points. */
export interface DroppedCounts {
  traces: number
  /** Lines for the log and records for a collector. */
  logs: number
  metrics: number
}

/** What was dropped. Default: the counts of this process. */
export const Dropped = Context.Reference<DroppedCounts>("penstock/telemetry/Dropped", {
  defaultValue: () => ({ traces: 0, logs: 0, metrics: 0 })
})
