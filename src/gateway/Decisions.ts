/**
 * The latest decisions, in memory.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Decision } from "./Decision.ts"

/** The latest decisions. */
export class Decisions extends Context.Service<Decisions, {
  /** Keeps a decision, which may still change, and forgets the oldest. */
  readonly keep: (decision: Decision) => void
  /** The latest by this id that `fits`; `undefined` where there is none, or it was forgotten. */
  readonly find: (id: string, fits?: (decision: Decision) => boolean) => Decision | undefined
}>()("penstock/gateway/Decisions") {
  /** Keeps the latest `capacity`; default: 2,000, some 2 MB. */
  static readonly layer = Layer.sync(Decisions, () => make())
}

/** As the layer, with another capacity. */
export const make = (capacity = 2000): Context.Service.Shape<typeof Decisions> => {
  // A ring, looked through from its newest: a map would cost each request more than a search costs.
  const ring: Array<Decision> = []
  let next = 0
  return {
    keep: (decision) => {
      ring[next] = decision
      next = (next + 1) % capacity
    },
    find: (id, fits = () => true) => {
      for (let back = 1; back <= ring.length; back++) {
        const decision = ring[(next - back + capacity) % capacity]
        if (decision?.id === id && fits(decision)) return decision
      }
      return undefined
    }
  }
}
