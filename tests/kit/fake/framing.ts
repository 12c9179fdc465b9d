/**
 * Server-sent events, framed in every way that the format allows.
 *
 * @module
 */
import type { FakeEvent } from "./FakeDialect.ts"

/** Ways to frame events that all mean the same. */
export interface Framing {
  /** Default: `\n`. */
  readonly lineEnd?: "\n" | "\r\n" | "\r" | undefined
  /** A comment before each event, as OpenRouter and proxies send. */
  readonly comments?: boolean | undefined
  /** A byte order mark before the first event. */
  readonly bom?: boolean | undefined
  /** JSON spread over several `data:` lines. */
  readonly multiLine?: boolean | undefined
  /** `data:x` instead of `data: x`. */
  readonly noSpace?: boolean | undefined
}

/** The text of one event, `first` of its stream or not. */
export const frame = (event: FakeEvent, first: boolean, framing: Framing): string => {
  const { lineEnd = "\n", comments, bom, multiLine, noSpace } = framing
  const data = typeof event.data === "string"
    ? event.data
    : JSON.stringify(event.data, undefined, multiLine ? 1 : undefined)
  const lines = [
    ...(comments ? [": PROCESSING"] : []),
    ...(event.name === undefined ? [] : [`event: ${event.name}`]),
    ...data.split("\n").map((line) => noSpace ? `data:${line}` : `data: ${line}`),
    "",
    ""
  ]
  return (first && bom ? "\ufeff" : "") + lines.join(lineEnd)
}
