/**
 * Everything whose distribution is kept: recorded into tallies, and told to all who listen.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { Distribution } from "./Distribution.ts"
import type { HistogramMetric } from "./metrics.ts"
import * as Tally from "./Tally.ts"

/** What was recorded of a metric with one set of labels since the last time. */
export interface Recorded {
  readonly metric: HistogramMetric
  readonly attributes: Attributes
  readonly values: Distribution
}

/** Is told of what was recorded; it must not fail. */
export type Listener = (recorded: ReadonlyArray<Recorded>) => void

/** Where values are recorded and told. */
export interface Values {
  /**
   * Where values of `metric` with these labels are recorded: made once for each set of labels, and kept
   * by whoever records. Whoever makes them sees to it that they are few.
   */
  readonly tally: (metric: HistogramMetric, attributes: Attributes) => Tally.Tally
  /** Has all listeners told of what was recorded since the last time. */
  readonly tell: () => void
  /** From now on `listener` is told, whoever has it told. */
  readonly listen: (listener: Listener) => void
}

/** No values yet. */
export const make = (): Values => {
  const tallies: Array<{
    readonly metric: HistogramMetric
    readonly attributes: Attributes
    readonly tally: Tally.Tally
  }> = []
  const listeners: Array<Listener> = []
  return {
    tally: (metric, attributes) => {
      const tally = Tally.make()
      tallies.push({ metric, attributes, tally })
      return tally
    },
    tell: () => {
      const recorded: Array<Recorded> = []
      for (const { metric, attributes, tally } of tallies) {
        const values = tally.take()
        if (values) recorded.push({ metric, attributes, values })
      }
      for (const listener of listeners) listener(recorded)
    },
    listen: (listener) => void listeners.push(listener)
  }
}
