/**
 * In whose words a request is refused that has no route.
 *
 * @module
 */
import { anthropic } from "./anthropic/surface.ts"
import { gemini } from "./gemini/surface.ts"
import { native } from "./native/surface.ts"
import { openai } from "./openai/surface.ts"
import type { Surface } from "./Surface.ts"

/** The surface whose clients ask for paths like `path`. */
export const surfaceOf = (path: string): Surface => {
  if (path.startsWith("/v1beta/")) return gemini
  if (path.startsWith("/v1/messages")) return anthropic
  return path.startsWith("/v1/") ? openai : native
}
