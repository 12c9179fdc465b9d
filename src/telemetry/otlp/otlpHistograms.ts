/**
 * What was recorded, as OpenTelemetry's histograms.
 *
 * @module
 */
import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api"
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  type ScopeMetrics
} from "@opentelemetry/sdk-metrics"
import * as Buckets from "../metrics/buckets.ts"
import type { HistogramMetric } from "../metrics/metrics.ts"
import type { Recorded, Values } from "../metrics/Values.ts"

/** Tells what there is to tell now. */
export type Told = () => ReadonlyArray<ScopeMetrics>

/** One set of labels of a metric. */
interface Point extends Buckets.Buckets {
  readonly attributes: Attributes
  min: number
  max: number
}

/**
 * Adds up what is recorded in `values` from now on, in the buckets of each metric. What is told is all
 * since now, or, with deltas, since it was told last; `now` tells Unix milliseconds.
 */
export const make = (
  values: Values,
  aggregationTemporality: AggregationTemporality,
  now: () => number
): Told => {
  let start = hrTime(now())
  let metrics = new Map<HistogramMetric, Map<string, Point>>()

  const add = ({ attributes, metric, values: more }: Recorded): void => {
    let points = metrics.get(metric)
    if (!points) metrics.set(metric, points = new Map())
    const key = JSON.stringify(attributes)
    let point = points.get(key)
    if (!point) {
      point = { ...Buckets.make(metric.bounds), attributes, min: Infinity, max: 0 }
      points.set(key, point)
    }
    Buckets.add(point, metric.bounds, more)
    point.min = Math.min(point.min, more.min)
    point.max = Math.max(point.max, more.max)
  }

  values.listen((recorded) => {
    for (const one of recorded) add(one)
  })

  return () => {
    values.tell()
    const end = hrTime(now())
    const told = Array.from(
      metrics,
      ([{ bounds, description, name, unit }, points]): HistogramMetricData => ({
        descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
        aggregationTemporality,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: Array.from(points.values(), ({ attributes, count, counts, max, min, sum }) => ({
          startTime: start,
          endTime: end,
          attributes,
          value: {
            buckets: { boundaries: [...bounds], counts: Array.from(counts) },
            count,
            sum,
            min,
            max
          }
        }))
      })
    )
    if (aggregationTemporality === AggregationTemporality.DELTA) {
      metrics = new Map()
      start = end
    }
    return told.length === 0 ? [] : [{ scope: { name: "penstock" }, metrics: told }]
  }
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), (ms % 1000) * 1_000_000]
