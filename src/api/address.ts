/**
 * Where a request goes: one canonical path, for routing, scopes and metrics alike.
 *
 * @module
 */
import { type GatewayError, invalidRequest } from "../domain/GatewayError.ts"

/** A path that is safe to route by, and what stood behind it. */
export interface Address {
  /** Decoded nowhere; begins with a slash. */
  readonly path: string
  /** Begins with `?`, or is empty. */
  readonly query: string
}

const host = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/

/**
 * The address of a request. The server builds a request's URL by putting the Host header before the
 * path, so a Host with a slash in it would choose the route: such a one is refused before anything
 * looks at the path.
 */
export const addressOf = (request: Request): Address | GatewayError => {
  const name = request.headers.get("host")
  if (name === null || !host.test(name)) {
    return invalidRequest("The Host header is not a host", { kind: "invalid_host" })
  }
  const origin = `http://${name}/`
  const { url } = request
  // An absolute form names another host, and the runtime may write ours in lower case.
  if (!url.startsWith(origin) && !url.toLowerCase().startsWith(origin.toLowerCase())) {
    return invalidRequest("The address and the Host header differ", { kind: "invalid_host" })
  }
  const target = url.slice(origin.length - 1)
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  const query = end === -1 || target[end] === "#" ? "" : target.slice(end).split("#", 1)[0] ?? ""
  return { path: canonical(path), query }
}

/** Older clients' prefix, and the addresses that monitors expect. */
const canonical = (path: string): string => {
  if (path === "/health") return `${prefix}/health`
  if (path.startsWith("/api/llm/")) return prefix + path.slice("/api/llm".length)
  return path
}

/** Where the native API stands. */
export const prefix = "/api/v1/llm"
