/**
 * What a verified token says of its bearer, and what was wrong with one that does not hold.
 *
 * @module
 */
import { errors, type JWTPayload } from "jose"
import { type Principal, type Scope, scopes } from "../domain/Principal.ts"
import type { TokenFault } from "./errors.ts"

const maxSubjectLength = 255
const byDefault: ReadonlySet<Scope> = new Set(["inference"])

/** Whose claims these are; `undefined` where they name nobody. */
export const principalOf = (claims: JWTPayload): Principal | undefined => {
  const subject: unknown = claims.sub
  return typeof subject === "string" && subject !== "" && subject.length <= maxSubjectLength
    // An identity provider's users may choose their names: none may be the id of a key.
    ? { id: `jwt:${subject}`, kind: "jwt", name: subject, scopes: scopesOf(claims) }
    : undefined
}

/**
 * The scopes in the claim `scope` (words) or else `scopes` (an array): those that are ours. A token
 * without either may ask models; one whose claim has another form may do nothing.
 */
const scopesOf = (claims: JWTPayload): ReadonlySet<Scope> => {
  const claim = claims["scope"] ?? claims["scopes"]
  if (claim === undefined || claim === null) return byDefault
  const words: ReadonlyArray<unknown> = typeof claim === "string"
    ? claim.split(" ")
    : Array.isArray(claim)
    ? claim
    : []
  return new Set(scopes.filter((scope) => words.includes(scope)))
}

const faultOfClaim = new Map<string, TokenFault>([
  ["aud", "audience"],
  ["iss", "issuer"],
  ["nbf", "not_yet"],
  ["sub", "subject"]
])

/** What was wrong with a token, by the error that `jose` speaks in. */
export const faultOf = (cause: unknown): TokenFault => {
  if (cause instanceof errors.JWTExpired) return "expired"
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return faultOfClaim.get(cause.claim) ?? "claim"
  }
  if (cause instanceof errors.JOSEAlgNotAllowed) return "algorithm"
  if (cause instanceof errors.JWSSignatureVerificationFailed) return "signature"
  if (cause instanceof errors.JWKSNoMatchingKey) return "key"
  if (cause instanceof errors.JWKSMultipleMatchingKeys) return "key"
  return "shape"
}
