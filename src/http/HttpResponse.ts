/**
 * What a server answered.
 *
 * @module
 */

/** What a server answered: the head of it, and a body that is still to be read. A `Response` is one too. */
export interface HttpResponse {
  readonly status: number
  /** Whether the status is one of success: 200 to 299. */
  readonly ok: boolean
  readonly headers: HttpHeaders
  /** `null` where a status has none. */
  readonly body: Source | ReadableStream<Uint8Array> | null
}

/** Headers by name, in lower case. */
export interface HttpHeaders extends Iterable<readonly [name: string, value: string]> {
  /** Its values, joined by `", "` where it came more than once; `null` where it did not come. */
  readonly get: (name: string) => string | null
}

/** Bytes to be read piece by piece. A piece is only valid until the next is read: its memory is used again. */
export interface Source {
  /** Gives the next piece, or `undefined` at the end. One at a time. */
  readonly read: (
    give: (piece: Uint8Array | undefined) => void,
    fail: (cause: unknown) => void
  ) => void
  /** Nobody wants more: hangs up, unless all was read. */
  readonly cancel: () => void
  /**
   * All that matters was read. What little may follow is read on unseen, so that the connection can be
   * used again. Default: as `cancel`.
   */
  readonly leave?: (() => void) | undefined
}
