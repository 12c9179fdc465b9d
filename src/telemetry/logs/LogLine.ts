/**
 * What is told of a logged event: nothing that a client or a provider wrote, unless we say it.
 *
 * @module
 */
import type * as Cause from "effect/Cause"

/** A logged event, in the words of a log. */
export interface LogLine {
  /** Unix milliseconds. */
  readonly at: number
  readonly level: string
  readonly message: string
  /** Scalars only, by names such as `request_id`. */
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

/** An event as a program logs it. */
export interface Event {
  readonly at: number
  readonly level: string
  readonly message: unknown
  readonly cause: Cause.Cause<unknown>
  readonly annotations: Readonly<Record<string, unknown>>
}

const mostCharacters = 2000

/** What is told of `event`; every text of it goes through `scrub`. */
export const toLogLine = (event: Event, scrub: (text: string) => string): LogLine => {
  const shown = (text: string) => scrub(text).slice(0, mostCharacters)
  const fields: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(event.annotations)) {
    if (typeof value === "string") fields[snake(name)] = shown(value)
    else if (typeof value === "number" || typeof value === "boolean") fields[snake(name)] = value
  }
  for (const [name, value] of Object.entries(causeFields(event.cause))) fields[name] = shown(value)
  const parts = Array.isArray(event.message) ? event.message : [event.message]
  return {
    at: event.at,
    level: event.level.toLowerCase(),
    message: shown(parts.map(told).join(" ")),
    fields
  }
}

/** As one line of JSON, the end of the line included. */
export const printLine = ({ at, level, message, fields }: LogLine): string =>
  `${JSON.stringify({ time: iso(at), level, message, ...fields })}\n`

const iso = (at: number): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toString({ fractionalSecondDigits: 3 })

/** `requestId` as `request_id`. */
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Text that we wrote as it is; of all else only what it is. */
const told = (part: unknown): string =>
  typeof part === "string"
    ? part
    : typeof part === "number" || typeof part === "boolean"
    ? String(part)
    : nameOf(part)

/**
 * What a failure is, without what it says: a message may quote a prompt. Ours are told by their tag and
 * their reason's.
 */
export const nameOf = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return typeof error
  const reason = "reason" in error ? tagOf(error.reason) : undefined
  const name = tagOf(error) ?? (error instanceof Error ? error.name : "object")
  return word(reason === undefined ? name : `${name}/${reason}`)
}

const tagOf = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null && "_tag" in value && typeof value._tag === "string"
    ? value._tag
    : undefined

/** A name is a word: whatever is not was made of something else. */
const word = (name: string): string => /^[\w/@:.-]{1,100}$/.test(name) ? name : "unnamed"

/** Where it happened: files and lines, innermost first, five at most. */
export const placesOf = (error: unknown): ReadonlyArray<string> => {
  if (!(error instanceof Error) || error.stack === undefined) return []
  // The message comes before the frames, and may look like one.
  const at = error.stack.indexOf(error.message)
  if (at < 0) return []
  return Array.from(
    error.stack.slice(at + error.message.length).matchAll(
      /^\s+at (?:.* \()?((?:file|ext|node|npm|https?):[^\s()]+:\d+:\d+)\)?$/gm
    ),
    ([, place = ""]) => place
  ).slice(0, 5)
}

const causeFields = ({ reasons }: Cause.Cause<unknown>): Readonly<Record<string, string>> => {
  const [first] = reasons.flatMap((reason) =>
    reason._tag === "Die" ? [reason.defect] : reason._tag === "Fail" ? [reason.error] : []
  )
  if (first === undefined) return reasons.length === 0 ? {} : { error: "interrupted" }
  const places = placesOf(first)
  return { error: nameOf(first), ...(places.length > 0 && { at: places.join(" ") }) }
}
