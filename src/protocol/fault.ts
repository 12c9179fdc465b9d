/**
 * Faults, as every dialect tells them.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"

/** A fault without a status: what came was not an answer in the dialect. */
export const badResponse = (message: string): UpstreamFault =>
  new UpstreamFault({ class: "bad_response", message })

/** The class of an answer by its status alone, where the body does not say more. */
export const classOfStatus = (status: number): FaultClass => {
  if (status >= 300 && status < 400) return "redirect"
  switch (status) {
    case 401:
    case 403:
      return "auth"
    case 402:
      return "quota_exhausted"
    case 404:
      return "not_found"
    case 408:
      return "timeout_headers"
    case 429:
      return "rate_limited"
    case 529:
      return "overloaded"
  }
  if (status >= 400 && status < 500) return "bad_request"
  if (status >= 500 && status < 600) return "server"
  return "bad_response"
}

/**
 * A provider's words made fit for a client: control characters and whatever looks like a credential
 * are taken out, and no more than 200 characters are left. An HTML page is not words.
 */
export const scrub = (text: string): string => {
  const start = text.slice(0, 2000)
  if (/^\s*</.test(start)) return ""
  const clean = start
    .replace(/\b(sk|pk|rk|gsk|xai|AIza|key|Bearer|Basic)[-_ ]?[A-Za-z0-9_\-.*]{8,}/gi, "[redacted]")
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ")
    .trim()
  return clean.length > 200 ? `${clean.slice(0, 199)}…` : clean
}
