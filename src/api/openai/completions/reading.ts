/**
 * How clients of OpenAI's older API ask for a completion, and how they are answered.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../../domain/Completion.ts"
import { GatewayError } from "../../../domain/GatewayError.ts"
import type { Generated } from "../../../gateway/whole.ts"
import type { Reading } from "../../Surface.ts"
import { type Head, headOf } from "../Head.ts"
import { costHeaders, toUsage } from "../usage.ts"
import { eventsOf } from "./events.ts"
import { readCompletion } from "./read.ts"

/** `POST /v1/completions`. */
export const completions: Reading = ({ body, headers, now, requestId }) => {
  const read = readCompletion(body, headers)
  if (read instanceof GatewayError) return Effect.fail(read)
  const { request, stream, includeUsage } = read
  const head = headOf("cmpl", requestId, now)
  return Effect.succeed({
    request,
    reply: stream
      ? { _tag: "Streamed", events: eventsOf(head, requestId, includeUsage) }
      : { _tag: "Whole", body: (generated) => toCompletion(head, generated), headers: costHeaders }
  })
}

const toCompletion = ({ id, created }: Head, { model, answer, usage }: Generated): JsonObject => ({
  id,
  object: "text_completion",
  created,
  model,
  choices: answer.choices.map(({ index, text, refusal = "", finishReason }) => ({
    text: text + refusal,
    index,
    logprobs: null,
    finish_reason: finishReason
  })),
  usage: toUsage(usage)
})
