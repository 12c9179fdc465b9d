/**
 * In whose words a request is refused: where its path does not say it, by what its client sends.
 *
 * @module
 */
import { anthropic } from "./anthropic/surface.ts"
import { isGoogles } from "./gemini/sharedPath.ts"
import { gemini } from "./gemini/surface.ts"
import { native } from "./native/surface.ts"
import { openai } from "./openai/surface.ts"
import type { Surface } from "./Surface.ts"
import type { ThinRoute } from "./ThinRoute.ts"

/** The surface of the client that asks for `path`, which has no route, or not for this method. */
export const surfaceOf = (path: string, request: Request): Surface => {
  if (/^\/v1beta(?:\/|$)/.test(path) || isGooglesMethod(path, request)) return gemini
  if (path.startsWith("/v1/messages")) return anthropic
  if (path.startsWith("/api/")) return native
  return theirs(request) ?? (path.startsWith("/v1/") ? openai : native)
}

/** The surface by which a route answers `request`: that of the client, at a path that several share. */
export const surfaceFor = ({ isShared, surface }: ThinRoute, request: Request): Surface =>
  (isShared ? theirs(request) : undefined) ?? surface

/** Whose client it is, by what only Google's and Anthropic's send; absent where nothing says it. */
const theirs = (request: Request): Surface | undefined =>
  isGoogles(request) ? gemini : request.headers.has("anthropic-version") ? anthropic : undefined

/** Nobody but Google has methods behind a colon. */
const isGooglesMethod = (path: string, { method }: Request): boolean =>
  method === "POST" && /^\/v1\/(?:models|tunedModels)\/.*:[A-Za-z]+$/.test(path)
