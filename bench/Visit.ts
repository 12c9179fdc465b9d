/**
 * One visit of the load generator to one gateway, and what several of them say together.
 *
 * @module
 */
import type { Asking } from "./gateways.ts"
import type { LoadPlan, LoadResult } from "./LoadPlan.ts"
import { type Listening, processorTime } from "./processes.ts"
import type { Scenario } from "./scenarios.ts"

/** What one visit measured. Work is a request, or a content event of a stream. */
export interface Visit {
  /** Work done in a second. */
  readonly rate: number
  /** Milliseconds to the answer, or to the first event of a stream. */
  readonly p50: number
  readonly p99: number
  /** Microseconds of the gateway's processor time for each piece of work. */
  readonly cpu: number
  /** The gateway's processor time over the visit's: 1 is one core, busy all the time. */
  readonly load: number
  readonly failed: number
  readonly failure: string | undefined
}

/** Puts `scenario` on a gateway and waits until all its answers are whole. */
export const visit = async (
  scenario: Scenario,
  gateway: Listening,
  asking: Asking
): Promise<Visit> => {
  const { concurrency, seconds, events, requests } = scenario
  const plan: LoadPlan = {
    port: gateway.port,
    ending: "[DONE]",
    ...asking,
    concurrency,
    seconds,
    events,
    requests
  }
  const before = processorTime(gateway.pid)
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-net",
      new URL("load.ts", import.meta.url).pathname,
      JSON.stringify(plan)
    ],
    stderr: "piped"
  }).output()
  const used = processorTime(gateway.pid) - before
  const text = new TextDecoder()
  const said = text.decode(stdout)
  if (said === "") throw new Error(`The load generator failed: ${text.decode(stderr)}`)
  const result: LoadResult = JSON.parse(said)
  const work = result.completed * Math.max(1, events)
  return {
    rate: work / result.seconds,
    p50: result.p50,
    p99: result.p99,
    cpu: work === 0 ? NaN : used / work,
    load: used / (result.seconds * 1e6),
    failed: result.failed,
    failure: result.failure
  }
}

/** The median of `numbers`. */
export const middle = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.floor(half - 0.5)]! + sorted[Math.floor(half)]!) / 2
}

/** What `visits` say together: the median of each figure, and the sum of the failures. */
export const median = (visits: ReadonlyArray<Visit>): Visit => {
  const of = (figure: "rate" | "p50" | "p99" | "cpu" | "load"): number =>
    middle(visits.map((visit) => visit[figure]))
  return {
    rate: of("rate"),
    p50: of("p50"),
    p99: of("p99"),
    cpu: of("cpu"),
    load: of("load"),
    failed: visits.reduce((sum, { failed }) => sum + failed, 0),
    failure: visits.find(({ failure }) => failure !== undefined)?.failure
  }
}
