/**
 * Counters as plain numbers, one for each set of labels.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { Tell } from "./Meters.ts"

/** One number: whoever holds it adds to it. */
export interface Cell {
  value: number
  readonly attributes: Attributes
}

/** A counter with labels. */
export interface Counter {
  /** The number for these values of its labels, in order; of what is too much all share one. */
  readonly cell: (...values: ReadonlyArray<string>) => Cell
  readonly read: (tell: Tell) => void
}

/** How many sets of labels a counter has, where it does not say. */
export const mostCells = 2000
/** The value of every label of what was too much. */
export const other = "other"

/** A counter that has counted nothing, with so many sets of labels at most. */
export const make = (labels: ReadonlyArray<string>, most = mostCells): Counter => {
  const cells = new Map<string, Cell>()

  const add = (key: string, values: ReadonlyArray<string>): Cell => {
    const attributes: Attributes = {}
    labels.forEach((label, at) => {
      attributes[label] = values[at] ?? other
    })
    const made: Cell = { value: 0, attributes }
    cells.set(key, made)
    return made
  }

  return {
    cell: (...values) => {
      const key = values.join("\n")
      const found = cells.get(key)
      if (found) return found
      if (cells.size < most) return add(key, values)
      return cells.get("") ?? add("", [])
    },
    read: (tell) => {
      for (const { value, attributes } of cells.values()) tell(value, attributes)
    }
  }
}
