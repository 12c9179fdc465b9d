/**
 * How clients of Anthropic's API are spoken with.
 *
 * @module
 */
import { failure, toldHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"

/** The surface of Anthropic's clients. */
export const anthropic: Surface = { name: "anthropic", failure, headers: toldHeaders }
