/**
 * Where a request stands in a trace: W3C Trace Context, as headers spell it.
 *
 * @module
 */

/** Where a request stands in a trace. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** The gateway's own span, 16 hexadecimal digits. */
  readonly spanId: string
  /** The client's span, where the client began the trace. */
  readonly parentSpanId?: string | undefined
  /** What other tracers of the same trace left there, as it came. */
  readonly traceState?: string | undefined
  /** Whether spans of it are exported. */
  readonly sampled: boolean
}

/** What a client says of the trace that its request is part of. */
export interface Parent {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Reads a `traceparent`; one that is not as the specification has it is as good as none. */
export const parseTraceparent = (header: string): Parent | undefined => {
  const [, version, traceId, spanId, flags = "", rest] = pattern.exec(header) ?? []
  if (traceId === undefined || spanId === undefined) return undefined
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** As a `traceparent` for whoever is asked next. */
export const printTraceparent = ({ traceId, spanId, sampled }: Parent): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`

/** A `tracestate` that can be passed on: one that is longer than 512 characters, or garbled, cannot. */
export const boundedTraceState = (header: string | null): string | undefined =>
  header !== null && /^[\x20-\x7e\t]{1,512}$/.test(header) ? header : undefined

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** As many random bytes as hexadecimal digits; never all zeros. */
const randomHex = (bytes: number): string => {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes))
  if (drawn.every((byte) => byte === 0)) return randomHex(bytes)
  let text = ""
  for (const byte of drawn) text += hex[byte]
  return text
}

/** A trace that nobody has seen before. */
export const newTraceId = (): string => randomHex(16)

/** A span that nobody has seen before. */
export const newSpanId = (): string => randomHex(8)
