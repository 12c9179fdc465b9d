/**
 * OpenTelemetry's names as Prometheus has them.
 *
 * @module
 */

/** Units that a name ends with; those in braces, but one, only say what is counted. */
const suffixes: Readonly<Record<string, string>> = {
  s: "seconds",
  By: "bytes",
  "{nanodollar}": "nanodollars"
}

/** The name of a metric: its unit at the end, and `_total` after it where it is a counter. */
export const metricName = (name: string, unit: string, isCounter: boolean): string => {
  const suffix = suffixes[unit]
  const base = name.replace(/[^a-zA-Z0-9_:]/g, "_")
  const withUnit = suffix && !base.endsWith(`_${suffix}`) ? `${base}_${suffix}` : base
  return isCounter ? `${withUnit}_total` : withUnit
}

/** The word for a unit, where a name ends with it. */
export const unitName = (unit: string): string | undefined => suffixes[unit]

/** The name of a label. */
export const labelName = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, "_")

/** A label's value, between quotes. */
export const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")

/** What is said of a metric, on one line. */
export const helpText = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
