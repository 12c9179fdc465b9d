/**
 * A dialect in both directions: as it is said to a provider, and read of a client.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { GatewayError } from "../../src/domain/GatewayError.ts"
import type { DialectName } from "../../src/domain/Message.ts"
import { carried, type Limit, plain } from "./limits.ts"

/** A dialect that both sides speak. */
export interface Spoken {
  readonly name: DialectName
  /** The body that a provider is sent, as JSON text. */
  readonly write: (request: CompletionRequest) => string
  /** The request that a client makes by such a body. */
  readonly read: (body: string) => CompletionRequest
  /** A request with names for what has none of its own: two that differ in them alone are the same. */
  readonly settle?: (request: CompletionRequest) => CompletionRequest
  /** All that is lost on the way. */
  readonly limits: ReadonlyArray<Limit>
}

/** The request that was read; a refusal is told. */
export const understood = (read: CompletionRequest | GatewayError): CompletionRequest => {
  if (read instanceof GatewayError) throw new Error(`Refused: ${JSON.stringify(read.reason)}`)
  return read
}

/** Holds that what `spoken` says of `request` is understood as it was, but for its limits. */
export const assertCarried = (
  { write, read, limits, settle = (request) => request }: Spoken,
  request: CompletionRequest
): void =>
  assertEquals(plain(settle(read(write(request)))), plain(settle(carried(limits, request))))
