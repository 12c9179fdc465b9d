/**
 * Amazon's event streams: binary messages of headers and a payload, each with its checksums.
 *
 * @module
 */
import { EventStreamCodec, type Message } from "@smithy/eventstream-codec"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { Framer } from "../StreamDecoder.ts"

/** The longest message that is read, in bytes. */
const maxMessageSize = 8 * 1024 * 1024
/** The longest headers of a message, in bytes, as Amazon has it: of millions, each would be made an object. */
const maxHeadersSize = 128 * 1024
/** The shortest that there can be: two lengths and two checksums. */
const minMessageSize = 16
/** Where a message's first bytes say how long it is. */
const lengthSize = 4

/** What the name of an event begins with that is a failure of the stream. */
export const exception = "exception:"

/**
 * Takes bytes apart into messages. An event is named by its `:event-type`; what ends the stream in a
 * failure has the name `exception:` and its type, and a JSON object with a `message` as its data.
 */
export const messages: Framer = (give) => {
  const utf8 = new TextDecoder()
  const codec = new EventStreamCodec((bytes) => text(utf8, bytes), noEncoder)
  /** The beginning of a message whose end has not come. */
  let held = new Uint8Array(1024)
  let size = 0

  const hold = (bytes: Uint8Array): void => {
    if (size + bytes.length > held.length) {
      const larger = new Uint8Array(Math.max(held.length * 2, size + bytes.length))
      larger.set(held.subarray(0, size))
      held = larger
    }
    held.set(bytes, size)
    size += bytes.length
  }

  const tell = (bytes: Uint8Array): UpstreamFault | undefined => {
    const message = numberAt(bytes, lengthSize) > maxHeadersSize ? undefined : decode(codec, bytes)
    if (message === undefined) return garbled()
    const said = (name: string): string => {
      const value = message.headers[name]?.value
      return typeof value === "string" ? value : ""
    }
    switch (said(":message-type")) {
      case "event":
        give(said(":event-type"), text(utf8, message.body))
        return undefined
      case "exception":
        give(exception + said(":exception-type"), text(utf8, message.body))
        return undefined
      case "error":
        give(
          exception + said(":error-code"),
          JSON.stringify({ message: said(":error-message") })
        )
        return undefined
      default:
        return garbled()
    }
  }

  return {
    feed: (bytes) => {
      let at = 0
      // What is held is completed first, with no more bytes than belong to it.
      while (size > 0) {
        const known = size < lengthSize ? lengthSize : lengthOf(held)
        if (known instanceof UpstreamFault) return known
        const end = Math.min(bytes.length, at + known - size)
        hold(bytes.subarray(at, end))
        at = end
        if (size < known) return undefined
        if (known === lengthSize) continue
        const whole = held.subarray(0, size)
        size = 0
        const fault = tell(whole)
        if (fault) return fault
      }
      while (bytes.length - at >= lengthSize) {
        const length = lengthOf(bytes, at)
        if (length instanceof UpstreamFault) return length
        if (bytes.length - at < length) break
        const fault = tell(bytes.subarray(at, at + length))
        if (fault) return fault
        at += length
      }
      hold(bytes.subarray(at))
      return undefined
    },
    // A message without its end says nothing.
    finish: () => {}
  }
}

/** How long the message is that begins `at`. */
const lengthOf = (bytes: Uint8Array, at = 0): number | UpstreamFault => {
  const length = numberAt(bytes, at)
  if (length < minMessageSize) return garbled()
  return length <= maxMessageSize ? length : new UpstreamFault({
    class: "too_large",
    message: `The provider sent an event of more than ${maxMessageSize} bytes`
  })
}

const numberAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + at, lengthSize).getUint32(0)

/** The message in `bytes`; absent where it is none, or its checksums are wrong. */
const decode = (codec: EventStreamCodec, bytes: Uint8Array): Message | undefined => {
  // deno-lint-ignore penstock/banned -- the codec speaks in exceptions
  try {
    return codec.decode(bytes)
  } catch {
    return undefined
  }
}

const text = (utf8: TextDecoder, bytes: Uint8Array | string): string =>
  typeof bytes === "string" ? bytes : utf8.decode(bytes)

/** We write no messages. */
const noEncoder = (): Uint8Array => new Uint8Array()

const garbled = (): UpstreamFault =>
  new UpstreamFault({ class: "stream_cut", message: "The provider's stream is garbled" })
