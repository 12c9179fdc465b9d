/**
 * The routes of Gemini's API.
 *
 * @module
 */
import type { ThinRoute } from "../ThinRoute.ts"

/** What clients of Gemini's API can call. */
export const geminiRoutes: ReadonlyArray<ThinRoute> = []
