/**
 * What the environment says of exports by OTLP, in the variables that OpenTelemetry gives names to.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { BatchSize } from "./Batch.ts"
import { variable } from "../variable.ts"

/** What is exported. */
export type Signal = "traces" | "metrics" | "logs"

/** Where one signal is sent, and how. */
export interface Target {
  readonly url: string
  /** They may hold a credential of the collector. */
  readonly headers: Redacted.Redacted<Readonly<Record<string, string>>>
  /** How long one export may take, what is tried again included. Default: 10 s. */
  readonly timeoutMs: number
  readonly size: BatchSize
}

/** Where everything is sent: nowhere unless somebody says so. */
export interface OtlpSettings {
  readonly traces: Target | undefined
  readonly metrics: Target | undefined
  readonly logs: Target | undefined
  readonly sampler: { readonly name: string; readonly ratio: number }
  /** What is set, and cannot be done. */
  readonly warnings: ReadonlyArray<string>
}

/** Reads what there is. What cannot be done is a warning: telemetry stops nothing. */
export const otlpSettings: Effect.Effect<OtlpSettings> = Effect.gen(function* () {
  const warnings: Array<string> = []
  const off = (yield* variable("OTEL_SDK_DISABLED"))?.toLowerCase() === "true"
  const target = (signal: Signal) => off ? Effect.undefined : readTarget(signal, warnings)
  return {
    traces: yield* target("traces"),
    metrics: yield* target("metrics"),
    logs: yield* target("logs"),
    sampler: {
      name: (yield* variable("OTEL_TRACES_SAMPLER")) ?? "parentbased_always_on",
      ratio: yield* number("OTEL_TRACES_SAMPLER_ARG", 1, warnings)
    },
    warnings
  }
})

const prefix = "OTEL_EXPORTER_OTLP"

const readTarget = Effect.fnUntraced(
  function* (
    signal: Signal,
    warnings: Array<string>
  ): Effect.fn.Return<Target | undefined> {
    const name = signal.toUpperCase()
    const either = Effect.fnUntraced(function* (what: string) {
      return (yield* variable(`${prefix}_${name}_${what}`)) ??
        (yield* variable(`${prefix}_${what}`))
    })
    const own = yield* variable(`${prefix}_${name}_ENDPOINT`)
    const all = yield* variable(`${prefix}_ENDPOINT`)
    const exporters = (yield* variable(`OTEL_${name}_EXPORTER`))?.split(",").map((text) =>
      text.trim()
    )
    const other = exporters?.find((exporter) => exporter !== "otlp" && exporter !== "none")
    if (other !== undefined) {
      warnings.push(`OTEL_${name}_EXPORTER is "${other}": only otlp and none are known`)
    }
    if (exporters ? !exporters.includes("otlp") : !own && !all) return undefined
    const protocol = yield* either("PROTOCOL")
    if (protocol !== undefined && protocol !== "http/protobuf") {
      warnings.push(
        `${prefix}_PROTOCOL is "${protocol}": ${signal} are sent by http/protobuf, ` +
          `which collectors take at port 4318`
      )
    }
    const url = own ?? `${(all ?? "http://localhost:4318").replace(/\/$/, "")}/v1/${signal}`
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
      warnings.push(`No ${signal} are exported: the endpoint is no http or https address`)
      return undefined
    }
    const headers = {
      ...pairs((yield* variable(`${prefix}_HEADERS`)) ?? ""),
      ...pairs((yield* variable(`${prefix}_${name}_HEADERS`)) ?? "")
    }
    const ofSignal = `${prefix}_${name}_TIMEOUT`
    const timeout = (yield* variable(ofSignal)) === undefined ? `${prefix}_TIMEOUT` : ofSignal
    return {
      url,
      headers: Redacted.make(headers),
      timeoutMs: yield* number(timeout, 10_000, warnings),
      size: yield* readSize(signal, warnings)
    }
  }
)

/** As the specification has it, and its defaults. */
const readSize = Effect.fnUntraced(
  function* (signal: Signal, warnings: Array<string>): Effect.fn.Return<BatchSize> {
    if (signal === "metrics") {
      return {
        // One that is not sent is out of date as soon as there is the next; on closing there are two.
        queue: 2,
        batch: 1,
        intervalMs: yield* number("OTEL_METRIC_EXPORT_INTERVAL", 60_000, warnings),
        timeoutMs: yield* number("OTEL_METRIC_EXPORT_TIMEOUT", 30_000, warnings)
      }
    }
    const of = signal === "traces" ? "OTEL_BSP" : "OTEL_BLRP"
    const queue = yield* number(`${of}_MAX_QUEUE_SIZE`, 2048, warnings)
    const delay = signal === "traces" ? 5000 : 1000
    return {
      queue,
      batch: Math.min(queue, yield* number(`${of}_MAX_EXPORT_BATCH_SIZE`, 512, warnings)),
      intervalMs: yield* number(`${of}_SCHEDULE_DELAY`, delay, warnings),
      timeoutMs: yield* number(`${of}_EXPORT_TIMEOUT`, 30_000, warnings)
    }
  }
)

const number = Effect.fnUntraced(
  function* (name: string, otherwise: number, warnings: Array<string>) {
    const text = yield* variable(name)
    if (text === undefined) return otherwise
    const value = Number(text)
    const isRatio = name.endsWith("_ARG")
    if (isRatio ? value >= 0 && value <= 1 : Number.isInteger(value) && value > 0) return value
    warnings.push(
      `${name} is ignored: it is no ${isRatio ? "number from 0 to 1" : "whole number above 0"}`
    )
    return otherwise
  }
)

/** `name=value,name=value`, percent-encoded; what is not that is left out. */
const pairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const at = pair.indexOf("=")
      const value = Result.getOrUndefined(
        Result.try(() => decodeURIComponent(pair.slice(at + 1).trim()))
      )
      return at < 1 || value === undefined ? [] : [[pair.slice(0, at).trim(), value]]
    })
  )
