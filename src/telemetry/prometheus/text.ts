/**
 * The text that Prometheus scrapes, in its format 0.0.4.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { Buckets } from "../metrics/buckets.ts"
import { escaped, helpText, labelName, metricName, unitName } from "./names.ts"

/** What this text is, as `Content-Type` has it. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** What is said of a metric before its values. */
export interface Head {
  readonly name: string
  readonly unit: string
  readonly description: string
}

/** Labels as text, without braces; those without a value are left out. */
export const labels = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${labelName(name)}="${escaped(String(value))}"`)
    .join(",")

/** A counter or a gauge. */
export const numbers = (
  head: Head,
  type: "counter" | "gauge",
  points: Iterable<readonly [labels: string, value: number]>
): string => {
  const name = metricName(head.name, head.unit, type === "counter")
  const lines = headLines(name, type, head)
  for (const [labels, value] of points) lines.push(line(name, labels, value))
  return lines.join("")
}

/** A histogram: each bucket holds those below it too. */
export const histogram = (
  head: Head,
  bounds: ReadonlyArray<number>,
  points: Iterable<readonly [labels: string, buckets: Buckets]>
): string => {
  const name = metricName(head.name, head.unit, false)
  const lines = headLines(name, "histogram", head)
  for (const [labels, { counts, sum, count }] of points) {
    const before = labels === "" ? "" : `${labels},`
    let below = 0
    bounds.forEach((bound, at) => {
      below += counts[at] ?? 0
      lines.push(line(`${name}_bucket`, `${before}le="${bound}"`, below))
    })
    lines.push(
      line(`${name}_bucket`, `${before}le="+Inf"`, count),
      line(`${name}_sum`, labels, sum),
      line(`${name}_count`, labels, count)
    )
  }
  return lines.join("")
}

const headLines = (name: string, type: string, { description, unit }: Head): Array<string> => {
  const word = unitName(unit)
  return [
    `# HELP ${name} ${helpText(description)}\n`,
    `# TYPE ${name} ${type}\n`,
    ...(word ? [`# UNIT ${name} ${word}\n`] : [])
  ]
}

const line = (name: string, labels: string, value: number): string =>
  labels === "" ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`
