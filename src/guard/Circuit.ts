/**
 * The circuit of one deployment: what its calls, one after the other, say of asking it again.
 *
 * @module
 */

/** Where a circuit is; it does not change by itself, only by a call that begins or ends. */
export type Circuit = Closed | Open | HalfOpen

/** All calls go. */
interface Closed extends State<"closed"> {
  /** In a row, up to now. */
  readonly failures: number
}

/** No call goes. */
interface Open extends State<"open"> {
  readonly failures: number
  /** How often it opened since it was last closed. */
  readonly openings: number
  /** When a probe may go, in milliseconds. */
  readonly until: number
}

/** One call goes at a time. */
interface HalfOpen extends State<"half_open"> {
  readonly failures: number
  readonly openings: number
  /** Probes that succeeded in a row, up to now. */
  readonly successes: number
  /** Whether a probe is under way. */
  readonly probing: boolean
}

interface State<Name extends string> {
  readonly state: Name
  /** Grows whenever it opens: a call that began in an earlier era says nothing of this one. */
  readonly era: number
}

/**
 * What a call said of its deployment. It is `neutral` where it said nothing: the client's fault, the
 * client left, no quota.
 */
export type Outcome = "success" | "failure" | "neutral"

/** How many in a row it takes. */
export interface Thresholds {
  /** Failures that open a circuit. */
  readonly failureThreshold: number
  /** Successful probes that close it. */
  readonly recoveryThreshold: number
}

/** A circuit that has seen no call. */
export const untouched: Circuit = { state: "closed", era: 0, failures: 0 }

/** Nobody knows how long a probe takes; so many milliseconds later is a good time to ask again. */
const probeMs = 1000

/** In how many milliseconds it is worth asking; 0 where a call may go now. */
export const waitMs = (circuit: Circuit, nowMs: number): number => {
  switch (circuit.state) {
    case "closed":
      return 0
    case "open":
      return Math.max(0, circuit.until - nowMs)
    case "half_open":
      return circuit.probing ? probeMs : 0
  }
}

/** The circuit with a call more under way; only for one whose `waitMs` is 0. */
export const begin = (circuit: Circuit): Circuit => {
  if (circuit.state === "closed") return circuit
  const { era, failures, openings } = circuit
  const successes = circuit.state === "half_open" ? circuit.successes : 0
  return { state: "half_open", era, failures, openings, successes, probing: true }
}

/** The circuit after a call of `era` that the provider answered. */
export const afterSuccess = (
  circuit: Circuit,
  era: number,
  { recoveryThreshold }: Thresholds
): Circuit => {
  if (circuit.era !== era) return circuit
  if (circuit.state === "closed") {
    return circuit.failures === 0 ? circuit : { ...circuit, failures: 0 }
  }
  if (!isProbing(circuit)) return circuit
  const successes = circuit.successes + 1
  return successes >= recoveryThreshold
    ? { state: "closed", era, failures: 0 }
    : { ...circuit, failures: 0, successes, probing: false }
}

/** The circuit after a call of `era` that the provider failed; `random` is from 0 to 1. */
export const afterFailure = (
  circuit: Circuit,
  era: number,
  { failureThreshold }: Thresholds,
  nowMs: number,
  random: number
): Circuit => {
  if (circuit.era !== era) return circuit
  const failures = circuit.failures + 1
  if (circuit.state === "closed" && failures < failureThreshold) return { ...circuit, failures }
  if (circuit.state !== "closed" && !isProbing(circuit)) return circuit
  const openings = circuit.state === "closed" ? 1 : circuit.openings + 1
  const until = nowMs + openMs(openings, random)
  return { state: "open", era: era + 1, failures, openings, until }
}

/** The circuit after a call of `era` that says nothing of the provider: at most, a probe's place is free. */
export const afterNeutral = (circuit: Circuit, era: number): Circuit =>
  circuit.era === era && isProbing(circuit) ? { ...circuit, probing: false } : circuit

const isProbing = (circuit: Circuit): circuit is HalfOpen =>
  circuit.state === "half_open" && circuit.probing

const firstOpenMs = 5000
const longestOpenMs = 300_000

/**
 * How long a circuit stays open that opened `openings` times in a row: 5 s, doubling to 5 min, each
 * 20 % shorter to 20 % longer, so that deployments that broke together do not come back together.
 */
const openMs = (openings: number, random: number): number =>
  Math.round(Math.min(longestOpenMs, firstOpenMs * 2 ** (openings - 1)) * (0.8 + 0.4 * random))
