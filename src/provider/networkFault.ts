/**
 * What went wrong below HTTP.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"
import type { HttpError, HttpErrorKind } from "../http/HttpError.ts"

/**
 * The runtime tells its network errors apart only by their text (Deno 2.9), so we look there. The
 * first that fits counts.
 */
const signs: ReadonlyArray<readonly [RegExp, FaultClass, string]> = [
  [
    /dns error|failed to lookup address|name or service not known/i,
    "dns",
    "The provider's name cannot be resolved"
  ],
  [
    /certificate|tls handshake|invalid peer|handshake|ssl|CertNotValid|UnknownIssuer|corrupt message|fatal alert|peer is incompatible/i,
    "tls",
    "No secure connection to the provider can be made"
  ],
  [
    /connection refused|unreachable|no route|tcp connect error|connect error|not granted|notcapable|requires net access/i,
    "connect",
    "The provider cannot be reached"
  ],
  [/timed out|timeout/i, "timeout_headers", "The provider did not answer in time"],
  [/too large/i, "too_large", "The head of the provider's answer is too large"],
  [
    /invalid (http )?(status|version|header)|parse|invalid uri|message head|redirect/i,
    "bad_response",
    "The provider does not speak HTTP as it should"
  ]
]

/** What is told of what went wrong below HTTP. */
const sentences: Readonly<Record<HttpErrorKind, readonly [FaultClass, string]>> = {
  dns: ["dns", "The provider's name cannot be resolved"],
  connect: ["connect", "The provider cannot be reached"],
  connect_timeout: ["timeout_connect", "The provider did not take the connection in time"],
  tls: ["tls", "No secure connection to the provider can be made"],
  unsendable: ["auth", "What Penstock is to show this provider cannot be sent in a header"],
  reset: ["reset", "The provider closed the connection before it answered"],
  cut: ["bad_response", "The provider broke off in the middle of the answer"],
  malformed: ["bad_response", "The provider does not speak HTTP as it should"],
  head_too_large: ["too_large", "The head of the provider's answer is too large"]
}

/** What went wrong below HTTP, as a fault of the provider. */
export const faultOf = ({ why }: HttpError): UpstreamFault => {
  const [kind, message] = sentences[why]
  return new UpstreamFault({ class: kind, message })
}

/** What a failed `fetch` means. Whatever has no better name is a connection that broke. */
export const networkFault = (cause: unknown): UpstreamFault => {
  const text = describe(cause)
  const sign = signs.find(([pattern]) => pattern.test(text))
  return sign ? new UpstreamFault({ class: sign[1], message: sign[2] }) : new UpstreamFault({
    class: "reset",
    message: "The provider closed the connection before it answered"
  })
}

/** A failure while a body was being read; a body that broke off is of the class `broken`. */
export const bodyFault = (
  cause: unknown,
  broken: "stream_cut" | "bad_response"
): UpstreamFault =>
  /gzip|deflate|brotli|decod|decompress|corrupt/i.test(describe(cause))
    ? new UpstreamFault({
      class: "bad_response",
      message: "The provider's answer cannot be decoded"
    })
    : new UpstreamFault({
      class: broken,
      message: "The provider broke off in the middle of the answer"
    })

/** Without addresses: what they are made of says nothing of the failure. */
const describe = (cause: unknown): string =>
  cause instanceof Error
    ? `${cause.message.replace(/https?:\/\/\S+/g, "")} ${describe(cause.cause)}`
    : ""
