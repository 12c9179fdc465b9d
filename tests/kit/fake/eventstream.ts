/**
 * Amazon's event streams, from the server's side: written by the specification, and not by the
 * library that reads them in `src`.
 *
 * @module
 */
import { Buffer } from "node:buffer"
import { crc32 } from "node:zlib"

/** One message: text headers, and a payload. */
export const message = (
  headers: Readonly<Record<string, string>>,
  payload: string | Uint8Array
): Uint8Array<ArrayBuffer> => {
  const head = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => {
      const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)]
      const length = Buffer.alloc(2)
      length.writeUInt16BE(valueBytes.length)
      // 7 is the type of a text.
      return [Buffer.of(nameBytes.length), nameBytes, Buffer.of(7), length, valueBytes]
    })
  )
  const body = Buffer.from(payload)
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(16 + head.length + body.length, 0)
  prelude.writeUInt32BE(head.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const rest = Buffer.concat([prelude, head, body])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(rest))
  return Uint8Array.from(Buffer.concat([rest, checksum]))
}

/** An event with a JSON payload. */
export const event = (type: string, payload: unknown): Uint8Array<ArrayBuffer> =>
  message(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    typeof payload === "string" ? payload : JSON.stringify(payload)
  )

/** A failure of the stream. */
export const exception = (type: string, payload: unknown): Uint8Array<ArrayBuffer> =>
  message(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    JSON.stringify(payload)
  )

/** `bytes` with a bit flipped `at` a place; counted from the end where it is negative. */
export const flipped = (bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> => {
  const copy = Uint8Array.from(bytes)
  copy[at < 0 ? copy.length + at : at]! ^= 1
  return copy
}
