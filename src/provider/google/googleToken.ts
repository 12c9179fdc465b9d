/**
 * Tokens of Google, for service accounts and for people who logged in for a program.
 *
 * @module
 */
import { importPKCS8, SignJWT } from "jose"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { type AccessToken, makeAccessToken } from "../AccessToken.ts"
import { askForToken } from "../tokenEndpoint.ts"
import type { GoogleCredentials, ServiceAccount } from "./credentials.ts"

/** What tokens are for: all of Google Cloud, as the account's own roles allow. */
const scope = "https://www.googleapis.com/auth/cloud-platform"
/** How long a signed request for a token holds, in seconds: the longest that Google takes. */
const assertionSeconds = 3600
/** A token by those credentials, fetched when it is needed. */
export const googleToken = (credentials: GoogleCredentials): AccessToken => {
  const endpoint = { owner: "Google", url: credentials.tokenUrl }
  return makeAccessToken((send, signal) =>
    Effect.flatMap(grant(credentials), (form) => askForToken(endpoint, form, send, signal))
  )
}

/** By what a token is asked for. */
const grant = (
  credentials: GoogleCredentials
): Effect.Effect<Record<string, string>, UpstreamFault> =>
  credentials.type === "authorized_user"
    ? Effect.succeed({
      grant_type: "refresh_token",
      client_id: credentials.clientId,
      client_secret: Redacted.value(credentials.clientSecret),
      refresh_token: Redacted.value(credentials.refreshToken)
    })
    : Effect.map(signed(credentials), (assertion) => ({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion
    }))

const signed = (
  { email, keyId, privateKey, tokenUrl }: ServiceAccount
): Effect.Effect<string, UpstreamFault> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const seconds = Math.floor(now / 1000)
    const jwt = new SignJWT({ scope })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(keyId ? { kid: keyId } : {}) })
      .setIssuer(email)
      .setAudience(tokenUrl)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + assertionSeconds)
    return Effect.tryPromise({
      try: () => importPKCS8(Redacted.value(privateKey), "RS256").then((key) => jwt.sign(key)),
      // Whatever it is, it may repeat the key.
      catch: () =>
        new UpstreamFault({
          class: "auth",
          message: "The private key of the service account cannot be used"
        })
    })
  })
