/**
 * Who is calling, and what that caller may do.
 *
 * @module
 */

/** Everything that a caller can be allowed to do; each route names the one it needs. */
export const scopes = [
  "inference",
  "usage:read",
  "config:read",
  "config:write",
  "keys:write",
  "metrics:read"
] as const

/**
 * One thing that a caller may do.
 *
 * - `inference`: ask models, and list them
 * - `usage:read`: see what was used and what it cost
 * - `config:read`, `config:write`: see and change how the gateway runs
 * - `keys:write`: make and revoke API keys
 * - `metrics:read`: scrape metrics
 */
export type Scope = typeof scopes[number]

/** A caller that has proved who it is. */
export interface Principal {
  /** The id of its key, or `jwt:` and the `sub` of its token: fit for logs, never the credential. */
  readonly id: string
  readonly kind: "api_key" | "jwt"
  /** A name for people to read; not unique. */
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
}

/** Whoever calls a route that is open to all. */
export const anybody: Principal = {
  id: "anybody",
  kind: "api_key",
  name: "anybody",
  scopes: new Set()
}
