/**
 * The reader of metrics that stays in this process.
 *
 * @module
 */
import {
  AggregationTemporality,
  InstrumentType,
  type MetricData,
  MetricReader
} from "@opentelemetry/sdk-metrics"

/** More than the measures ever have: they are bounded where they are made, and told apart there. */
const mostSeries = 10_000

/**
 * Reads counters as what they are, and of gauges those that were told this time: one that is gone is
 * not told again.
 */
export class InProcessReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_COUNTER
          ? AggregationTemporality.CUMULATIVE
          : AggregationTemporality.DELTA,
      cardinalitySelector: () => mostSeries
    })
  }

  /** What is measured now; a gauge that cannot be read is left out. */
  read(): Promise<ReadonlyArray<MetricData>> {
    return this.collect().then(({ resourceMetrics }) =>
      resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
    )
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
}
