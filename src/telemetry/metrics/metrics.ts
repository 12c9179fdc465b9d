/**
 * Every metric: its name, its unit and what it says. `docs/telemetry.md` lists the same.
 *
 * @module
 */

/** A number that is read when it is asked for. */
export interface Metric {
  readonly kind: "gauge" | "counter"
  readonly name: string
  /** As in UCUM, such as `s` and `By`; empty where it counts things. */
  readonly unit: string
  readonly description: string
}

/** Values whose distribution is kept. */
export interface HistogramMetric {
  readonly name: string
  readonly unit: string
  readonly description: string
  /** Powers of two, ascending: the upper bounds of its buckets where a reader wants few. */
  readonly bounds: ReadonlyArray<number>
}

/** The powers of two from `2^from` to `2^to`. */
const powers = (from: number, to: number, step = 1): ReadonlyArray<number> =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => 2 ** (from + at * step))

/** A metric of durations. */
const seconds = (name: string, description: string, bounds: ReadonlyArray<number>) => ({
  name,
  unit: "s",
  description,
  bounds
})

/** All histograms; those that begin with `gen_ai` and `http` are as the semantic conventions have them. */
export const histograms = {
  duration: seconds(
    "gen_ai.client.operation.duration",
    "From when a request came until it was over",
    powers(-7, 10)
  ),
  tokens: {
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    description: "Tokens of a request",
    bounds: powers(0, 20, 2)
  },
  firstToken: seconds(
    "gen_ai.server.time_to_first_token",
    "From when a request came to its first content",
    powers(-8, 7)
  ),
  perToken: seconds(
    "gen_ai.server.time_per_output_token",
    "Time for each token after the first, of whole streams",
    powers(-13, 2)
  ),
  queue: seconds(
    "penstock.queue.duration",
    "Waiting for places at providers' actors",
    powers(-10, 6)
  ),
  overhead: seconds(
    "penstock.overhead.duration",
    "What the gateway itself took: all but waiting for providers and for places",
    powers(-14, 2)
  ),
  http: seconds(
    "http.server.request.duration",
    "Until the head of the answer was sent",
    powers(-11, 10)
  )
} as const satisfies Record<string, HistogramMetric>

const counter = (name: string, description: string, unit = ""): Metric => ({
  kind: "counter",
  name,
  unit,
  description
})

const gauge = (name: string, description: string, unit = ""): Metric => ({
  kind: "gauge",
  name,
  unit,
  description
})

/** All counters. */
export const counters = {
  requests: counter("penstock.requests", "Requests that are over"),
  attempts: counter("penstock.attempts", "Calls to providers that are over"),
  retries: counter("penstock.retries", "Calls of a deployment that had just failed"),
  fallbacks: counter("penstock.fallbacks", "Calls of another deployment after one had failed"),
  resumptions: counter("penstock.resumptions", "Calls that took up a broken stream"),
  tokens: counter("penstock.tokens", "Tokens that were charged"),
  cost: counter("penstock.cost", "What was charged, in billionths of a US dollar", "{nanodollar}"),
  unpriced: counter("penstock.unpriced", "Charges without a known price"),
  usageSource: counter("penstock.usage.source", "Calls by who counted their tokens"),
  dropped: counter("penstock.telemetry.dropped", "Telemetry that could not be exported"),
  ledgerFailures: counter("penstock.ledger.failures", "How often the books could not be written"),
  ledgerRecovered: counter("penstock.ledger.recovered", "Requests that a crash had left open"),
  ledgerLost: counter("penstock.ledger.lost", "Entries that were lost: too many to keep in memory"),
  cpuTime: counter("process.cpu.time", "CPU time of this process", "s")
} as const satisfies Record<string, Metric>

/** All gauges. */
export const gauges = {
  circuitState: gauge("penstock.circuit.state", "Circuits: 0 closed, 1 half open, 2 open"),
  inFlight: gauge("penstock.provider.in_flight", "Calls under way"),
  waiting: gauge("penstock.provider.waiting", "Calls that wait for a place"),
  idleConnections: gauge(
    "penstock.connections.idle",
    "Connections to providers that are kept for the next request"
  ),
  actorRunning: gauge("penstock.actor.running", "Whether an actor runs: 1 or 0"),
  actorRestarts: gauge("penstock.actor.restarts", "How often an actor was started anew"),
  mailboxDepth: gauge("penstock.mailbox.depth", "Messages that wait for an actor"),
  ledgerState: gauge("penstock.ledger.state", "The books: 0 open, 1 behind, 2 broken"),
  ledgerWaiting: gauge("penstock.ledger.waiting", "Entries that are not written yet"),
  memory: gauge("process.memory.usage", "Memory of this process", "By"),
  heap: gauge("process.memory.heap", "Memory in use on the heap", "By"),
  uptime: gauge("process.uptime", "Since this process started", "s"),
  eventLoopLag: gauge(
    "penstock.event_loop.lag",
    "The longest that a timer was late within the last minute",
    "s"
  )
} as const satisfies Record<string, Metric>
