/**
 * Credentials as Google's console and its command line hand them out.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import { object, parse, string } from "../../protocol/json.ts"

/** Who a program is, to Google. */
export type GoogleCredentials = ServiceAccount | AuthorizedUser

/** An account of a program's own. */
export interface ServiceAccount {
  readonly type: "service_account"
  readonly email: string
  /** PEM, in the form PKCS #8. */
  readonly privateKey: Redacted.Redacted
  readonly keyId: string | undefined
  /** Where tokens are to be had. */
  readonly tokenUrl: string
  readonly projectId: string | undefined
}

/** Somebody who has logged in for a program. */
export interface AuthorizedUser {
  readonly type: "authorized_user"
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted
  readonly refreshToken: Redacted.Redacted
  readonly tokenUrl: string
  readonly projectId: string | undefined
}

/** What of them must not show anywhere. */
export const secretsOf = (credentials: GoogleCredentials): ReadonlyArray<Redacted.Redacted> =>
  credentials.type === "service_account"
    ? [credentials.privateKey]
    : [credentials.clientSecret, credentials.refreshToken]

const usualTokenUrl = "https://oauth2.googleapis.com/token"

/** Reads credentials of JSON; or what is wrong with them, in words that do not repeat them. */
export const readCredentials = (text: Redacted.Redacted): GoogleCredentials | string => {
  const fields = object(parse(Redacted.value(text)))
  if (fields === undefined) return "has credentials that are not a JSON object"
  const tokenUrl = string(fields.token_uri) || usualTokenUrl
  if (!/^https?:\/\//.test(tokenUrl) || !URL.canParse(tokenUrl)) {
    return "has credentials whose token_uri is no address"
  }
  const common = {
    tokenUrl,
    projectId: string(fields.project_id) || string(fields.quota_project_id) || undefined
  }
  switch (fields.type) {
    case "service_account": {
      const email = string(fields.client_email)
      const privateKey = string(fields.private_key)
      if (!email || !privateKey) return "has credentials without client_email or private_key"
      return {
        type: "service_account",
        email,
        privateKey: Redacted.make(privateKey, { label: "private key" }),
        keyId: string(fields.private_key_id) || undefined,
        ...common
      }
    }
    case "authorized_user": {
      const clientId = string(fields.client_id)
      const clientSecret = string(fields.client_secret)
      const refreshToken = string(fields.refresh_token)
      if (!clientId || !clientSecret || !refreshToken) {
        return "has credentials without client_id, client_secret or refresh_token"
      }
      return {
        type: "authorized_user",
        clientId,
        clientSecret: Redacted.make(clientSecret, { label: "client secret" }),
        refreshToken: Redacted.make(refreshToken, { label: "refresh token" }),
        ...common
      }
    }
    default:
      return "has credentials of a type other than service_account and authorized_user"
  }
}
