/**
 * The routes of OpenAI's API.
 *
 * @module
 */
import type { ThinRoute } from "../ThinRoute.ts"

/** What clients of OpenAI's API can call. */
export const openaiRoutes: ReadonlyArray<ThinRoute> = []
