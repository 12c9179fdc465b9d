/**
 * What a response says that it is.
 *
 * @module
 */
import type { UpstreamResponse } from "./Egress.ts"

/** Whether it is a stream of events, in one of the two framings. */
export const isEventStream = (response: UpstreamResponse): boolean =>
  /^(?:text\/event-stream|application\/vnd\.amazon\.eventstream)/.test(mediaType(response))

/** Whether it is JSON. */
export const isJson = (response: UpstreamResponse): boolean =>
  mediaType(response).startsWith("application/json")

/** Whether it is a page for people. */
export const isPage = (response: UpstreamResponse): boolean =>
  mediaType(response).startsWith("text/html")

const mediaType = (response: UpstreamResponse): string => response.headers.get("content-type") ?? ""
