/**
 * What went wrong below HTTP.
 *
 * @module
 */
import { type FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"
import { HttpError, type HttpErrorKind } from "../http/HttpError.ts"

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
export const faultOf = ({ why }: Pick<HttpError, "why">): UpstreamFault => {
  const [kind, message] = sentences[why]
  return new UpstreamFault({ class: kind, message })
}

/**
 * Behind a proxy it is `fetch` that fails, and the runtime tells its errors apart only by their text
 * (Deno 2.9), so we look there. The first that fits counts.
 */
const signs: ReadonlyArray<readonly [RegExp, HttpErrorKind]> = [
  [/dns error|failed to lookup address|name or service not known/i, "dns"],
  [
    /certificate|tls handshake|invalid peer|handshake|ssl|CertNotValid|UnknownIssuer|corrupt message|fatal alert|peer is incompatible/i,
    "tls"
  ],
  [
    /connection refused|unreachable|no route|tcp connect error|connect error|not granted|notcapable|requires net access/i,
    "connect"
  ],
  [/timed out|timeout/i, "connect_timeout"],
  [/too large/i, "head_too_large"],
  [/invalid (http )?(status|version|header)|parse|invalid uri|message head|redirect/i, "malformed"]
]

/** What a failed `fetch` means. Whatever has no better name is a connection that broke. */
export const networkFault = (cause: unknown): UpstreamFault => {
  const text = describe(cause)
  return faultOf({ why: signs.find(([pattern]) => pattern.test(text))?.[1] ?? "reset" })
}

/** A failure while a body was being read; a body that broke off is of the class `broken`. */
export const bodyFault = (
  cause: unknown,
  broken: "stream_cut" | "bad_response"
): UpstreamFault =>
  // Our own client unpacks nothing: whatever the runtime said of the connection, it broke.
  !(cause instanceof HttpError) &&
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
