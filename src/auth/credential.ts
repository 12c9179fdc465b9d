/**
 * Where a caller's credential is in its request.
 *
 * @module
 */
import { BadCredentials, howToSend, type Unauthorized, unauthorized } from "./errors.ts"

const bearer = /^bearer(?: +(.*))?$/i
const secretParameter = /[?&](?:x-)?(?:api[-_]?key|access[-_]?token|auth[-_]?token|token|key)=/i

/** The one credential in `headers`: an API key or a token, which is not told here. */
export const credentialOf = (headers: Headers): string | Unauthorized | BadCredentials => {
  // An empty header is an unset variable in somebody's client: as good as none.
  const key = headers.get("x-api-key") || undefined
  const authorization = headers.get("authorization") || undefined
  if (authorization === undefined) return key ?? unauthorized("missing")
  const match = bearer.exec(authorization)
  const token = match?.[1] || undefined
  if (key === undefined) return token ?? unauthorized("missing")
  if (match && (token === undefined || token === key)) return key
  return new BadCredentials({
    message:
      `The headers "X-API-Key" and "Authorization" disagree. Send only one of them. ${howToSend}`
  })
}

/** The refusal of a request whose address holds a credential: addresses end up in logs. */
export const credentialInAddress = (url: string): BadCredentials | undefined =>
  secretParameter.test(url)
    ? new BadCredentials({
      message: "A key does not belong in the address: treat this one as public, and replace it. " +
        howToSend
    })
    : undefined
