/**
 * How clients of OpenAI's API are spoken with.
 *
 * @module
 */
import { failure, toldHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"

/** The surface of OpenAI's clients. */
export const openai: Surface = { name: "openai", failure, headers: toldHeaders }
