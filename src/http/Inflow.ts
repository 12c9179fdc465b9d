/**
 * What comes in over a connection.
 *
 * @module
 */

/** What is needed of a connection, with or without TLS. */
export interface Socket {
  readonly read: (into: Uint8Array) => Promise<number | null>
  readonly write: (bytes: Uint8Array) => Promise<number>
  readonly close: () => void
}

/** Who hears what comes in. */
export interface Listening {
  /** There are more bytes, the first of them at `fresh`. */
  readonly got: (fresh: number) => void
  /** Nothing more comes: the connection was ended in order, or broke for `cause`. */
  readonly ended: (cause: unknown) => void
}

/**
 * What came in and was not yet taken: the bytes of `buffer` between `from` and `to`. The buffer is one,
 * used again and again, and larger only while much comes.
 */
export interface Inflow {
  buffer: Uint8Array<ArrayBuffer>
  from: number
  to: number
  /** Reads on, unless that is under way. */
  readonly read: () => void
  /** Forgets all there is. */
  readonly clear: () => void
}

/** What is read at once, in bytes: at first, and where so much comes. */
const firstSize = 8 * 1024
const mostSize = 64 * 1024

/** What comes in over `socket`. */
export const make = (socket: Pick<Socket, "read">, { got, ended }: Listening): Inflow => {
  let isReading = false

  const grow = (): void => {
    const larger = new Uint8Array(inflow.buffer.length * 2)
    larger.set(inflow.buffer)
    inflow.buffer = larger
  }

  const came = (count: number | null): void => {
    isReading = false
    if (count === null) return ended(undefined)
    const fresh = inflow.to
    inflow.to += count
    got(fresh)
  }

  const broke = (cause: unknown): void => {
    isReading = false
    ended(cause ?? "it broke")
  }

  const inflow: Inflow = {
    buffer: new Uint8Array(firstSize),
    from: 0,
    to: 0,
    read: () => {
      if (isReading) return
      isReading = true
      const isFull = inflow.to === inflow.buffer.length
      if (inflow.from === inflow.to) {
        // A buffer that was filled at once is too small for what comes.
        if (isFull && inflow.to < mostSize) inflow.buffer = new Uint8Array(inflow.to * 2)
        inflow.from = inflow.to = 0
      } else if (isFull) grow()
      const { buffer, to } = inflow
      socket.read(to === 0 ? buffer : buffer.subarray(to)).then(came, broke)
    },
    clear: () => {
      inflow.from = inflow.to = 0
      if (inflow.buffer.length > firstSize) inflow.buffer = new Uint8Array(firstSize)
    }
  }
  return inflow
}
