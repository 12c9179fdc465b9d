/**
 * Whether requests to providers go through a proxy.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { ConfigError } from "./ConfigError.ts"
import { nonEmptyVariable } from "./environment.ts"

/** The variables that name a proxy, as most programs know them. `NO_PROXY` is Deno's to read. */
export const proxyVariables: ReadonlyArray<string> = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy"
]

/** Whether the environment names a proxy. */
export const isProxied: Effect.Effect<boolean, ConfigError> = Effect.map(
  Effect.forEach(proxyVariables, nonEmptyVariable),
  (values) => values.some((value) => value !== undefined)
)
