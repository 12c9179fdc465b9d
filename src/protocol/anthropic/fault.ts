/**
 * What Anthropic's errors mean.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse, classOfStatus, scrub } from "../fault.ts"
import { object, string } from "../json.ts"

const classes = new Map<string, FaultClass>([
  ["overloaded_error", "overloaded"],
  ["rate_limit_error", "rate_limited"],
  ["api_error", "server"],
  ["authentication_error", "auth"],
  ["permission_error", "auth"],
  ["invalid_request_error", "bad_request"],
  ["request_too_large", "bad_request"],
  ["not_found_error", "not_found"],
  ["billing_error", "quota_exhausted"],
  ["timeout_error", "timeout_headers"]
])

/** Anthropic has one type for all that is wrong with a request: only its words tell these apart. */
const requestWords: ReadonlyArray<readonly [RegExp, FaultClass]> = [
  [/prompt is too long|context window|exceed context limit/i, "context_length"],
  [/credit balance is too low|reached your specified API usage limits/i, "quota_exhausted"],
  [/blocked by content filtering policy/i, "filtered"]
]

/** Whether `body` is an error, whatever the status says. */
export const isError = (body: unknown): boolean => {
  const fields = object(body)
  return fields?.type === "error" ||
    fields?.type === undefined && object(fields?.error) !== undefined
}

/** What the error `body` means; without a `status` it came inside an answer that had begun well. */
export const faultOf = (body: unknown, status?: number): UpstreamFault => {
  const error = object(object(body)?.error)
  const type = string(error?.type) ?? ""
  const words = string(error?.message) ?? ""
  const known = classes.get(type)
  const faultClass = known ?? (status === undefined ? "server" : classOfStatus(status))
  const what = known ? type : status === undefined ? "an error" : `an error with status ${status}`
  const said = scrub(words)
  return new UpstreamFault({
    class: refine(faultClass, words, object(error?.details)?.error_code),
    message: `The provider reported ${what}${said && `: ${said}`}`,
    status
  })
}

/** A tool call whose arguments cannot be passed on. */
export const unreadable = (): UpstreamFault =>
  badResponse("The provider's answer has a tool call that is nested too deep")

const refine = (faultClass: FaultClass, words: string, code: unknown): FaultClass => {
  switch (faultClass) {
    case "bad_request":
      return requestWords.find(([pattern]) => pattern.test(words))?.[1] ?? faultClass
    case "rate_limited":
      // A limit on money is not over in a minute.
      return string(code)?.endsWith("spend_limit_reached") ? "quota_exhausted" : faultClass
    default:
      return faultClass
  }
}
