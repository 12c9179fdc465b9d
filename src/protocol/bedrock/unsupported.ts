/**
 * What Bedrock has no words for.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import { isBlank } from "./blank.ts"
import { image } from "./image.ts"
import { isForbiddenTooLate } from "./tools.ts"

/** Bedrock's temperatures end here; a higher one is refused rather than lowered in silence. */
export const maxTemperature = 1

/** What `request` asks for and Bedrock cannot do, whatever the model. */
export const unsupported = (
  { messages, parameters }: CompletionRequest
): ReadonlyArray<Unsupported> => [
  ...messages.flatMap(images),
  ...refusals.flatMap(([name, applies, message]) =>
    applies(parameters, messages) ? [{ path: ["parameters", name], message }] : []
  )
]

const refusals: ReadonlyArray<
  readonly [
    name: string,
    applies: (parameters: Parameters, messages: ReadonlyArray<Message>) => boolean,
    message: string
  ]
> = [
  [
    "temperature",
    ({ temperature }) => temperature !== undefined && temperature > maxTemperature,
    `Bedrock's models take a temperature from 0 to ${maxTemperature}`
  ],
  [
    "stop",
    ({ stop }) => stop !== undefined && stop.some(isBlank),
    "Bedrock's models do not stop at a text of white space only"
  ],
  ["seed", ({ seed }) => seed !== undefined, "Bedrock's models take no seed"],
  [
    "presence_penalty",
    // A penalty of 0 asks for what they do anyway.
    ({ presencePenalty }) => presencePenalty !== undefined && presencePenalty !== 0,
    "Bedrock's models take no presence penalty"
  ],
  [
    "frequency_penalty",
    ({ frequencyPenalty }) => frequencyPenalty !== undefined && frequencyPenalty !== 0,
    "Bedrock's models take no frequency penalty"
  ],
  ["n", ({ n }) => n !== undefined && n > 1, "Bedrock's models give one answer to a request"],
  [
    "logprobs",
    ({ logprobs }) => logprobs !== undefined,
    "Bedrock does not tell how likely a token was"
  ],
  [
    "response_format",
    ({ responseFormat }) => responseFormat?.type === "json_object",
    "Bedrock's models promise JSON only by a schema: use json_schema"
  ],
  [
    "parallel_tool_calls",
    ({ parallelToolCalls, tools }) => parallelToolCalls === false && tools !== undefined,
    "Bedrock does not hold a model to one tool call in a turn"
  ],
  [
    "tool_choice",
    isForbiddenTooLate,
    "Bedrock cannot forbid tools in a conversation in which some were called"
  ]
]

const images = ({ role, content }: Message, message: number): ReadonlyArray<Unsupported> =>
  content.flatMap((part, index) => {
    if (part.type !== "image") return []
    const path = ["messages", message, "content", index]
    if (role === "system" || role === "assistant") {
      return [{ path, message: `Bedrock's models take no image in a message of the ${role}` }]
    }
    return image(part.url) ? [] : [{
      path,
      message:
        "Bedrock fetches no image: it takes base64 data of a PNG, JPEG, GIF or WebP, in a data: URL"
    }]
  })
