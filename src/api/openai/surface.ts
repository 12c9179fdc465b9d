/**
 * How clients of OpenAI's API are spoken with.
 *
 * @module
 */
import { failing, toldHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"
import { toFailure } from "./errors.ts"

/** The surface of OpenAI's clients. */
export const openai: Surface = {
  name: "openai",
  failure: (error, requestId, headers) =>
    failing(error, toFailure(error, requestId), requestId, headers),
  headers: (told) => ({
    ...toldHeaders(told),
    ...(told.elapsedMs ? { "openai-processing-ms": String(told.elapsedMs()) } : {})
  })
}
