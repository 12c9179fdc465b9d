/**
 * Days and months as the books number them, all of them in UTC.
 *
 * @module
 */
import * as DateTime from "effect/DateTime"

/** The UTC day of a time in Unix milliseconds, in days since 1970. */
export const dayOf = (at: number): number => Math.floor(at / msPerDay)

/** The UTC month of a day, in months since January 1970. */
export const monthOf = (day: number): number => {
  const { year, month } = DateTime.toPartsUtc(DateTime.makeUnsafe(day * msPerDay))
  return (year - 1970) * 12 + month - 1
}

/** The first day of a month, which is given as the number of months since January 1970. */
export const firstDayOf = (month: number): number => {
  const years = Math.floor(month / 12)
  const first = DateTime.makeUnsafe({ year: 1970 + years, month: month - years * 12 + 1, day: 1 })
  return dayOf(DateTime.toEpochMillis(first))
}

/** A day as it is written, such as `2025-01-31`. */
export const dateOf = (day: number): string =>
  DateTime.formatIsoDateUtc(DateTime.makeUnsafe(day * msPerDay))

/** The day that is written as `text`; `undefined` where it is none, such as `2025-02-30`. */
export const parseDate = (text: string): number | undefined => {
  const [, year = 0, month = 0, day = 0] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? []
  if (month < 1 || month > 12) return undefined
  const found = firstDayOf((year - 1970) * 12 + month - 1) + day - 1
  return dateOf(found) === text ? found : undefined
}

const msPerDay = 86_400_000
