/**
 * The bytes of a connection, read by head and by length.
 *
 * @module
 */
import { Buffer } from "node:buffer"

/** Bytes that came in and were not read yet. */
export class Incoming {
  #buffer = Buffer.alloc(0)
  #ended = false
  #wake = Promise.withResolvers<void>()

  /** Adds bytes that came in. */
  push(piece: Uint8Array) {
    this.#buffer = Buffer.concat([this.#buffer, piece])
    this.#stir()
  }

  /** Nothing more comes in. */
  end() {
    this.#ended = true
    this.#stir()
  }

  /** The next head, without its blank line; `undefined` where the connection ends before that. */
  async head(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n")
      if (end >= 0) {
        const head = this.#buffer.toString("latin1", 0, end)
        this.#buffer = this.#buffer.subarray(end + 4)
        return head
      }
      if (this.#ended) return undefined
      await this.#wake.promise
    }
  }

  /** The next `length` bytes; `undefined` where the connection ends before that. */
  async take(length: number): Promise<Uint8Array | undefined> {
    while (this.#buffer.length < length) {
      if (this.#ended) return undefined
      await this.#wake.promise
    }
    const taken = this.#buffer.subarray(0, length)
    this.#buffer = this.#buffer.subarray(length)
    return taken
  }

  #stir() {
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }
}
