/**
 * Making connections.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { Address } from "./Address.ts"
import { HttpError } from "./HttpError.ts"
import type { Socket } from "./Inflow.ts"

/**
 * Connects to an address, with TLS where it says so, and tells once what came of it. Gives the way to give
 * it up; nothing is told then. Where a name has several addresses they are tried side by side (RFC 8305).
 */
export type Connect = (
  address: Address,
  hear: (heard: Socket | HttpError) => void
) => () => void

/**
 * A TLS handshake that was given up stays open until the server ends it: the runtime lets nobody break
 * one off (Deno 2.9). With so many of one origin, it is not asked for more.
 */
const mostAbandoned = 8

/** So long before its end a limit is looked at a first time, in milliseconds. */
const graceMs = 50

/** Connects within `limitMs` milliseconds. */
export const makeConnect = (limitMs: number): Connect => {
  /** Handshakes that were given up and are not over, by origin. */
  const abandoned = new Map<string, number>()

  const count = (origin: string, change: 1 | -1): void => {
    const now = (abandoned.get(origin) ?? 0) + change
    if (now === 0) abandoned.delete(origin)
    else abandoned.set(origin, now)
  }

  return ({ hostname, isSecure, origin, port }, hear) => {
    const attempt = new AbortController()
    // One that is made as it is given up the runtime would throw away open (Deno 2.9): we close it.
    Object.assign(attempt.signal, { throwIfAborted: ignore })
    /** What is under way now; told once, and then over. */
    let phase: "connecting" | "handshake" | "over" = "connecting"

    const tell = (heard: Socket | HttpError): void => {
      clearTimeout(limit)
      phase = "over"
      hear(heard)
    }

    const giveUp = (): void => {
      if (phase === "over") return
      if (phase === "handshake") count(origin, 1)
      clearTimeout(limit)
      phase = "over"
      attempt.abort(givenUp)
    }

    const late = (): void => {
      giveUp()
      hear(new HttpError({ why: "connect_timeout" }))
    }
    // Where something held up the whole process, timers come before what is long ready: it comes next.
    let limit = setTimeout(() => {
      limit = setTimeout(late, graceMs)
    }, Math.max(0, limitMs - graceMs))

    const secure = (tcp: Deno.TcpConn): void => {
      phase = "handshake"
      Deno.startTls(tcp, { hostname, alpnProtocols: ["http/1.1"] }).then((secured) => {
        const failed = (cause: unknown): void => {
          secured.close()
          if (phase === "over") count(origin, -1)
          else tell(new HttpError({ why: "tls", cause }))
        }
        secured.handshake().then(() => phase === "over" ? failed(undefined) : tell(secured), failed)
      }, (cause) => {
        // A name that no certificate can hold: it is ours still, unless the runtime took it.
        Result.try(() => tcp.close())
        if (phase === "over") count(origin, -1)
        else tell(new HttpError({ why: "tls", cause }))
      })
    }

    const connected = (tcp: Deno.TcpConn): void => {
      if (phase === "over") return tcp.close()
      tcp.setNoDelay(true)
      tcp.setKeepAlive(true)
      if (isSecure) secure(tcp)
      else tell(tcp)
    }

    if ((abandoned.get(origin) ?? 0) >= mostAbandoned) {
      tell(new HttpError({ why: "connect_timeout" }))
      return giveUp
    }
    Deno.connect({ hostname, port, signal: attempt.signal }).then(connected, (cause) => {
      if (phase !== "over") tell(new HttpError({ why: unreachable(cause), cause }))
    })
    return giveUp
  }
}

const ignore = (): void => {}

/** Said beforehand, or the runtime would make an error with its stack. */
const givenUp = "given up"

/** The runtime has no class for it (Deno 2.9). */
const unreachable = (cause: unknown): "dns" | "connect" =>
  cause instanceof Error && /failed to lookup address/i.test(cause.message) ? "dns" : "connect"
