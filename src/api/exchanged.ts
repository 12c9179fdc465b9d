/**
 * Takes note of every answer.
 *
 * @module
 */
import type * as Clock from "effect/Clock"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Telemetry } from "../telemetry/Telemetry.ts"
import type { Surface } from "./Surface.ts"

/** An answer on its way. */
export interface Answering {
  /** As declared; absent where the request asks for nothing that there is. */
  readonly route: string | undefined
  readonly response: Promise<Response>
}

/** The answer to a request that goes nowhere. */
export const refused = (
  surface: Surface,
  error: GatewayError,
  requestId: string,
  headers?: Readonly<Record<string, string>>
): Answering => ({
  route: undefined,
  response: Promise.resolve(surface.failure(error, requestId, headers))
})

/** Answers as `answer` does, and has `telemetry` told of each as soon as its head is there. */
export const exchanged = (
  telemetry: Telemetry["Service"],
  clock: Clock.Clock,
  answer: (request: Request) => Answering
) => {
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
  return (request: Request): Promise<Response> => {
    const since = now()
    const { method } = request
    const { route, response } = answer(request)
    return response.then((response) => {
      telemetry.exchanged({ method, route, status: response.status, durationMs: now() - since })
      return response
    })
  }
}
