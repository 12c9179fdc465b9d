/**
 * What Bedrock's errors mean.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { AnswerHeaders } from "../Dialect.ts"
import { badResponse, classOfStatus, scrub } from "../fault.ts"
import { object, string } from "../json.ts"

/** By type, without regard to case and without `Exception` at the end. */
const classes = new Map<string, FaultClass>([
  ["throttling", "rate_limited"],
  ["toomanyrequests", "rate_limited"],
  ["servicequotaexceeded", "quota_exhausted"],
  ["accessdenied", "auth"],
  ["expiredtoken", "auth"],
  ["incompletesignature", "auth"],
  ["invalidclienttokenid", "auth"],
  ["invalidsignature", "auth"],
  ["missingauthenticationtoken", "auth"],
  ["notauthorized", "auth"],
  ["optinrequired", "auth"],
  ["requestexpired", "auth"],
  ["signaturedoesnotmatch", "auth"],
  ["unrecognizedclient", "auth"],
  ["validation", "bad_request"],
  ["resourcenotfound", "not_found"],
  ["modelnotready", "overloaded"],
  ["serviceunavailable", "overloaded"],
  ["modeltimeout", "timeout_headers"],
  ["internalserver", "server"],
  ["internalfailure", "server"],
  ["modelerror", "server"],
  ["modelstreamerror", "server"]
])

/** Bedrock has one type for all that is wrong with a request: only its words tell these apart. */
const requestWords: ReadonlyArray<readonly [RegExp, FaultClass]> = [
  [
    /too long|too many (?:input )?tokens|context (?:window|length|limit)|(?:input|prompt) length|tokens exceed|maximum (?:number of )?(?:input )?tokens/i,
    "context_length"
  ],
  [/content filter|guardrail|blocked by/i, "filtered"],
  [/model identifier is invalid|on-demand throughput/i, "not_found"]
]

/** The type of an error, as its header or its `body` says: `ThrottlingException`. */
export const errorType = (headers: AnswerHeaders, body: unknown): string => {
  const said = headers.get("x-amzn-errortype") ?? string(object(body)?.__type) ?? ""
  // The header may add an address, and the body a namespace.
  return said.replace(/:.*$/s, "").replace(/^.*#/s, "")
}

/** What an error means; without a `status` it came inside an answer that had begun well. */
export const faultOf = (type: string, body: unknown, status?: number): UpstreamFault => {
  const fields = object(body)
  const words = string(fields?.message) ?? string(fields?.Message) ?? ""
  const known = classes.get(type.toLowerCase().replace(/exception$/, ""))
  const faultClass = known ?? (status === undefined ? "server" : classOfStatus(status))
  const what = known ? type : status === undefined ? "an error" : `an error with status ${status}`
  const said = scrub(withoutAccount(words))
  return new UpstreamFault({
    class: refine(faultClass, words),
    message: `The provider reported ${what}${said && `: ${said}`}`,
    status
  })
}

/** A tool call whose arguments cannot be passed on. */
export const unreadable = (): UpstreamFault =>
  badResponse("The provider's answer has a tool call that is nested too deep")

const refine = (faultClass: FaultClass, words: string): FaultClass => {
  switch (faultClass) {
    case "bad_request":
      return requestWords.find(([pattern]) => pattern.test(words))?.[1] ?? faultClass
    case "rate_limited":
      // Such a limit is not over in a minute.
      return /per day/i.test(words) ? "quota_exhausted" : faultClass
    default:
      return faultClass
  }
}

/** Whose account it is, who asks in it and what was signed is not for a client's eyes. */
const withoutAccount = (words: string): string =>
  words
    .replace(/\s*The Canonical String for this request.*$/s, "")
    .replace(/\barn:aws[\w-]*:(?:iam|sts)::[^\s,]+/g, "[redacted]")
    .replace(/(?<!\d)\d{12}(?!\d)/g, "[redacted]")
