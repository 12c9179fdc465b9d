/**
 * Who tells of itself in metrics, traces and logs.
 *
 * @module
 */
import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { variable } from "./variable.ts"

/**
 * What all telemetry of this process has in common: `service.name` is `penstock`, unless
 * `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` say otherwise.
 */
export const resource: Effect.Effect<Resource> = Effect.gen(function* () {
  const written = yield* variable("OTEL_RESOURCE_ATTRIBUTES")
  const attributes = parse(written ?? "")
  // As the specification has it, one wrong pair makes all of them suspect.
  if (attributes === undefined) {
    yield* Effect.logWarning("OTEL_RESOURCE_ATTRIBUTES is ignored: it is no list of name=value")
  }
  const name = yield* variable("OTEL_SERVICE_NAME")
  return defaultResource().merge(resourceFromAttributes({
    "service.name": "penstock",
    "process.runtime.name": "deno",
    "process.runtime.version": Deno.version.deno,
    ...attributes,
    ...(name === undefined ? {} : { "service.name": name })
  }))
})

/** `name=value,name=value`, percent-encoded; `undefined` where it is not that. */
const parse = (text: string): Readonly<Record<string, string>> | undefined => {
  const attributes: Record<string, string> = {}
  for (const pair of text.split(",")) {
    if (pair.trim() === "") continue
    const at = pair.indexOf("=")
    const value = decoded(pair.slice(at + 1).trim())
    if (at < 1 || value === undefined) return undefined
    attributes[pair.slice(0, at).trim()] = value
  }
  return attributes
}

const decoded = (text: string): string | undefined =>
  Result.getOrUndefined(Result.try(() => decodeURIComponent(text)))
