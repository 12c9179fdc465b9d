/**
 * Tokens of Microsoft Entra, for programs that show who they are by a secret.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import { type AccessToken, makeAccessToken } from "./AccessToken.ts"
import { askForToken } from "./tokenEndpoint.ts"

/** A program that Entra knows. */
export interface EntraClient {
  /** Where Entra is, without a slash at the end. */
  readonly authority: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted
  /** What the token is for. */
  readonly scope: string
}

/** A token for that program, fetched when it is needed. */
export const entraToken = (client: EntraClient): AccessToken => {
  const endpoint = {
    owner: "Microsoft Entra",
    url: `${client.authority}/${encodeURIComponent(client.tenantId)}/oauth2/v2.0/token`
  }
  const form = () => ({
    grant_type: "client_credentials",
    client_id: client.clientId,
    client_secret: Redacted.value(client.clientSecret),
    scope: client.scope
  })
  return makeAccessToken((send, signal) => askForToken(endpoint, form(), send, signal))
}
