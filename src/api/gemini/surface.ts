/**
 * How clients of Gemini's API are spoken with.
 *
 * @module
 */
import { failing, toldHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"
import { toFailure } from "./error.ts"

/** The surface of Gemini's clients. */
export const gemini: Surface = {
  name: "gemini",
  failure: (error, requestId, headers) =>
    failing(error, toFailure(error, requestId), requestId, headers),
  headers: toldHeaders
}
