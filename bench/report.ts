/**
 * The numbers as Markdown, and whether Penstock keeps to its targets.
 *
 * @module
 */
import type { Scenario } from "./scenarios.ts"
import type { Visit } from "./Visit.ts"

/** One scenario's figures: for each gateway that ran, the median over the rounds. */
export interface Measured {
  readonly scenario: Scenario
  readonly figures: ReadonlyMap<string, Visit>
}

/** One target in one scenario. */
export interface Verdict {
  readonly target: string
  readonly ratio: number
  readonly met: boolean
}

/** The least share of the pass-through's requests a second that Penstock has to reach. */
export const leastThroughput = 0.5
/** The most processor time a streamed event may take, in those of the hand-written pump. */
export const mostEventCost = 1.6

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
    name === "penstock" ? "**penstock**" : name,
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

/** Penstock's targets, one verdict for each scenario that has one and was measured. */
export const judge = ({ scenario, figures }: Measured): ReadonlyArray<Verdict> => {
  const penstock = figures.get("penstock")
  const base = figures.get(scenario.kind === "unary" ? "passthrough" : "pump")
  if (penstock === undefined || base === undefined) return []
  const title = titleOf(scenario)
  if (scenario.kind === "unary") {
    const ratio = penstock.rate / base.rate
    const target = `${title}: at least ${times(leastThroughput)} of the pass-through's requests/s`
    return [{ target, ratio, met: ratio >= leastThroughput }]
  }
  const ratio = penstock.cpu / base.cpu
  const target = `${title}: at most ${times(mostEventCost)} of the pump's CPU per event`
  return [{ target, ratio, met: ratio <= mostEventCost }]
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
      ...all.map(({ target, ratio, met }) =>
        row([target, times(ratio), met ? "pass" : "**FAIL**"])
      ),
      ""
    ].join("\n")

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
const times = (ratio: number): string => `${ratio.toFixed(2)} ×`
const count = (rate: number): string => Math.round(rate).toLocaleString("en")
const milliseconds = (time: number): string => time.toFixed(2)
