/**
 * Addresses of providers.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { type ConfigError, wrong } from "../config/ConfigError.ts"

/** An address of ours to add paths to: it may hold nothing but scheme, host, port and path. */
export const baseUrl = (
  { source, path }: { readonly source: string; readonly path: string },
  address: string,
  basePath: string
): Effect.Effect<string, ConfigError> => {
  const url = URL.parse(address)
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    return Effect.fail(
      wrong(source, path, "expected an address that begins with https:// or http://")
    )
  }
  if (url.username || url.password || url.search || url.hash) {
    return Effect.fail(
      wrong(source, path, "an address may have no user, password, query or fragment")
    )
  }
  const trimmed = url.href.replace(/\/+$/, "")
  return Effect.succeed(trimmed.endsWith(basePath) ? trimmed : trimmed + basePath)
}
