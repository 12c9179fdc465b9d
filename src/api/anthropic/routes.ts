/**
 * The routes of Anthropic's API.
 *
 * @module
 */
import type { ThinRoute } from "../ThinRoute.ts"

/** What clients of Anthropic's API can call. */
export const anthropicRoutes: ReadonlyArray<ThinRoute> = []
