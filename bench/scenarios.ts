/**
 * What is measured: the loads that every gateway is put under.
 *
 * @module
 */

/** A load, the same for every gateway. */
export interface Scenario {
  readonly kind: "unary" | "stream" | "paced"
  readonly concurrency: number
  /** How long a visit starts new requests, in seconds. */
  readonly seconds: number
  /** Content events in each answer; 0 for answers that are not streamed. */
  readonly events: number
  /** Milliseconds between the events of a stream; 0 for all at once. */
  readonly pace: number
  /** The most requests of a visit. */
  readonly requests: number
}

/** A whole run of the benchmark. */
export interface Plan {
  readonly scenarios: ReadonlyArray<Scenario>
  /** How often each gateway is visited in each scenario. */
  readonly rounds: number
}

const unary = (concurrency: number, seconds: number): Scenario => ({
  kind: "unary",
  concurrency,
  seconds,
  events: 0,
  pace: 0,
  requests: 200_000
})

const stream = (concurrency: number, seconds: number): Scenario => ({
  kind: "stream",
  concurrency,
  seconds,
  events: 100,
  pace: 0,
  requests: 20_000
})

/** Each connection has one stream of 50 events a second. */
const paced = (concurrency: number, seconds: number): Scenario => ({
  kind: "paced",
  concurrency,
  seconds,
  events: seconds * 50,
  pace: 20,
  requests: concurrency
})

/** The run whose numbers count: about six minutes. */
export const full: Plan = {
  rounds: 5,
  scenarios: [
    unary(1, 2),
    unary(16, 2),
    unary(64, 2),
    stream(1, 2),
    stream(16, 2),
    stream(256, 2),
    paced(128, 3)
  ]
}

/** Shows that all works; its numbers mean nothing. */
export const quick: Plan = {
  rounds: 1,
  scenarios: [unary(16, 0.4), stream(16, 0.4), paced(32, 1)]
}
