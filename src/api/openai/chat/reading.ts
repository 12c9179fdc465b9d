/**
 * How clients of OpenAI's API ask for a chat, and how they are answered.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../../../domain/GatewayError.ts"
import type { Reading } from "../../Surface.ts"
import { headOf } from "../Head.ts"
import { costHeaders } from "../usage.ts"
import { eventsOf } from "./events.ts"
import { readChat } from "./read.ts"
import { toCompletion } from "./whole.ts"

/** `POST /v1/chat/completions`. */
export const chat: Reading = ({ body, headers, now, requestId }) => {
  const read = readChat(body, headers)
  if (read instanceof GatewayError) return Effect.fail(read)
  const { request, stream, includeUsage, toolbox } = read
  const head = headOf("chatcmpl", requestId, now)
  return Effect.succeed({
    request,
    reply: stream
      ? { _tag: "Streamed", events: eventsOf(head, requestId, includeUsage, toolbox) }
      : {
        _tag: "Whole",
        body: (generated) => toCompletion(head, generated, toolbox),
        headers: costHeaders
      }
  })
}
