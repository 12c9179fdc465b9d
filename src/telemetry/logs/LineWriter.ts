/**
 * Writes lines where they may be read slowly, or not at all, without waiting for that.
 *
 * @module
 */

/** Takes lines. */
export interface LineWriter {
  /** Takes a line, its end included, at once. */
  readonly write: (line: string) => void
  /** Resolves when everything so far is written. */
  readonly written: () => Promise<void>
}

/** Lines that wait at most: then the oldest is dropped. */
const mostWaiting = 4096
/** Written at once at most, in characters. */
const piece = 65_536

/** Writes to `sink`, a write at a time; `dropped` is told how many lines were lost. */
export const make = (
  sink: (bytes: Uint8Array) => Promise<unknown>,
  dropped: (count: number) => void
): LineWriter => {
  const waiting: Array<string> = []
  const utf8 = new TextEncoder()
  let busy: Promise<void> | undefined

  const next = (): Promise<void> => {
    let count = 0
    for (let length = 0; count < waiting.length && length < piece; count++) {
      length += waiting[count]?.length ?? 0
    }
    const lines = waiting.splice(0, count)
    return sink(utf8.encode(lines.join(""))).then(
      () => {},
      () => dropped(lines.length)
    ).then(() => waiting.length > 0 ? next() : void (busy = undefined))
  }
  return {
    write: (line) => {
      if (waiting.length >= mostWaiting) dropped(waiting.splice(0, 1).length)
      waiting.push(line)
      busy ??= next()
    },
    written: () => busy ?? Promise.resolve()
  }
}
