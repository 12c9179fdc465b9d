/**
 * What one scope has used over the last minute, and what it has under way.
 *
 * @module
 */
import type { Limits } from "../../config/Traffic.ts"
import { longestMs, make as makeWindow } from "./SlidingWindow.ts"

/** What one scope has used; it is told of everything, and only `refusal` knows of limits. */
export interface ScopeUsage {
  /** The limit that has to be waited for the longest; absent where there is room. */
  readonly refusal: (now: number, limits: Limits, tokens: number) => Refusal | undefined
  /** Counts a request that reserves `tokens`. */
  readonly begin: (now: number, tokens: number) => Hold
  /** The request of `hold` is over, and used `tokens`. */
  readonly settle: (now: number, hold: Hold, tokens: number) => void
  /** The request of `hold` is over as if it had never been. */
  readonly release: (now: number, hold: Hold) => void
  readonly standing: (now: number, limits: Limits) => Standing
  readonly count: (now: number) => Count
}

/** Which limit stands in the way, and after how many milliseconds to try again. */
export interface Refusal {
  readonly limit: "requests" | "tokens" | "concurrency"
  readonly retryAfterMs: number
}

/** What a request under way holds of a scope. */
export interface Hold {
  readonly usage: ScopeUsage
  readonly tokens: number
  readonly requestSlice: number
  readonly tokenSlice: number
}

/** How much room there is; what is not limited is absent. */
export interface Standing {
  readonly requests?: Room | undefined
  readonly tokens?: Room | undefined
}

/** What is left of a limit. */
export interface Room {
  readonly limit: number
  readonly remaining: number
  /** In so many milliseconds the whole limit is there again. */
  readonly resetMs: number
}

/** What counts: the requests and tokens of the last minute, and what is under way. */
export interface Count {
  readonly requests: number
  readonly tokens: number
  /** Tokens that the requests under way reserved. */
  readonly reserved: number
  /** Requests under way. */
  readonly concurrency: number
}

/** When one of the requests under way ends is not known. */
const concurrencyRetryMs = 1000

/** A scope that was never used. */
export const make = (): ScopeUsage => {
  const requests = makeWindow()
  const tokens = makeWindow()
  let reserved = 0
  let concurrency = 0

  const usage: ScopeUsage = {
    refusal: (now, { requestsPerMinute, tokensPerMinute, concurrency: most }, asked) => {
      const waits = {
        requests: requestsPerMinute === undefined
          ? 0
          : requests.roomAfterMs(now, requestsPerMinute, 1),
        tokens: tokensPerMinute === undefined ? 0 : tokens.roomAfterMs(now, tokensPerMinute, asked),
        concurrency: most === undefined || concurrency < most ? 0 : concurrencyRetryMs
      }
      const longest = Math.max(waits.requests, waits.tokens, waits.concurrency)
      if (longest === 0) return undefined
      // A limit of 0 never has room; but an operator may have another mind in a minute.
      const retryAfterMs = Math.min(longest, longestMs)
      if (longest === waits.tokens) return { limit: "tokens", retryAfterMs }
      return { limit: longest === waits.requests ? "requests" : "concurrency", retryAfterMs }
    },
    begin: (now, asked) => {
      reserved += asked
      concurrency++
      return {
        usage,
        tokens: asked,
        requestSlice: requests.add(now, 1),
        tokenSlice: tokens.add(now, asked)
      }
    },
    settle: (now, hold, used) => {
      reserved -= hold.tokens
      concurrency--
      tokens.correct(now, hold.tokenSlice, used - hold.tokens)
    },
    release: (now, hold) => {
      usage.settle(now, hold, 0)
      requests.correct(now, hold.requestSlice, -1)
    },
    standing: (now, { requestsPerMinute, tokensPerMinute }) => ({
      requests: requestsPerMinute === undefined
        ? undefined
        : room(requestsPerMinute, requests.used(now), requests.emptyAfterMs(now)),
      tokens: tokensPerMinute === undefined
        ? undefined
        : room(tokensPerMinute, tokens.used(now), tokens.emptyAfterMs(now))
    }),
    count: (now) => ({
      requests: requests.used(now),
      tokens: tokens.used(now),
      reserved,
      concurrency
    })
  }
  return usage
}

/** More may have been used than was reserved, and so more than there is. */
const room = (limit: number, used: number, resetMs: number): Room => ({
  limit,
  remaining: Math.max(0, limit - used),
  resetMs
})
