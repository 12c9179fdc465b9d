/**
 * Where a caller's credential is in its request.
 *
 * @module
 */
import { BadCredentials, howToSend, type Unauthorized, unauthorized } from "./errors.ts"

const bearer = /^bearer(?: +(.*))?$/i
const secretParameter = /[?&](?:x-)?(?:api[-_]?key|access[-_]?token|auth[-_]?token|token|key)=/i

/** The headers that hold a bare key: ours and Anthropic's, Google's, and Azure's. */
const keyHeaders = ["X-API-Key", "X-Goog-API-Key", "API-Key"] as const

/** The one credential in `headers`: an API key or a token, which is not told here. */
export const credentialOf = (headers: Headers): string | Unauthorized | BadCredentials => {
  let key: string | undefined
  let name = ""
  for (const header of keyHeaders) {
    // An empty header is an unset variable in somebody's client: as good as none.
    const found = headers.get(header) || undefined
    if (found === undefined) continue
    if (key !== undefined && found !== key) return disagreeing(name, header)
    key ??= found
    name ||= header
  }
  const authorization = headers.get("authorization") || undefined
  if (authorization === undefined) return key ?? unauthorized("missing")
  const match = bearer.exec(authorization)
  const token = match?.[1] || undefined
  if (key === undefined) return token ?? unauthorized("missing")
  if (match && (token === undefined || token === key)) return key
  return disagreeing(name, "Authorization")
}

const disagreeing = (one: string, other: string): BadCredentials =>
  new BadCredentials({
    inAddress: false,
    message: `The headers "${one}" and "${other}" disagree. Send only one of them. ${howToSend}`
  })

/** The refusal of a request whose address holds a credential: addresses end up in logs. */
export const credentialInAddress = (url: string): BadCredentials | undefined =>
  secretParameter.test(url)
    ? new BadCredentials({
      inAddress: true,
      message: "A key does not belong in the address: treat this one as public, and replace it. " +
        howToSend
    })
    : undefined
