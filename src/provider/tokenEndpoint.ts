/**
 * Asking for a token, as OAuth 2 has it.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import { classOfStatus, scrub } from "../protocol/fault.ts"
import { object, parse, string } from "../protocol/json.ts"
import { retryAfterMs } from "../protocol/retryAfter.ts"
import type { FetchedToken } from "./AccessToken.ts"
import type { Send, UpstreamResponse } from "./Egress.ts"
import * as WholeBody from "./wholeBody.ts"

/** The largest answer that is read, in bytes. */
const answerLimit = 64 * 1024
/** How long a token holds where its answer does not say, in seconds. */
const defaultLifeSeconds = 600

/** Where tokens are to be had. */
export interface TokenEndpoint {
  /** Whose it is, as people call it. */
  readonly owner: string
  readonly url: string
}

/** Asks for a token by what stands in `form`, which shows who asks. */
export const askForToken = Effect.fnUntraced(function* (
  { owner, url }: TokenEndpoint,
  form: Readonly<Record<string, string>>,
  send: Send,
  signal: AbortSignal
): Effect.fn.Return<FetchedToken, UpstreamFault> {
  const response = yield* send({
    method: "POST",
    url,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "accept-encoding": "identity"
    },
    body: new URLSearchParams(form).toString()
  }, signal)
  const now = yield* Clock.currentTimeMillis
  const body = yield* WholeBody.text(response, answerLimit)
  const token = response.ok ? read(body, now) : undefined
  return token ?? (yield* refusal(owner, response, body, now))
})

const read = (body: string, now: number): FetchedToken | undefined => {
  const answer = object(parse(body))
  const token = string(answer?.access_token)
  if (!token || !/^[\x21-\x7e]+$/.test(token)) return undefined
  const seconds = Number(answer?.expires_in)
  const lifeSeconds = Number.isFinite(seconds) && seconds > 0 ? seconds : defaultLifeSeconds
  return { token, expiresAtMs: now + lifeSeconds * 1000 }
}

const refusal = (
  owner: string,
  { status, headers, ok }: UpstreamResponse,
  body: string,
  now: number
): UpstreamFault => {
  if (ok) {
    return new UpstreamFault({
      class: "bad_response",
      message: `${owner} answered without a token`
    })
  }
  const kind = classOfStatus(status)
  const answer = object(parse(body))
  const words = string(answer?.error_description) || string(answer?.error) || ""
  const said = scrub(words.split(/[\r\n]/)[0] ?? "")
  return new UpstreamFault({
    // Whatever is wrong with the request is wrong with what shows who we are.
    class: kind === "bad_request" || kind === "not_found" ? "auth" : kind,
    message: `${owner} gave no token${said === "" ? "" : `: ${said}`}`,
    status,
    retryAfterMs: retryAfterMs(headers, now)
  })
}
