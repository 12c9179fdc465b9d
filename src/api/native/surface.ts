/**
 * The native API, as the surfaces are: how its clients ask for answers, and are told errors.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../../domain/GatewayError.ts"
import { prefix } from "../address.ts"
import { answering } from "../answering.ts"
import { dropUnsupported } from "../dropUnsupported.ts"
import { failure, toldHeaders } from "../respond.ts"
import type { Reading, Surface } from "../Surface.ts"
import type { ThinRoute } from "../ThinRoute.ts"
import { decode } from "./decode.ts"
import { eventsOf } from "./events.ts"
import { toResponse } from "./GenerateResponse.ts"
import { toDomain, wantsStream } from "./toDomain.ts"

/** The native API. */
export const native: Surface = { name: "native", failure, headers: toldHeaders }

const reading = (alwaysStream: boolean): Reading => ({ body, headers, requestId }) => {
  const drops = dropUnsupported(headers, false)
  if (drops instanceof GatewayError) return Effect.fail(drops)
  return Effect.map(decode(body, drops), (wanted) => ({
    request: toDomain(wanted, drops),
    reply: alwaysStream || wantsStream(wanted)
      ? { _tag: "Streamed", events: eventsOf(requestId) }
      : { _tag: "Whole", body: (generated) => toResponse(requestId, generated) }
  }))
}

/** The routes that ask models: the OpenAPI document declares them in full. */
export const nativeRoutes: ReadonlyArray<ThinRoute> = [
  {
    method: "POST",
    path: `${prefix}/generate`,
    needs: "inference",
    takesBody: true,
    surface: native,
    handle: answering(native, reading(false)),
    summary: "Answer in one piece"
  },
  {
    method: "POST",
    path: `${prefix}/generate/stream`,
    needs: "inference",
    takesBody: true,
    surface: native,
    handle: answering(native, reading(true)),
    summary: "Answer as it is written"
  }
]
