/**
 * Amazon's Signature Version 4, from the server's side: worked out by the specification with
 * `node:crypto`, and not by the library that signs in `src`.
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto"

/** A request that came, and the secret of who signed it. */
export interface Signed {
  readonly method: string
  /** The target as it stood in the request line. */
  readonly path: string
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** What a signature says of itself. */
export interface Claim {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: ReadonlyArray<string>
  readonly signature: string
}

/** What the `authorization` header claims; absent where it is no such signature. */
export const claimOf = (headers: Headers): Claim | undefined => {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
      .exec(headers.get("authorization") ?? "")
  if (!match) return undefined
  const [, accessKeyId = "", date = "", region = "", service = "", names = "", signature = ""] =
    match
  return { accessKeyId, date, region, service, signedHeaders: names.split(";"), signature }
}

/** The signature that `request` should have. */
export const signatureOf = (
  { method, path, headers, bytes }: Signed,
  { date, region, service, signedHeaders }: Omit<Claim, "signature" | "accessKeyId">,
  secret: string
): string => {
  const [target = "", query = ""] = path.split("?")
  const canonical = [
    method,
    // The path as it came is escaped once more, segment by segment.
    target.split("/").map(escaped).join("/"),
    query.split("&").filter((pair) => pair !== "").map((pair) => {
      const [name = "", value = ""] = pair.split("=")
      return `${escaped(decodeURIComponent(name))}=${escaped(decodeURIComponent(value))}`
    }).sort().join("&"),
    ...signedHeaders.map((name) =>
      `${name}:${(headers.get(name) ?? "").trim().replace(/ +/g, " ")}`
    ),
    "",
    signedHeaders.join(";"),
    createHash("sha256").update(bytes).digest("hex")
  ].join("\n")
  const scope = `${date}/${region}/${service}/aws4_request`
  const text = [
    "AWS4-HMAC-SHA256",
    headers.get("x-amz-date"),
    scope,
    createHash("sha256").update(canonical).digest("hex")
  ].join("\n")
  const key = [date, region, service, "aws4_request"].reduce<Uint8Array | string>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    `AWS4${secret}`
  )
  return createHmac("sha256", key).update(text).digest("hex")
}

/** Whether `request` is signed with `secret`, and signs all that has to be signed. */
export const isSigned = (request: Signed, secret: string): boolean => {
  const claim = claimOf(request.headers)
  if (claim === undefined) return false
  const needed = [
    "host",
    ...Array.from(request.headers.keys()).filter((name) => name.startsWith("x-amz-"))
  ]
  return needed.every((name) => claim.signedHeaders.includes(name)) &&
    request.headers.get("x-amz-date")?.slice(0, 8) === claim.date &&
    signatureOf(request, claim, secret) === claim.signature
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`
  )
