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

/** Texts that are credentials by how they begin: those of OpenAI, Anthropic, Google, Groq and others. */
const keys = /(?<![A-Za-z0-9])(?:(?:sk|pk|rk|gsk|xai|hf)[-_]|AIza|AKIA|eyJ)[\w\-.*]{8,}/gi
/** What stands after a word that announces a credential. */
const announced =
  /(?<![A-Za-z0-9])(key|token|secret|password|bearer|basic)([^\w\n]{1,4}|[-_ ]+)([\w\-.*+/=~]{8,})/gi
/** Credentials of those who give them no beginning of their own, such as Azure and Mistral. */
const nameless = /(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,}/g

/**
 * A provider's words made fit for a client: control characters and whatever looks like a credential
 * are taken out, and no more than 200 characters are left. An HTML page is not words.
 */
export const scrub = (text: string): string => {
  const start = text.slice(0, 2000)
  if (/^\s*</.test(start)) return ""
  const clean = start
    .replace(keys, "[redacted]")
    .replace(announced, (all, word: string, between: string, run: string) =>
      // "API key provided" announces nothing: words have no digits, and are not that long.
      /\d|[A-Za-z]{16}/.test(run) ? `${word}${between}[redacted]` : all)
    .replace(nameless, "[redacted]")
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ")
    .trim()
  return clean.length > 200 ? `${clean.slice(0, 199)}…` : clean
}
