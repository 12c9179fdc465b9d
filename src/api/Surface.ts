/**
 * What the families of clients have in common: each asks in words of its own, for the same things.
 *
 * @module
 */
import type * as Effect from "effect/Effect"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Delta } from "../domain/Delta.ts"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Told } from "../gateway/Ask.ts"
import type { Ending, Start } from "../gateway/Client.ts"
import type { Generated } from "../gateway/whole.ts"
import type { PathOf } from "./places.ts"

/** How one family of clients is spoken with. */
export interface Surface {
  readonly name: SurfaceName
  /** An error as these clients read it. */
  readonly failure: (
    error: GatewayError,
    requestId: string,
    headers?: Readonly<Record<string, string>>
  ) => Response
  /** What is told beside an answer, in headers; `X-Request-Id` stands in every answer anyway. */
  readonly headers: (told: Told, requestId: string) => Readonly<Record<string, string>>
}

/** The families: our own, and those of the great providers. */
export type SurfaceName = "native" | "openai" | "anthropic" | "gemini"

/** A request for an answer, before it is understood. */
export interface Incoming {
  /** Parsed JSON: it was looked at for its size and depth, and nothing else. */
  readonly body: unknown
  readonly headers: Headers
  /** What stands in the path for the names in the route, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly requestId: string
  /** Unix milliseconds. */
  readonly now: number
}

/** Understands a request for an answer, or says what is wrong with it. */
export type Reading = (incoming: Incoming) => Effect.Effect<Wanted, GatewayError>

/** What a client wants, and how it wants to be told. */
export interface Wanted {
  readonly request: CompletionRequest
  readonly reply: Whole | Streamed
  /** Where a place in `request` is in the client's own. Default: at the same. */
  readonly pathOf?: PathOf | undefined
}

/** The answer in one piece. */
export interface Whole {
  readonly _tag: "Whole"
  /** The body of the response: it is sent as JSON. */
  readonly body: (generated: Generated) => unknown
  /** What is told beside it, in headers. Default: nothing but what the surface tells of any. */
  readonly headers?: ((generated: Generated) => Readonly<Record<string, string>>) | undefined
}

/** The answer as it is written. */
export interface Streamed {
  readonly _tag: "Streamed"
  readonly events: Events
}

/**
 * Writes the events of one stream, each a text ready for the wire; empty where there is nothing to
 * say. It is driven synchronously, and may remember what it wrote.
 */
export interface Events {
  /** The type of what is written. Default: server-sent events. */
  readonly contentType?: string | undefined
  /** What comes before the first content. */
  readonly open: (start: Start) => string
  readonly delta: (delta: Delta) => string
  /** The answer goes on, though there is nothing to show. */
  readonly keepAlive: string
  /** The answer is whole: each of these is a write of its own. */
  readonly finish: (ending: Ending) => ReadonlyArray<string>
  /** The answer broke off: this must not look like a whole one. */
  readonly fail: (error: GatewayError) => string
}
