/**
 * What Google's errors mean.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { AnswerHeaders } from "../Dialect.ts"
import { classOfStatus, scrub } from "../fault.ts"
import { array, type Fields, object, parse, string } from "../json.ts"
import { durationMs } from "../retryAfter.ts"

/** What an answer with a status other than 2xx means. */
export const fault = (status: number, _headers: AnswerHeaders, body: string): UpstreamFault => {
  const json = parse(body)
  const root = object(Array.isArray(json) ? json[0] : json)
  // What is not Google's own is not for the client's eyes: a page of some proxy, or half an error.
  return faultOf(object(root?.error) ?? {}, status)
}

/** What `error` means; without a `status` it came inside an answer that had begun well. */
export const faultOf = (error: Fields, status = statusOf(error.code)): UpstreamFault => {
  const name = string(error.status) ?? ""
  const words = string(error.message) ?? ""
  const details = array(error.details).map(object).filter((detail) => detail !== undefined)
  const known = classes.get(name)
  const general = known ?? (status === undefined ? "server" : classOfStatus(status))
  const faultClass = refine(general, words, details)
  const what = known ? name : status === undefined ? "an error" : `an error with status ${status}`
  // Words about our credential may hold it, or the number of the project that it belongs to.
  const said = scrub(
    faultClass === "auth" ? words.replace(/[\w*.\-]{16,}|\d{6,}/g, "[redacted]") : words
  )
  return new UpstreamFault({
    class: faultClass,
    message: `The provider reported ${what}${said && `: ${said}`}`,
    status,
    retryAfterMs: retryDelay(details)
  })
}

/** The names of Google's canonical codes. */
const classes: ReadonlyMap<string, FaultClass> = new Map<string, FaultClass>([
  ["INVALID_ARGUMENT", "bad_request"],
  ["FAILED_PRECONDITION", "bad_request"],
  ["OUT_OF_RANGE", "bad_request"],
  ["UNAUTHENTICATED", "auth"],
  ["PERMISSION_DENIED", "auth"],
  ["NOT_FOUND", "not_found"],
  ["RESOURCE_EXHAUSTED", "rate_limited"],
  ["UNAVAILABLE", "overloaded"],
  ["DEADLINE_EXCEEDED", "timeout_headers"],
  // Not cancelled by us: we would not read on.
  ["CANCELLED", "server"],
  ["ABORTED", "server"],
  ["DATA_LOSS", "server"],
  ["INTERNAL", "server"],
  ["UNKNOWN", "server"]
])

/** Much has the same code: only the details and the words tell it apart. */
const refine = (
  faultClass: FaultClass,
  words: string,
  details: ReadonlyArray<Fields>
): FaultClass => {
  switch (faultClass) {
    case "bad_request": {
      const isAboutKey = details.some(({ reason }) => reason === "API_KEY_INVALID") ||
        /API key (not valid|not found|expired)/i.test(words)
      if (isAboutKey) return "auth"
      if (/input token count|exceeds the maximum number of tokens/i.test(words)) {
        return "context_length"
      }
      return /enable billing|requires billing|billing account/i.test(words)
        ? "quota_exhausted"
        : faultClass
    }
    case "rate_limited":
      return isUsedUp(words, details) ? "quota_exhausted" : faultClass
    default:
      return faultClass
  }
}

/** A quota by the day, or of nothing at all, is not over in a minute. */
const isUsedUp = (words: string, details: ReadonlyArray<Fields>): boolean =>
  /\blimit: 0(?!\.?\d)|credits are depleted/i.test(words) ||
  details.flatMap(({ violations }) => array(violations)).some((value) => {
    const violation = object(value)
    return string(violation?.quotaId)?.includes("PerDay") || violation?.quotaValue === "0"
  })

const retryDelay = (details: ReadonlyArray<Fields>): number | undefined => {
  for (const { retryDelay } of details) {
    const delay = durationMs(string(retryDelay) ?? "")
    if (delay !== undefined) return delay
  }
  return undefined
}

const statusOf = (code: unknown): number | undefined =>
  typeof code === "number" && Number.isInteger(code) && code >= 400 && code < 600 ? code : undefined
