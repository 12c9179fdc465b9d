/**
 * Every route that is served without a router between, surface by surface.
 *
 * @module
 */
import { anthropicRoutes } from "./anthropic/routes.ts"
import { geminiRoutes } from "./gemini/routes.ts"
import { nativeRoutes } from "./native/surface.ts"
import { openaiRoutes } from "./openai/routes.ts"
import type { ThinRoute } from "./ThinRoute.ts"

/** All of them. */
export const thinRoutes: ReadonlyArray<ThinRoute> = [
  ...nativeRoutes,
  ...openaiRoutes,
  ...anthropicRoutes,
  ...geminiRoutes
]
