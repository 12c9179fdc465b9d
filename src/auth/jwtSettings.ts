/**
 * Checks the operator's settings about tokens, so that none of them leaves a door open.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { JwtSettings } from "./AuthSettings.ts"
import { AuthConfigError } from "./errors.ts"

/** Settings that hold together. */
export type CheckedJwtSettings =
  & { readonly issuer: string | undefined; readonly audience: string | undefined }
  & (
    | { readonly _tag: "Secret"; readonly secret: Uint8Array<ArrayBuffer> }
    | { readonly _tag: "RemoteKeys"; readonly url: string }
  )

const minSecretBytes = 32

const fail = (setting: string, message: string) =>
  Effect.fail(new AuthConfigError({ setting, message }))

/** The settings, checked; `undefined` where tokens are not wanted, as no field is set. */
export const checkJwtSettings = (
  { secret, jwksUrl, issuer, audience }: JwtSettings
): Effect.Effect<CheckedJwtSettings | undefined, AuthConfigError> => {
  if (issuer === "") return fail("PENSTOCK_JWT_ISSUER", "PENSTOCK_JWT_ISSUER is empty")
  if (audience === "") return fail("PENSTOCK_JWT_AUDIENCE", "PENSTOCK_JWT_AUDIENCE is empty")
  if (secret !== undefined && jwksUrl !== undefined) {
    return fail(
      "PENSTOCK_JWKS_URL",
      "PENSTOCK_JWT_SECRET and PENSTOCK_JWKS_URL are both set. Set the one that your tokens are signed with"
    )
  }
  if (secret !== undefined) {
    const bytes = new TextEncoder().encode(Redacted.value(secret))
    return bytes.length < minSecretBytes
      ? fail(
        "PENSTOCK_JWT_SECRET",
        `PENSTOCK_JWT_SECRET has ${bytes.length} bytes and needs at least ${minSecretBytes}`
      )
      : Effect.succeed({ _tag: "Secret", secret: bytes, issuer, audience })
  }
  if (jwksUrl !== undefined) return checkRemote(jwksUrl, issuer, audience)
  if (issuer === undefined && audience === undefined) return Effect.succeed(undefined)
  return fail(
    "PENSTOCK_JWT_SECRET",
    "PENSTOCK_JWT_ISSUER or PENSTOCK_JWT_AUDIENCE is set, but nothing to check tokens with. " +
      "Set PENSTOCK_JWT_SECRET or PENSTOCK_JWKS_URL too"
  )
}

const checkRemote = (
  jwksUrl: string,
  issuer: string | undefined,
  audience: string | undefined
): Effect.Effect<CheckedJwtSettings, AuthConfigError> => {
  // No message holds the address: it could hold a password.
  const url = URL.parse(jwksUrl)
  if (!url || !(url.protocol === "https:" || url.protocol === "http:" && isLoopback(url))) {
    return fail(
      "PENSTOCK_JWKS_URL",
      'PENSTOCK_JWKS_URL must be an address that begins with "https://" (on this machine also "http://")'
    )
  }
  if (url.username !== "" || url.password !== "") {
    return fail("PENSTOCK_JWKS_URL", "PENSTOCK_JWKS_URL must not hold a user name or password")
  }
  const needed = "is needed with PENSTOCK_JWKS_URL: an identity provider's keys also sign tokens " +
    "that are not for Penstock"
  if (issuer === undefined) return fail("PENSTOCK_JWT_ISSUER", `PENSTOCK_JWT_ISSUER ${needed}`)
  if (audience === undefined) {
    return fail("PENSTOCK_JWT_AUDIENCE", `PENSTOCK_JWT_AUDIENCE ${needed}`)
  }
  return Effect.succeed({ _tag: "RemoteKeys", url: url.href, issuer, audience })
}

// After parsing, an address in any spelling is in the usual one.
const isLoopback = ({ hostname }: URL): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)
