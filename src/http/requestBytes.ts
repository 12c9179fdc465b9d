/**
 * A request as HTTP/1.1 writes it.
 *
 * @module
 */
import type { Address } from "./Address.ts"
import { HttpError } from "./HttpError.ts"

/** A request without a stream: all of it is there when it is sent. */
export interface HttpRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** Up to so many bytes of a body are copied behind the head, to go out in one piece. */
const smallBody = 64 * 1024

/**
 * The bytes of a request, in the pieces that they are to be written in. Not where a header is none: its
 * text would be read as something else.
 */
export const requestBytes = (
  { method, headers, body = "" }: Omit<HttpRequest, "url">,
  { host, target }: Address
): ReadonlyArray<Uint8Array> | HttpError => {
  const fields = lines(headers)
  if (fields instanceof HttpError) return fields
  const bytes = utf8.encode(body)
  // Bytes of a body of which no length tells would be read as the next request.
  const length = method === "GET" && bytes.length === 0 ? "" : `content-length: ${bytes.length}\r\n`
  const head = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${length}${fields}\r\n`
  if (bytes.length > smallBody) return [utf8.encode(head), bytes]
  const all = new Uint8Array(head.length + bytes.length)
  utf8.encodeInto(head, all)
  all.set(bytes, head.length)
  return [all]
}

/** What `headers` look like: a provider's are the same object with nearly every request. */
const written = new WeakMap<Readonly<Record<string, string>>, string>()

const lines = (headers: Readonly<Record<string, string>>): string | HttpError => {
  const known = written.get(headers)
  if (known !== undefined) return known
  let lines = ""
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !field.test(value) || ours.test(name)) {
      return new HttpError({ why: "unsendable" })
    }
    lines += `${name}: ${value}\r\n`
  }
  written.set(headers, lines)
  return lines
}

/** RFC 9110, 5.6.2 and 5.5: no line end, above all; and nothing beyond ASCII, which nobody reads alike. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const field = /^[\t\x20-\x7e]*$/
/** Said twice, they would be two requests to one reader, and one to another. */
const ours = /^(?:host|content-length|transfer-encoding)$/i

const utf8 = new TextEncoder()
