/**
 * A collector of OpenTelemetry: a real HTTP server on loopback that reads what exporters send it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What was sent, as it came. */
export interface Received {
  readonly path: string
  readonly headers: Headers
  /** Unzipped. */
  readonly bytes: Uint8Array
}

type Attributes = Readonly<Record<string, unknown>>

/** A span, a log record or a metric with what stands above it. */
interface Told {
  readonly resource: Attributes
  readonly scope: string
}

/** A span that came in. Ids are in hexadecimal digits, times in Unix nanoseconds. */
export interface ReceivedSpan extends Told {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly traceState: string
  readonly kind: "server" | "client" | "other"
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Attributes
  readonly status: { readonly code: "unset" | "ok" | "error"; readonly message: string }
}

/** A log record that came in. */
export interface ReceivedLog extends Told {
  readonly time: bigint
  readonly severity: number
  readonly severityText: string
  readonly body: unknown
  readonly attributes: Attributes
  readonly traceId: string
  readonly spanId: string
}

/** A metric that came in. */
export interface ReceivedMetric extends Told {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly kind: "gauge" | "sum" | "histogram" | "exponential"
  /** Of each point: its attributes, and its value or, of a histogram, how many it counts. */
  readonly points: ReadonlyArray<{ readonly attributes: Attributes; readonly value: number }>
}

/** What a collector does with what it is sent. */
export type Behaviour = "take" | "silent" | { readonly status: number }

/** A collector that is listening. */
export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  readonly received: ReadonlyArray<Received>
  readonly behave: (behaviour: Behaviour) => void
  readonly spans: () => ReadonlyArray<ReceivedSpan>
  readonly logs: () => ReadonlyArray<ReceivedLog>
  readonly metrics: () => ReadonlyArray<ReceivedMetric>
  /** As soon as what was received is as `holds` says; fails after 10 s. */
  readonly until: (holds: (collector: Collector) => boolean) => Effect.Effect<void>
}

/** Starts a collector; it stops with the scope. */
export const start = (
  behaviour: Behaviour = "take"
): Effect.Effect<Collector, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => run(behaviour)),
      ({ stop }) => Effect.promise(stop)
    ),
    ({ collector }) => collector
  )

const run = (first: Behaviour) => {
  let behaviour = first
  const received: Array<Received> = []
  const stopped = Promise.withResolvers<void>()
  const arrivals = new EventTarget()
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (r) => {
    const raw = await r.bytes()
    const isZipped = r.headers.get("content-encoding") === "gzip"
    const bytes = isZipped ? await unzip(raw) : raw
    received.push({ path: new URL(r.url).pathname, headers: r.headers, bytes })
    arrivals.dispatchEvent(new Event("arrival"))
    if (behaviour === "silent") await stopped.promise
    if (typeof behaviour === "object") return new Response(null, { status: behaviour.status })
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } })
  })
  const at = (path: string) => received.filter((one) => one.path === path).map(({ bytes }) => bytes)
  const collector: Collector = {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    behave: (next) => void (behaviour = next),
    spans: () => at("/v1/traces").flatMap(readSpans),
    logs: () => at("/v1/logs").flatMap(readLogs),
    metrics: () => at("/v1/metrics").flatMap(readMetrics),
    until: (holds) =>
      Effect.callback<void>((resume) => {
        const look = () => holds(collector) && resume(Effect.void)
        arrivals.addEventListener("arrival", look)
        look()
        return Effect.sync(() => arrivals.removeEventListener("arrival", look))
      }).pipe(Effect.timeout("10 seconds"), Effect.orDie)
  }
  return {
    collector,
    stop: () => {
      stopped.resolve()
      return server.shutdown()
    }
  }
}

const unzip = (bytes: Uint8Array<ArrayBuffer>) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).bytes()

/** A message of protobuf: what stands at each field's number, in order. */
type Message = ReadonlyMap<number, ReadonlyArray<Field>>
type Field = bigint | Uint8Array

const message = (bytes: Uint8Array): Message => {
  const fields = new Map<number, Array<Field>>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n;; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error("cut off")
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const fixed = (length: 4 | 8) => {
    at += length
    return length === 8 ? view.getBigUint64(at - 8, true) : BigInt(view.getUint32(at - 4, true))
  }
  const slice = () => {
    const length = Number(varint())
    at += length
    if (at > bytes.length) throw new Error("cut off")
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const wire = tag & 7
    const field = wire === 0
      ? varint()
      : wire === 1
      ? fixed(8)
      : wire === 2
      ? slice()
      : wire === 5
      ? fixed(4)
      : undefined
    if (field === undefined) throw new Error(`wire type ${wire}`)
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), field])
  }
  return fields
}

const bytesAt = (of: Message, number: number): Uint8Array => {
  const field = of.get(number)?.at(-1)
  return field instanceof Uint8Array ? field : new Uint8Array()
}
const children = (of: Message, number: number): ReadonlyArray<Message> =>
  (of.get(number) ?? []).flatMap((field) => field instanceof Uint8Array ? [message(field)] : [])
const child = (of: Message, number: number): Message => message(bytesAt(of, number))
const textAt = (of: Message, number: number) => new TextDecoder().decode(bytesAt(of, number))
const hexAt = (of: Message, number: number) =>
  Array.from(bytesAt(of, number), (byte) => byte.toString(16).padStart(2, "0")).join("")
const wholeAt = (of: Message, number: number): bigint => {
  const field = of.get(number)?.at(-1)
  return typeof field === "bigint" ? field : 0n
}
const doubleOf = (bits: bigint) => new Float64Array(new BigUint64Array([bits]).buffer)[0]!

/** AnyValue. */
const valueOf = (any: Message): unknown => {
  if (any.has(1)) return textAt(any, 1)
  if (any.has(2)) return wholeAt(any, 2) === 1n
  if (any.has(3)) return Number(BigInt.asIntN(64, wholeAt(any, 3)))
  if (any.has(4)) return doubleOf(wholeAt(any, 4))
  if (any.has(5)) return children(child(any, 5), 1).map(valueOf)
  return undefined
}

const attributesAt = (of: Message, number: number): Attributes =>
  Object.fromEntries(
    children(of, number).map((pair) => [textAt(pair, 1), valueOf(child(pair, 2))])
  )

/** What stands below resources and scopes, alike for the three signals. */
const readAll = <A>(bytes: Uint8Array, read: (one: Message, above: Told) => A) =>
  children(message(bytes), 1).flatMap((group) =>
    children(group, 2).flatMap((scoped) =>
      children(scoped, 2).map((one) =>
        read(one, {
          resource: attributesAt(child(group, 1), 1),
          scope: textAt(child(scoped, 1), 1)
        })
      )
    )
  )

const readSpans = (bytes: Uint8Array) =>
  readAll(bytes, (span, above): ReceivedSpan => ({
    ...above,
    traceId: hexAt(span, 1),
    spanId: hexAt(span, 2),
    traceState: textAt(span, 3),
    parentSpanId: hexAt(span, 4),
    name: textAt(span, 5),
    kind: wholeAt(span, 6) === 2n ? "server" : wholeAt(span, 6) === 3n ? "client" : "other",
    start: wholeAt(span, 7),
    end: wholeAt(span, 8),
    attributes: attributesAt(span, 9),
    status: {
      message: textAt(child(span, 15), 2),
      code: (["unset", "ok", "error"] as const)[Number(wholeAt(child(span, 15), 3))] ?? "unset"
    }
  }))

const readLogs = (bytes: Uint8Array) =>
  readAll(bytes, (log, above): ReceivedLog => ({
    ...above,
    time: wholeAt(log, 1),
    severity: Number(wholeAt(log, 2)),
    severityText: textAt(log, 3),
    body: valueOf(child(log, 5)),
    attributes: attributesAt(log, 6),
    traceId: hexAt(log, 9),
    spanId: hexAt(log, 10)
  }))

const kinds = [[5, "gauge"], [7, "sum"], [9, "histogram"], [10, "exponential"]] as const

const readMetrics = (bytes: Uint8Array) =>
  readAll(bytes, (metric, above): ReceivedMetric => {
    const [number, kind] = kinds.find(([number]) => metric.has(number)) ?? kinds[0]
    return {
      ...above,
      name: textAt(metric, 1),
      description: textAt(metric, 2),
      unit: textAt(metric, 3),
      kind,
      points: children(child(metric, number), 1).map((point) => ({
        attributes: attributesAt(point, kind === "histogram" ? 9 : kind === "exponential" ? 1 : 7),
        value: kind === "histogram" || kind === "exponential"
          ? Number(wholeAt(point, 4))
          : point.has(6)
          ? Number(BigInt.asIntN(64, wholeAt(point, 6)))
          : doubleOf(wholeAt(point, 4))
      }))
    }
  })
