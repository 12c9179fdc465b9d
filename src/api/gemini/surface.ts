/**
 * How clients of Gemini's API are spoken with.
 *
 * @module
 */
import { failure, toldHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"

/** The surface of Gemini's clients. */
export const gemini: Surface = { name: "gemini", failure, headers: toldHeaders }
