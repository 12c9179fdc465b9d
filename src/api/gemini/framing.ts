/**
 * How the chunks of a streamed answer stand one after the other.
 *
 * @module
 */
import { dataEvent, keepAliveComment } from "../SseStream.ts"

/** How chunks are framed. */
export interface Framing {
  readonly contentType: string
  readonly begin: string
  /** Frames one chunk, given as JSON. */
  readonly chunk: (json: string) => string
  readonly keepAlive: string
  readonly end: string
}

/** As server-sent events, which is asked for by `alt=sse`. Nothing says that it is the last. */
export const asEvents = (): Framing => ({
  contentType: "text/event-stream; charset=utf-8",
  begin: "",
  chunk: dataEvent,
  keepAlive: keepAliveComment,
  end: ""
})

/** As one array that is written element by element, which is how Google does it unless asked. */
export const asArray = (): Framing => {
  let before = ""
  return {
    contentType: "application/json; charset=utf-8",
    begin: "[",
    chunk: (json) => {
      const text = before + json
      before = ",\r\n"
      return text
    },
    keepAlive: "\n",
    end: "]"
  }
}
