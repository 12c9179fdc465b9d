/**
 * What Cohere's errors mean.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { AnswerHeaders } from "../Dialect.ts"
import { classOfStatus, scrub } from "../fault.ts"
import { object, parse, string } from "../json.ts"

/** What an answer with a status other than 2xx means. */
export const fault = (status: number, _headers: AnswerHeaders, body: string): UpstreamFault =>
  faultOf(parse(body), status)

/** What the error `body` means; without a `status` it came inside an answer that had begun well. */
export const faultOf = (body: unknown, status?: number): UpstreamFault => {
  const error = object(body)
  const words = string(error?.message) || string(error?.error) ||
    string(object(error?.message)?.message) || ""
  const faultClass = refine(status === undefined ? "server" : classOf(status), words)
  // Words about our credential may hold it.
  const said = scrub(faultClass === "auth" ? words.replace(/[\w*.\-]{16,}/g, "[redacted]") : words)
  const what = status === undefined ? "an error" : `an error with status ${status}`
  return new UpstreamFault({
    class: faultClass,
    message: `The provider reported ${what}${said && `: ${said}`}`,
    status
  })
}

const classOf = (status: number): FaultClass => {
  switch (status) {
    // Blocked; or a token that is no longer good, which its words say.
    case 498:
      return "filtered"
    // Cancelled, and not by us: we would not read on.
    case 499:
      return "server"
    default:
      return classOfStatus(status)
  }
}

/** Cohere has no codes: only its words tell these apart. */
const refine = (faultClass: FaultClass, words: string): FaultClass => {
  switch (faultClass) {
    case "filtered":
      return /\b(?:token|key)\b/i.test(words) ? "auth" : faultClass
    case "bad_request":
      return requestWords.find(([pattern]) => pattern.test(words))?.[1] ?? faultClass
    case "rate_limited":
      // A trial's calls of a month are not back in a minute.
      return /(?:calls|requests) ?\/ ?month|per month|monthly/i.test(words)
        ? "quota_exhausted"
        : faultClass
    default:
      return faultClass
  }
}

const requestWords: ReadonlyArray<readonly [RegExp, FaultClass]> = [
  [/max tokens must be|max_tokens/i, "bad_request"],
  [/too many tokens|context length|exceeds? .*token limit/i, "context_length"],
  [/invalid api (?:token|key)|no api key/i, "auth"],
  [/model .*(?:not found|does not exist|was removed)/i, "not_found"],
  [/blocked (?:input|output|prompt)|toxic|safety mode/i, "filtered"]
]
