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
  /** Content came; `shown` says whether the client was sent any of it. */
  readonly progress: (shown: boolean) => void
  /** When the client was last sent something, for the watch that follows; absent where it never was. */
  readonly spokeAt: () => number | undefined
  /** From now on the client is waited for, not the provider. */
  readonly waitForClient: () => void
}

/** A watch as its watchman sees it. */
export interface Watched extends Watch {
  /** The work has a place: from now on the provider is waited for. */
  readonly begun: () => void
  /** The limit that has passed by `time`, or in how many milliseconds to look again. */
  readonly look: (time: number) => number | Exclude<Phase, "place"> | "total"
  /** The least time in milliseconds after which there may be something to see. */
  readonly soonest: number
}

/** What is waited for: a place, the head, the first content, more content, or the client. */
export type Phase = "place" | "head" | "first" | "content" | "client"

/** What one request may take, besides the limits that hold for all. */
export interface WatchOptions {
  /** Until the head of the answer, in milliseconds. */
  readonly headMs: number
  /** For all of it, as long as there is no content. */
  readonly totalMs: number
  /** For all of it, once there is content. Default: `totalMs`. */
  readonly contentTotalMs?: number | undefined
  /** Called when a client that was sent something was sent nothing more for `keepAliveMs`. */
  readonly keepAlive: () => void
  /** When the client was last sent something, as the watch before said; absent where it never was. */
  readonly spokeAt?: number | undefined
}

/** A watch that begins now, in the milliseconds of `now`. */
export const make = (
  limits: TimeLimits,
  { headMs, totalMs, contentTotalMs = totalMs, keepAlive, spokeAt: spokeBefore }: WatchOptions,
  now: () => number
): Watched => {
  const startedAt = now()
  let phase: Phase = "place"
  let speaks = spokeBefore !== undefined
  let total = totalMs
  /** When the phase began, or content last came. */
  let since = startedAt
  /** When the client was last sent something. */
  let spokeAt = spokeBefore ?? startedAt
  // A limit that begins to hold between two looks is never closer than the shortest of these.
  const shortest = Math.min(limits.idleMs, limits.keepAliveMs, limits.slowClientMs)

  const allowance = (): number => {
    switch (phase) {
      case "place":
        return Infinity
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
    begun: () => {
      phase = "head"
      since = now()
    },
    head: () => {
      phase = "first"
    },
    progress: (shown) => {
      phase = "content"
      total = contentTotalMs
      since = now()
      if (!shown) return
      speaks = true
      spokeAt = since
    },
    spokeAt: () => speaks ? spokeAt : undefined,
    waitForClient: () => {
      phase = "client"
      since = now()
    },
    soonest: Math.min(headMs, limits.firstTokenMs, totalMs, shortest),
    look: (time) => {
      const left = since + allowance() - time
      if (phase !== "place" && left <= 0) return phase
      const totalLeft = startedAt + total - time
      if (totalLeft <= 0) return phase === "client" ? phase : "total"
      // Without a place yet, the head may be waited for from the next moment on.
      let next = Math.min(left, totalLeft, shortest, phase === "place" ? headMs : Infinity)
      // With the head comes a limit that has been running since the start.
      const firstLeft = since + limits.firstTokenMs - time
      if (phase === "head" && firstLeft > 0) next = Math.min(next, firstLeft)
      if (speaks && phase !== "client") {
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
