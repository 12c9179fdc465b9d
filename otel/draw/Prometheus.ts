/**
 * Asking Prometheus.
 *
 * @module
 */

/** A series, with one value or with its course. Times are Unix seconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly points: ReadonlyArray<readonly [time: number, value: number]>
}

/** A point in time, or a course of `step` seconds. */
export type When =
  | { readonly at: number }
  | { readonly from: number; readonly to: number; readonly step: number }

interface Result {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly values?: ReadonlyArray<readonly [number, string]>
}

interface Reply {
  readonly status: string
  readonly error?: string
  readonly data: { readonly resultType: string; readonly result: ReadonlyArray<Result> }
}

/** The series of `expression`; fails with what Prometheus has against it. */
export const query = async (
  prometheus: string,
  expression: string,
  when: When
): Promise<ReadonlyArray<Series>> => {
  const isCourse = "from" in when
  const form = new URLSearchParams({
    query: expression,
    ...(isCourse
      ? { start: `${when.from}`, end: `${when.to}`, step: `${when.step}` }
      : { time: `${when.at}` })
  })
  const response = await fetch(`${prometheus}/api/v1/query${isCourse ? "_range" : ""}`, {
    method: "POST",
    body: form
  })
  const reply: Reply = await response.json()
  if (reply.status !== "success") throw new Error(`${expression}: ${reply.error}`)
  if (reply.data.resultType === "scalar") throw new Error(`${expression}: gives a bare number`)
  return reply.data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
    labels: metric,
    points: values.map(([time, text]) => [time, Number(text)])
  }))
}

/** What a series is called, by the `legend` of its target. */
export const nameOf = ({ labels }: Series, legend: string | undefined): string => {
  if (legend) {
    return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? "").trim() || "none"
  }
  return Object.entries(labels).map(([label, value]) => `${label}=${value}`).join(" ")
}
