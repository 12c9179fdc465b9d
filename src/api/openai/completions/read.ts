/**
 * From a body of `POST /v1/completions` to the domain's request.
 *
 * @module
 */
import type { CompletionRequest } from "../../../domain/Completion.ts"
import { GatewayError } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { array } from "../../json.ts"
import { invalid } from "../invalid.ts"
import { openingOf } from "../opening.ts"
import { readSampling, readStreaming, type Streaming } from "../parameters.ts"

/** A request for a completion, and how its answer is to come. */
export interface Completion extends Streaming {
  readonly request: CompletionRequest
}

/** The request in `body`, or what is wrong with it: the prompt is what a user says. */
export const readCompletion = (value: unknown, headers: Headers): Completion | GatewayError => {
  const opening = openingOf(value, headers)
  if (opening instanceof GatewayError) return opening
  const { body, drops: dropUnsupported, fields, issues, model } = opening
  const prompt = fields.required("prompt", readPrompt, expectedPrompt)
  const streaming = readStreaming(fields)
  const parameters = readSampling(fields)
  if (body.suffix !== "") {
    fields.refused("suffix", "A text cannot be filled in: ask for a chat instead")
  }
  fields.refused("logprobs", "It is only told of chats")
  fields.optional(
    "echo",
    (echo) => echo === false ? echo : undefined,
    "false: the prompt is not repeated"
  )
  fields.optional(
    "best_of",
    (most) => most === 1 || most === (body.n ?? 1) ? most : undefined,
    "no more than n"
  )
  if (issues.length > 0 || model === undefined || prompt === undefined) return invalid(issues)

  const messages = [{ role: "user", content: [{ type: "text", text: prompt }] }] as const
  return { ...streaming, request: { model, messages, parameters, dropUnsupported } }
}

const readPrompt: Fields.Read<string> = (value) => {
  const list = array(value)
  const only = list === undefined ? value : list.length === 1 ? list[0] : undefined
  return typeof only === "string" && only !== "" ? only : undefined
}

const expectedPrompt = "one text: neither several prompts nor tokens can be passed on"
