/**
 * Whether a deployment may be called now: its circuit, its time to cool down, and its provider's
 * credential.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Circuit from "./Circuit.ts"

export type { Outcome, Thresholds } from "./Circuit.ts"

/** Whether a call may go. */
export type Permission = Go | Wait

/** A call may go. */
export interface Go {
  readonly _tag: "Go"
  /** Whether it tries out a circuit that is half open. */
  readonly probe: boolean
  /**
   * To be told how the call ended; only the first time counts. A probe keeps all other calls out
   * until then, so one that is interrupted has to be noted too: as `neutral`.
   */
  readonly note: (outcome: Circuit.Outcome) => void
}

/** No call may go now. */
export interface Wait {
  readonly _tag: "Wait"
  /** What is in the way; of several, what is so for the longest. */
  readonly why: "circuit_open" | "cooling_down" | "credential_parked"
  /** In how many milliseconds it is worth asking again. */
  readonly retryInMs: number
}

/** How a deployment is, for an operator. */
export interface CircuitView {
  readonly state: Circuit.Circuit["state"]
  readonly consecutiveFailures: number
  /** Of probes; 0 where the circuit is not half open. */
  readonly consecutiveSuccesses: number
  /** Until the circuit lets a call go; absent where it does now. */
  readonly retryInMs?: number | undefined
  readonly coolingDownMs?: number | undefined
  readonly parkedMs?: number | undefined
}

/** Whether a deployment may be called now. All of it is synchronous, as it is asked in every attempt. */
export class Circuits extends Context.Service<Circuits, {
  /** Takes leave to call `deployment`: a probe's place, where its circuit is half open. */
  readonly ask: (
    deployment: string,
    provider: string,
    thresholds: Circuit.Thresholds
  ) => Permission
  /** What `ask` would say now, taking nothing. */
  readonly peek: (deployment: string, provider: string) => Omit<Go, "note"> | Wait
  /** Leaves `deployment` alone for so long, at most an hour; of two such times the longer one stays. */
  readonly coolDown: (deployment: string, ms: number) => void
  /** Uses the credential of `provider` for no call in the next 10 minutes, or until `unpark`. */
  readonly park: (provider: string) => void
  readonly unpark: (provider: string) => void
  readonly state: (deployment: string, provider: string) => CircuitView
  /** Every deployment that was asked for, in no order. */
  readonly all: () => ReadonlyArray<{ readonly deployment: string; readonly view: CircuitView }>
}>()("penstock/guard/Circuits") {
  static readonly layer = Layer.effect(
    Circuits,
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      const random = yield* Random.Random
      // Monotonic: a clock that is set opens no circuit.
      const now = () => Math.floor(Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000)
      const entries = new Map<string, Entry>()
      /** Until when no call goes with a provider's credential. */
      const parked = new Map<string, number>()

      const entryOf = (deployment: string): Entry => {
        let entry = entries.get(deployment)
        if (!entry) {
          entry = { circuit: Circuit.untouched, coolUntil: 0, provider: "" }
          entries.set(deployment, entry)
        }
        return entry
      }

      const parkedMs = (provider: string, time: number): number => {
        const until = parked.get(provider)
        if (until === undefined) return 0
        if (until > time) return until - time
        parked.delete(provider)
        return 0
      }

      const coolingMs = (entry: Entry, time: number): number => {
        if (entry.coolUntil > time) return entry.coolUntil - time
        entry.coolUntil = 0
        return 0
      }

      /** What is in the way of a call. Most of the time nothing is, and no clock is read. */
      const obstacle = (entry: Entry, provider: string): Wait | undefined => {
        if (entry.circuit.state === "closed" && entry.coolUntil === 0 && parked.size === 0) return
        const time = now()
        let why: Wait["why"] = "circuit_open"
        let retryInMs = Circuit.waitMs(entry.circuit, time)
        const cooling = coolingMs(entry, time)
        if (cooling > retryInMs) [why, retryInMs] = ["cooling_down", cooling]
        const kept = parkedMs(provider, time)
        if (kept > retryInMs) [why, retryInMs] = ["credential_parked", kept]
        return retryInMs > 0 ? { _tag: "Wait", why, retryInMs } : undefined
      }

      const fail = (circuit: Circuit.Circuit, era: number, thresholds: Circuit.Thresholds) =>
        Circuit.afterFailure(circuit, era, thresholds, now(), random.nextDoubleUnsafe())

      const go = (entry: Entry, thresholds: Circuit.Thresholds): Go => {
        const { era, state } = entry.circuit
        let noted = false
        return {
          _tag: "Go",
          probe: state !== "closed",
          note: (outcome) => {
            if (noted) return
            noted = true
            entry.circuit = outcome === "success"
              ? Circuit.afterSuccess(entry.circuit, era, thresholds)
              : outcome === "neutral"
              ? Circuit.afterNeutral(entry.circuit, era)
              : fail(entry.circuit, era, thresholds)
          }
        }
      }

      const view = (entry: Entry | undefined, provider: string): CircuitView => {
        const time = now()
        const circuit = entry?.circuit ?? Circuit.untouched
        const wait = Circuit.waitMs(circuit, time)
        return {
          // The next call would be a probe: that is what an operator calls half open.
          state: circuit.state === "open" && wait === 0 ? "half_open" : circuit.state,
          consecutiveFailures: circuit.failures,
          consecutiveSuccesses: circuit.state === "half_open" ? circuit.successes : 0,
          retryInMs: wait || undefined,
          coolingDownMs: entry && coolingMs(entry, time) || undefined,
          parkedMs: parkedMs(provider, time) || undefined
        }
      }

      return Circuits.of({
        ask: (deployment, provider, thresholds) => {
          const entry = entryOf(deployment)
          entry.provider = provider
          const wait = obstacle(entry, provider)
          if (wait) return wait
          entry.circuit = Circuit.begin(entry.circuit)
          return go(entry, thresholds)
        },
        peek: (deployment, provider) => {
          const entry = entries.get(deployment) ?? nobody
          return obstacle(entry, provider) ?? (entry.circuit.state === "closed" ? goes : probes)
        },
        coolDown: (deployment, ms) => {
          const entry = entryOf(deployment)
          const wanted = ms > 0 ? now() + Math.ceil(Math.min(ms, longestMs)) : 0
          entry.coolUntil = Math.max(entry.coolUntil, wanted)
        },
        park: (provider) => void parked.set(provider, now() + parkMs),
        unpark: (provider) => void parked.delete(provider),
        state: (deployment, provider) => view(entries.get(deployment), provider),
        all: () =>
          Array.from(
            entries,
            ([deployment, entry]) => ({ deployment, view: view(entry, entry.provider) })
          )
      })
    })
  )
}

/** What is kept of one deployment. */
interface Entry {
  circuit: Circuit.Circuit
  /** 0 where it does not cool down. */
  coolUntil: number
  provider: string
}

const nobody: Entry = { circuit: Circuit.untouched, coolUntil: 0, provider: "" }
const goes = { _tag: "Go", probe: false } as const
const probes = { _tag: "Go", probe: true } as const

const longestMs = 3_600_000
const parkMs = 600_000
