/**
 * When a provider says to come back, in all the ways in which providers say it.
 *
 * @module
 */
import type { AnswerHeaders } from "./Dialect.ts"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { parseHttpDate } from "effect/http/Headers"

/** The longest wait that is told: whoever asks for more is asked again after an hour. */
const mostMs = 3_600_000
/** No honest value is longer; what is, need not be looked at. */
const longestText = 64

/**
 * How long a provider's reply says to wait, in milliseconds from `nowMs`: from 0 to an hour. What is
 * said outright comes before what follows from a spent rate limit; `undefined` where nothing
 * sensible is said.
 */
export const retryAfterMs = (headers: AnswerHeaders, nowMs: number): number | undefined =>
  amountMs(headers.get("retry-after-ms") ?? "", 1) ??
    waitMs(headers.get("retry-after") ?? "", nowMs) ??
    spentLimitsMs(headers, nowMs)

/**
 * A length of time with units, such as `34.4s`, `6m0s`, `12ms` or `9h54m`, in milliseconds: from 0
 * to an hour, which stands for all that is longer. `undefined` where `text` is something else.
 */
export const durationMs = (text: string): number | undefined => {
  const spelled = text.trim()
  if (spelled.length > longestText || !duration.test(spelled)) return undefined
  let total = 0
  for (const [, amount, unit = ""] of spelled.matchAll(step)) {
    total += Number(amount) * (unitMs.get(unit) ?? 0)
  }
  return clamp(total)
}

const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|d|h|m|s))+$/
const step = /(\d+(?:\.\d+)?)([a-zµ]+)/g

const unitMs: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000]
])

/** The longest wait for a limit of which nothing remains; limits that still have room say nothing. */
const spentLimitsMs = (headers: AnswerHeaders, nowMs: number): number | undefined => {
  let longest: number | undefined
  for (const [name, value] of headers) {
    const remaining = remainingName(name)
    if (remaining === undefined || !isZero(headers.get(remaining))) continue
    const wait = waitMs(value, nowMs)
    if (wait !== undefined) longest = Math.max(longest ?? 0, wait)
  }
  return longest
}

/** The header that says what remains of the limit of which `name` says when it is whole again. */
const remainingName = (name: string): string | undefined => {
  const [, limit, anthropicLimit] =
    /^(?:x-ratelimit-reset-(.+)|anthropic-ratelimit-(.+)-reset)$/.exec(name) ?? []
  if (limit !== undefined) return `x-ratelimit-remaining-${limit}`
  return anthropicLimit === undefined
    ? undefined
    : `anthropic-ratelimit-${anthropicLimit}-remaining`
}

const isZero = (remaining: string | null): boolean => /^0+(\.0+)?$/.test(remaining?.trim() ?? "")

/** In seconds, with units, or as a point in time. */
const waitMs = (text: string, nowMs: number): number | undefined =>
  amountMs(text, 1000) ?? durationMs(text) ?? untilMs(text, nowMs)

const amountMs = (text: string, unit: number): number | undefined => {
  const amount = text.trim()
  return amount.length <= longestText && /^\d+(\.\d+)?$/.test(amount)
    ? clamp(Number(amount) * unit)
    : undefined
}

const untilMs = (text: string, nowMs: number): number | undefined => {
  const spelled = text.trim()
  if (spelled.length > longestText) return undefined
  const instant = rfc3339.test(spelled)
    ? DateTime.make(spelled.toUpperCase())
    : Result.getSuccess(parseHttpDate(spelled))
  return Option.isSome(instant) ? clamp(DateTime.toEpochMillis(instant.value) - nowMs) : undefined
}

const rfc3339 = /^\d{4}-\d\d-\d\dt\d\d:\d\d:\d\d(\.\d+)?(z|[+-]\d\d:\d\d)$/i

/** Rounds up, or a retry would come too early; less than a microsecond is an error of arithmetic. */
const clamp = (ms: number): number => Math.min(mostMs, Math.max(0, Math.ceil(ms - 1e-3)))
