/**
 * The reader of metrics that stays in this process.
 *
 * @module
 */
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type MetricData,
  MetricReader
} from "@opentelemetry/sdk-metrics"

/** As many buckets as 1 ms to 10 min take when each is 2.2 % wide. */
const mostBuckets = 640
/** More than the measures ever have: they are bounded where they are made, and told apart there. */
const mostSeries = 10_000

const exponential: AggregationOption = {
  type: AggregationType.EXPONENTIAL_HISTOGRAM,
  options: { maxSize: mostBuckets, recordMinMax: true }
}

/**
 * Reads histograms as what was added since the last time, and counters as what they are. Gauges are
 * those that were told this time: one that is gone is not told again.
 */
export class InProcessReader extends MetricReader {
  constructor() {
    super({
      aggregationSelector: (type) =>
        type === InstrumentType.HISTOGRAM ? exponential : { type: AggregationType.DEFAULT },
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
