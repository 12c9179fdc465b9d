/**
 * How clients of the Responses API are spoken with.
 *
 * @module
 */
import { responseNames } from "../names.ts"
import { openaiBy } from "../surface.ts"

/** OpenAI's surface, as clients of its Responses API know it. */
export const responses = openaiBy(responseNames)
