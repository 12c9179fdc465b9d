/**
 * What providers of this dialect say when they do not answer.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { AnswerHeaders } from "../Dialect.ts"
import { classOfStatus, scrub } from "../fault.ts"
import { array, type Fields, object, parse, string } from "../json.ts"
import {
  classOfVagueWord,
  classOfWord,
  isAboutContent,
  isAboutKey,
  isAboutLength,
  isAboutMoney
} from "./faultWords.ts"

/** What an answer with a status other than 2xx means. */
export const fault = (status: number, headers: AnswerHeaders, body: string): UpstreamFault => {
  const json = parse(body)
  // Google's server of this dialect wraps its errors into an array.
  const root = object(Array.isArray(json) ? json[0] : json)
  if (root) return faultOf(root.error ?? root, status)
  const isPage = headers.get("content-type")?.includes("html") ||
    /<(!doctype|html|body)/i.test(body)
  return faultOf(isPage ? undefined : body, status)
}

/** The fault that a body or chunk with a status of 2xx announces. */
export const announcedFault = (body: Fields): UpstreamFault | undefined => {
  if (body.error) return faultOf(body.error)
  if (body.object === "error") return faultOf(body)
  const cut = object(body.x_groq)?.error
  return cut ? faultOf(cut) : undefined
}

/** What `error` means: the object of that name, or a sentence. */
export const faultOf = (error: unknown, status?: number): UpstreamFault => {
  const fields = object(error) ?? { message: error }
  const words = wordsOf(fields)
  const kind = classify(fields, words, status)
  // Words about our credential may hold it, in a form that `scrub` does not know.
  const safe = kind === "auth" ? words.replace(/[\w*.\-]{16,}/g, "[redacted]") : words
  const said = scrub(safe)
  const message = said === "" ? sentences[kind] : `${sentences[kind]}: ${said}`
  return new UpstreamFault({ class: kind, message, status })
}

/** The provider's own words, wherever they stand. */
const wordsOf = (error: Fields): string => {
  const detail = error.detail ?? object(error.message)?.detail
  return string(error.message) || string(detail) || string(object(array(detail)[0])?.msg) || ""
}

const classify = (error: Fields, words: string, status: number | undefined): FaultClass => {
  const word = classOfWord(error.code) ?? classOfWord(object(error.innererror)?.code) ??
    classOfWord(error.type) ?? classOfWord(error.status)
  if (word) return word
  const metadata = object(error.metadata)
  // OpenRouter flags a prompt with 403, which would otherwise tell on our credential.
  if (metadata?.flagged_input !== undefined) return "filtered"
  // A chunk or a body of status 200 may still name the status that it stands for.
  const number = status ?? statusOf(error.code)
  const kind = number === undefined ? undefined : classOfStatus(number)
  if (kind === undefined || kind === "bad_request" || kind === "server") {
    // OpenRouter keeps another provider's words apart from its own.
    const said = `${words} ${string(metadata?.raw) ?? ""}`.slice(0, 4000)
    if (isAboutLength(said)) return "context_length"
    if (isAboutContent(said)) return "filtered"
    if (isAboutKey(said)) return "auth"
    if (isAboutMoney(said)) return "quota_exhausted"
  }
  return kind ?? classOfVagueWord(error.code) ?? classOfVagueWord(error.type) ?? "bad_response"
}

const statusOf = (code: unknown): number | undefined => {
  const status = typeof code === "string" ? Number(code) : code
  return typeof status === "number" && status >= 400 && status < 600 ? status : undefined
}

/** A sentence of ours for each class that a provider's answer can have. */
const sentences: Readonly<Record<FaultClass, string>> = {
  connect: "The provider could not be reached",
  dns: "The provider could not be found",
  tls: "The provider could not be trusted",
  reset: "The provider broke the connection",
  timeout_connect: "The provider could not be reached in time",
  timeout_headers: "The provider timed out",
  timeout_first_token: "The provider timed out",
  timeout_idle: "The provider timed out",
  timeout_total: "The provider timed out",
  rate_limited: "The provider's rate limit is reached",
  quota_exhausted: "The provider's quota is used up",
  overloaded: "The provider is overloaded",
  server: "The provider failed",
  auth: "The provider does not accept the gateway's credential",
  not_found: "The provider does not know the model",
  context_length: "The conversation is too long for the model",
  filtered: "The provider's content filter refused the request",
  bad_request: "The provider refused the request",
  bad_response: "The provider's answer could not be read",
  too_large: "The provider's answer is too large",
  redirect: "The provider answered with a redirect",
  stream_cut: "The provider's stream broke",
  crashed: "The provider's call crashed",
  busy: "The provider is busy",
  down: "The provider is down"
}
