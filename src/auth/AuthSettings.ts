/**
 * What an operator can set about who may call.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted"

/** What an operator can set about who may call. */
export interface AuthSettings {
  /** `PENSTOCK_API_KEY`: an admin key of the operator's own choice, kept nowhere. Default: none. */
  readonly apiKey: Redacted.Redacted<string> | undefined
  /** `PENSTOCK_DATA_DIR`: the folder of the stored keys; made where it is not there. */
  readonly dataDir: string
  /** Whose tokens are taken. Default: nobody's, as with no field set. */
  readonly jwt: JwtSettings | undefined
}

/** Whose tokens are taken: those signed with one secret, or with the keys of an identity provider. */
export interface JwtSettings {
  /** `PENSTOCK_JWT_SECRET`: 32 bytes or more. Not with `jwksUrl`. */
  readonly secret?: Redacted.Redacted<string> | undefined
  /** `PENSTOCK_JWKS_URL`: an `https:` address, or `http:` on this machine. Not with `secret`. */
  readonly jwksUrl?: string | undefined
  /** `PENSTOCK_JWT_ISSUER`: the `iss` that a token must have. Required with `jwksUrl`. */
  readonly issuer?: string | undefined
  /** `PENSTOCK_JWT_AUDIENCE`: one that a token's `aud` must name. Required with `jwksUrl`. */
  readonly audience?: string | undefined
}
