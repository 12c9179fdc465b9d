/**
 * How far one request is, and which of its limits holds now.
 *
 * @module
 */
import type { TimeLimits } from "../config/TimeLimits.ts"

/** What the work tells its watch: field writes, no timer per delta. */
export interface Watch {
  /** The head of the answer is there. */
  readonly head: () => void
  /** Content came, or the client took what it was sent. */
  readonly progress: () => void
  /** From now on the client is waited for, not the provider. */
  readonly waitForClient: () => void
}

/** A watch as its watchman sees it. */
export interface Watched extends Watch {
  /** The limit that has passed by `time`, or in how many milliseconds to look again. */
  readonly look: (time: number) => number | Phase | "total"
  /** The least time in milliseconds after which there may be something to see. */
  readonly soonest: number
}

/** What is waited for: the head, the first content, more content, or the client. */
export type Phase = "head" | "first" | "content" | "client"

/** A watch that begins now, in the milliseconds of `now`. */
export const make = (
  limits: TimeLimits,
  headMs: number,
  totalMs: number,
  keepAlive: () => void,
  now: () => number
): Watched => {
  const startedAt = now()
  let phase: Phase = "head"
  /** When the phase began, or content last came. */
  let since = startedAt
  /** When the client was last sent something. */
  let spokeAt = startedAt
  // A limit that begins to hold between two looks is never closer than the shortest of these.
  const shortest = Math.min(limits.idleMs, limits.keepAliveMs, limits.slowClientMs)

  const allowance = (): number => {
    switch (phase) {
      case "head":
        return headMs
      case "first":
        return limits.firstTokenMs
      case "content":
        return limits.idleMs
      case "client":
        return limits.slowClientMs
    }
  }

  return {
    head: () => {
      phase = "first"
    },
    progress: () => {
      phase = "content"
      since = spokeAt = now()
    },
    waitForClient: () => {
      phase = "client"
      since = now()
    },
    soonest: Math.min(headMs, limits.firstTokenMs, totalMs, shortest),
    look: (time) => {
      const left = since + allowance() - time
      if (left <= 0) return phase
      const totalLeft = startedAt + totalMs - time
      if (totalLeft <= 0) return phase === "client" ? phase : "total"
      let next = Math.min(left, totalLeft, shortest)
      // With the head comes a limit that has been running since the start.
      const firstLeft = startedAt + limits.firstTokenMs - time
      if (phase === "head" && firstLeft > 0) next = Math.min(next, firstLeft)
      if (phase === "content") {
        if (time - spokeAt >= limits.keepAliveMs) {
          keepAlive()
          spokeAt = time
        }
        next = Math.min(next, spokeAt + limits.keepAliveMs - time)
      }
      return next
    }
  }
}
