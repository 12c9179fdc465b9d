/**
 * Showing who asks by a token that is fetched.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AccessToken } from "./AccessToken.ts"
import type { Connection } from "./Connection.ts"
import { bearer } from "./Provider.ts"

/** How requests are signed with `token`; `secrets` are what it is fetched by. */
export const byToken = (
  token: AccessToken,
  secrets: ReadonlyArray<Redacted.Redacted>
): Required<Pick<Connection, "sign" | "renew" | "secrets">> => ({
  sign: (request, send, signal) =>
    Effect.map(token.get(send, signal), (token) => ({
      ...request,
      headers: { ...request.headers, ...bearer(Redacted.make(token)) }
    })),
  renew: ({ headers: { authorization = "" } }) =>
    token.refused(authorization.slice("Bearer ".length)),
  secrets: () => {
    const held = token.held()
    return held === undefined ? secrets : [...secrets, Redacted.make(held)]
  }
})
