/**
 * Signing requests as Amazon wants it: Signature Version 4.
 *
 * @module
 */
import { AwsV4Signer } from "aws4fetch"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Sign } from "../Connection.ts"

/** Who signs, and for which service where. */
export interface AwsCredentials {
  readonly accessKeyId: Redacted.Redacted
  readonly secretAccessKey: Redacted.Redacted
  /** Of credentials that end: it goes with each request. */
  readonly sessionToken?: Redacted.Redacted | undefined
  readonly service: string
  readonly region: string
}

/** Signs each request anew, with the time that it is. A signature is good for five minutes. */
export const signing = (credentials: AwsCredentials): Sign => {
  const { accessKeyId, region, secretAccessKey, service, sessionToken } = credentials
  // It keeps the key of each day: the four hashes that make it need not be made again.
  const cache = new Map<string, ArrayBuffer>()
  const token = sessionToken && Redacted.value(sessionToken)
  return (request) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.tryPromise({
        try: () => {
          const signer = new AwsV4Signer({
            method: request.method,
            url: request.url,
            // Only what must be signed: others may be changed on their way.
            headers: {},
            ...(request.body === undefined ? {} : { body: request.body }),
            accessKeyId: Redacted.value(accessKeyId),
            secretAccessKey: Redacted.value(secretAccessKey),
            ...(token === undefined ? {} : { sessionToken: token }),
            service,
            region,
            datetime: toBasicIso(now),
            cache
          })
          return signer.sign()
        },
        catch: () =>
          new UpstreamFault({ class: "auth", message: "The request could not be signed" })
      }).pipe(
        Effect.map(({ headers }) => ({
          ...request,
          headers: { ...request.headers, ...Object.fromEntries(headers) }
        }))
      ))
}

/** A time as `20261123T082652Z`. */
const toBasicIso = (millis: number): string =>
  DateTime.formatIso(DateTime.makeUnsafe(millis)).replace(/[:-]|\.\d+/g, "")
