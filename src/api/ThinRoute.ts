/**
 * Routes that are served without a router between: the hot ones, on one fiber each.
 *
 * @module
 */
import type * as Effect from "effect/Effect"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Principal, Scope } from "../domain/Principal.ts"
import type { Told } from "../gateway/Ask.ts"
import type { Gateway } from "../gateway/Gateway.ts"
import type { ModelReport } from "../routing/ModelReport.ts"
import type { Traces } from "../telemetry/traces/Traces.ts"
import type { BodyLimits } from "./readBody.ts"
import type { SseStream } from "./SseStream.ts"
import type { Events, Surface } from "./Surface.ts"

/** One route, and how it is served. */
export interface ThinRoute {
  readonly method: "GET" | "POST"
  /**
   * `:name` stands for one segment of the path, or for a part of it; `:name*` for one or more. A name
   * that is not all in lower case, as of a method after a model's id, stands for itself.
   */
  readonly path: string
  readonly needs: Scope
  readonly takesBody: boolean
  readonly surface: Surface
  /** Whether clients of other surfaces ask for the same path, and read errors in their own words. */
  readonly isShared?: boolean | undefined
  readonly handle: Handle
  /** What it is for, in a few words. */
  readonly summary: string
}

/** Serves a request: with a response, or by its `stream`. */
export type Handle = (
  tools: ThinTools,
  call: Call
) => Effect.Effect<Response | undefined, GatewayError>

/** What thin routes work with. */
export interface ThinTools {
  readonly gateway: Gateway["Service"]
  readonly traces: Traces["Service"]
  readonly reports: ModelReport["Service"]
  readonly bodyLimits: BodyLimits
}

/** A request to a thin route, whose caller is known. */
export interface Call {
  readonly request: Request
  readonly requestId: string
  readonly caller: Principal
  /** What stands in the path for the names in the route, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly told: Told
  /** Begins to answer by a stream. */
  readonly stream: (events: Events) => SseStream
}
