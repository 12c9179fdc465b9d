/**
 * Connections that are kept, to be asked again.
 *
 * @module
 */
import type { Keeper, Line } from "./Line.ts"

/** Connections that are kept. */
export interface Pool {
  /** One to `origin` that is idle, the one that was used last; it is not kept any more. */
  readonly take: (origin: string) => Line | undefined
  /** Keeps the lines to `origin` that become idle. */
  readonly keeper: (origin: string) => Keeper
  /** Ends those that were idle for too long. */
  readonly sweep: () => void
  /** How many are kept. */
  readonly size: () => number
  /** Ends all, and keeps none from now on. */
  readonly close: () => void
}

/** So many are kept for one origin. */
const mostIdle = 256
/** For so long one is kept: most servers keep theirs for a minute or more. */
const idleMs = 60_000
/** So long before a server ends one, by its own words, it is used no more: a request takes its way. */
const marginMs = 1000

/** One that is idle. */
interface Idle {
  readonly line: Line
  readonly untilMs: number
}

/** An empty pool; `now` is a clock that never goes back, in milliseconds. */
export const make = (now: () => number): Pool => {
  const pools = new Map<string, Array<Idle>>()
  let isOpen = true

  const keepIn = (kept: Array<Idle>, line: Line, keepMs = idleMs + marginMs): void => {
    const untilMs = now() + Math.min(keepMs - marginMs, idleMs)
    if (!isOpen || untilMs <= now()) return line.close()
    // The oldest is the first that its server ends.
    if (kept.length >= mostIdle) kept.shift()?.line.close()
    kept.push({ line, untilMs })
  }

  const poolOf = (origin: string): Array<Idle> => {
    const known = pools.get(origin)
    if (known) return known
    const made: Array<Idle> = []
    pools.set(origin, made)
    return made
  }

  return {
    take: (origin) => {
      const kept = pools.get(origin)
      for (let last = kept?.pop(); last; last = kept?.pop()) {
        if (last.untilMs > now()) return last.line
        last.line.close()
      }
      return undefined
    },
    keeper: (origin) => {
      const kept = poolOf(origin)
      return {
        idle: (line, keepMs) => keepIn(kept, line, keepMs),
        lost: (line) => {
          const at = kept.findIndex((idle) => idle.line === line)
          if (at >= 0) kept.splice(at, 1)
        }
      }
    },
    sweep: () => {
      for (const kept of pools.values()) {
        const late = kept.filter(({ untilMs }) => untilMs <= now())
        for (const { line } of late) line.close()
        if (late.length > 0) {
          kept.splice(
            0,
            kept.length,
            ...kept.filter((idle) => !late.includes(idle))
          )
        }
      }
    },
    size: () => Array.from(pools.values()).reduce((size, kept) => size + kept.length, 0),
    close: () => {
      isOpen = false
      for (const kept of pools.values()) {
        for (const { line } of kept) line.close()
        kept.length = 0
      }
    }
  }
}
