/**
 * The days that a client asks for.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type GatewayError, invalidRequest, type Issue } from "../../domain/GatewayError.ts"
import { dateOf, dayOf, firstDayOf, monthOf, parseDate } from "../../ledger/calendar.ts"
import type { Period } from "../../ledger/reading/usage.ts"

/** Dates as they stand in an address, such as `2025-01-31`. */
export interface Dates {
  readonly start_date?: string
  readonly end_date?: string
}

/** Ten years: more days than anybody asks for on purpose. */
const mostDays = 3660

/**
 * From `start_date` to `end_date`. The end's default is today, the start's the first day of the
 * end's month.
 */
export const periodOf = (
  { start_date, end_date }: Dates
): Effect.Effect<Period, GatewayError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const end = end_date === undefined ? dayOf(now) : parseDate(end_date)
    const start = start_date === undefined
      ? firstDayOf(monthOf(end ?? dayOf(now)))
      : parseDate(start_date)
    const wrong = [
      ...(start === undefined ? [noDate("start_date")] : []),
      ...(end === undefined ? [noDate("end_date")] : [])
    ]
    if (start === undefined || end === undefined) return Effect.fail(notValid(wrong))
    if (start > end) {
      return Effect.fail(notValid([{
        path: ["start_date"],
        message: `Expected a day up to the end_date, which is ${dateOf(end)}`
      }]))
    }
    if (end - start >= mostDays) {
      return Effect.fail(notValid([{
        path: ["start_date"],
        message: `Expected at most ${mostDays} days up to the end_date, which is ${dateOf(end)}`
      }]))
    }
    return Effect.succeed({ start, end })
  })

const noDate = (name: string): Issue => ({
  path: [name],
  message: "Expected a day of the calendar, such as 2025-01-31"
})

/** A request that is wrong in these parts of its address. */
export const notValid = (issues: ReadonlyArray<Issue>): GatewayError => {
  const [first] = issues
  return invalidRequest(
    `The request is not valid: ${first?.path.join(".")}: ${first?.message}` +
      (issues.length > 1 ? `, and ${issues.length - 1} more` : ""),
    { issues }
  )
}
