/**
 * The numbers as Markdown, and whether Penstock keeps to its targets.
 *
 * @module
 */
import { surfaceNames, withoutBooks, withPolicies } from "./gateways.ts"
import type { Scenario } from "./scenarios.ts"
import { middle, type Visit } from "./Visit.ts"

/** One scenario's figures: for each gateway that ran, the median over the rounds. */
export interface Measured {
  readonly scenario: Scenario
  readonly figures: ReadonlyMap<string, Visit>
  /** What they are the medians of, round by round. */
  readonly visits: ReadonlyMap<string, ReadonlyArray<Visit>>
}

/** One target in one scenario. */
export interface Verdict {
  readonly target: string
  readonly measured: string
  readonly met: boolean
}

/** The least share of the pass-through's requests a second that Penstock has to reach. */
export const leastThroughput = 0.5
/** The most processor time a streamed event may take, in those of the hand-written pump. */
export const mostEventCost = 1.6

/** The most that all policies together may add to a request, in microseconds of processor time. */
export const mostPolicyCost = 60
/** The most that they may add to a streamed event: nothing that can be measured. */
const mostPolicyEventCost = 1.15

/** The most that books and telemetry may add to a request, in microseconds of processor time. */
export const mostBooksCost = 40
/** The most that they may add to a delta. */
export const mostBooksDeltaCost = 1

/** The most processor time that a surface may take, in that of the native API. */
export const mostSurfaceCost = 1.3

/** What a scenario is called in the report. */
export const titleOf = ({ kind, concurrency, events, pace }: Scenario): string =>
  kind === "unary"
    ? `Whole answers, ${concurrency} at a time`
    : kind === "stream"
    ? `Streams of ${events} events, all at once, ${concurrency} at a time`
    : `${concurrency} streams of ${1000 / pace} events a second`

/** The table of one scenario. */
export const table = ({ scenario, figures }: Measured): string => {
  const unary = scenario.kind === "unary"
  const base = figures.get(unary ? "passthrough" : "pump")
  const [work, than] = unary ? ["request", "pass-through"] : ["event", "pump"]
  const rows = [...figures].map(([name, figure]) => [
    name.startsWith("penstock") ? `**${name}**` : name,
    count(figure.rate),
    base ? times(figure.rate / base.rate) : "-",
    milliseconds(figure.p50),
    milliseconds(figure.p99),
    figure.cpu.toFixed(1),
    base ? times(figure.cpu / base.cpu) : "-",
    `${(figure.load * 100).toFixed(0)} %`,
    String(figure.failed)
  ])
  const latency = unary ? "" : " to first event"
  const heads = [
    "gateway",
    `${work}s/s`,
    `of ${than}`,
    `p50 ms${latency}`,
    `p99 ms${latency}`,
    `CPU µs/${work}`,
    `of ${than}`,
    "of one core",
    "failed"
  ]
  return [
    `### ${titleOf(scenario)}`,
    "",
    row(heads),
    row(heads.map((_, at) => at === 0 ? "---" : "---:")),
    ...rows.map(row),
    ""
  ].join("\n")
}

/** Penstock's targets: the verdicts for each of them that was measured. */
export const judge = (all: ReadonlyArray<Measured>): ReadonlyArray<Verdict> => {
  const alone = all.find(({ scenario }) => scenario.kind === "unary" && scenario.concurrency === 1)
  const ofRequest = alone && addedByBooks(alone)
  return all.flatMap((one) => [
    ...judgeSpeed(one),
    ...judgeBooks(one, ofRequest),
    ...judgeSurfaces(one)
  ])
}

const judgeSurfaces = ({ scenario, visits }: Measured): ReadonlyArray<Verdict> => {
  const native = visits.get("penstock")
  return surfaceNames.flatMap((name) => {
    const surface = visits.get(name)
    if (native === undefined || surface === undefined) return []
    const ratio = middle(surface.map(({ cpu }, round) => cpu / (native[round]?.cpu ?? NaN)))
    return [{
      target: `${titleOf(scenario)}: ${name} takes at most ${times(mostSurfaceCost)} of ` +
        "the native API's CPU",
      measured: times(ratio),
      met: ratio <= mostSurfaceCost
    }]
  })
}

/** Round by round: what is alike in both is left out, and so is how the machine drifts. */
const addedByBooks = ({ visits }: Measured): number | undefined => {
  const all = visits.get("penstock")
  const without = visits.get(withoutBooks)
  return all && without && middle(all.map(({ cpu }, round) => cpu - (without[round]?.cpu ?? NaN)))
}

/** Streams begin and end too seldom to share commits: they cost what a request costs alone. */
const judgeBooks = (
  measured: Measured,
  ofRequest: number | undefined
): ReadonlyArray<Verdict> => {
  const { scenario, scenario: { events } } = measured
  const added = addedByBooks(measured)
  if (added === undefined) return []
  if (events === 0) {
    return [{
      target: `${titleOf(scenario)}: books and telemetry add at most ${mostBooksCost} µs of CPU`,
      measured: `${added.toFixed(0)} µs`,
      met: added <= mostBooksCost
    }]
  }
  if (ofRequest === undefined) return []
  const ofDelta = added - ofRequest / events
  return [{
    target:
      `${titleOf(scenario)}: books and telemetry add at most ${mostBooksDeltaCost} µs of CPU ` +
      "to an event, its part of a request left out",
    measured: `${ofDelta.toFixed(1)} µs`,
    met: ofDelta <= mostBooksDeltaCost
  }]
}

const judgeSpeed = ({ scenario, figures }: Measured): ReadonlyArray<Verdict> => {
  const penstock = figures.get("penstock")
  const base = figures.get(scenario.kind === "unary" ? "passthrough" : "pump")
  if (penstock === undefined || base === undefined) return []
  const title = titleOf(scenario)
  const policies = figures.get(withPolicies)
  if (scenario.kind === "unary") {
    const ratio = penstock.rate / base.rate
    const target = `${title}: at least ${times(leastThroughput)} of the pass-through's requests/s`
    const speed = { target, measured: times(ratio), met: ratio >= leastThroughput }
    if (policies === undefined) return [speed]
    const added = policies.cpu - penstock.cpu
    return [speed, {
      target: `${title}: all policies add at most ${mostPolicyCost} µs of CPU`,
      measured: `${added.toFixed(0)} µs`,
      met: added <= mostPolicyCost
    }]
  }
  const ratio = penstock.cpu / base.cpu
  const target = `${title}: at most ${times(mostEventCost)} of the pump's CPU per event`
  const speed = { target, measured: times(ratio), met: ratio <= mostEventCost }
  if (policies === undefined) return [speed]
  const more = policies.cpu / penstock.cpu
  return [speed, {
    target: `${title}: all policies add nothing to an event that can be measured (15 %)`,
    measured: times(more),
    met: more <= mostPolicyEventCost
  }]
}

/** The verdicts as a table. */
export const verdicts = (all: ReadonlyArray<Verdict>): string =>
  all.length === 0
    ? "### Targets\n\nNot judged: penstock, or what it is compared with, did not run.\n"
    : [
      "### Targets",
      "",
      row(["target", "measured", ""]),
      row(["---", "---:", "---"]),
      ...all.map(({ target, measured, met }) => row([target, measured, met ? "pass" : "**FAIL**"])),
      ""
    ].join("\n")

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
const times = (ratio: number): string => `${ratio.toFixed(2)} ×`
const count = (rate: number): string => Math.round(rate).toLocaleString("en")
const milliseconds = (time: number): string => time.toFixed(2)
