/**
 * Where a request goes.
 *
 * @module
 */

/** Where a request goes. */
export interface Address {
  /** Connections to one origin serve every request to it. */
  readonly origin: string
  readonly isSecure: boolean
  /** A name or an IP address, without brackets. */
  readonly hostname: string
  readonly port: number
  /** As the `host` header says it. */
  readonly host: string
  /** Path and query, as the request line says them. */
  readonly target: string
}

/** What an URL of HTTP says; whoever made it has seen to it that it is one. */
export const parse = (url: string): Address => {
  const { protocol, hostname, port, host, pathname, search, origin } = new URL(url)
  const isSecure = protocol === "https:"
  return {
    origin,
    isSecure,
    hostname: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    host,
    target: pathname + search
  }
}

/** So many addresses are remembered. */
const most = 256

/** Parses URLs and remembers the latest: a request's is nearly always that of one before. */
export const makeParser = (): (url: string) => Address => {
  const known = new Map<string, Address>()
  return (url) => {
    const found = known.get(url)
    if (found) return found
    const address = parse(url)
    if (known.size >= most) known.clear()
    known.set(url, address)
    return address
  }
}
