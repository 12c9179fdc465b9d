/**
 * What Anthropic has no words for.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import { isBlank } from "./blank.ts"
import { imageSource } from "./image.ts"

/** Anthropic's temperatures end here; a higher one is refused rather than lowered in silence. */
export const maxTemperature = 1

/** What `request` asks for and Anthropic cannot do. */
export const unsupported = (
  { messages, parameters }: CompletionRequest
): ReadonlyArray<Unsupported> => [
  ...messages.flatMap(images),
  ...refusals.flatMap(([name, applies, message]) =>
    applies(parameters) ? [{ path: ["parameters", name], message }] : []
  )
]

const refusals: ReadonlyArray<
  readonly [name: string, applies: (parameters: Parameters) => boolean, message: string]
> = [
  [
    "temperature",
    ({ temperature }) => temperature !== undefined && temperature > maxTemperature,
    `Anthropic models take a temperature from 0 to ${maxTemperature}`
  ],
  [
    "stop",
    ({ stop }) => stop !== undefined && stop.some(isBlank),
    "Anthropic models do not stop at a text of white space only"
  ],
  ["seed", ({ seed }) => seed !== undefined, "Anthropic models take no seed"],
  [
    "presence_penalty",
    // A penalty of 0 asks for what they do anyway.
    ({ presencePenalty }) => presencePenalty !== undefined && presencePenalty !== 0,
    "Anthropic models take no presence penalty"
  ],
  [
    "frequency_penalty",
    ({ frequencyPenalty }) => frequencyPenalty !== undefined && frequencyPenalty !== 0,
    "Anthropic models take no frequency penalty"
  ],
  [
    "logprobs",
    ({ logprobs }) => logprobs !== undefined,
    "Anthropic models do not tell how likely their tokens were"
  ],
  ["n", ({ n }) => n !== undefined && n > 1, "Anthropic models give one answer to a request"],
  [
    "response_format",
    ({ responseFormat }) => responseFormat?.type === "json_object",
    "Anthropic models promise JSON only by a schema: use json_schema"
  ]
]

const images = ({ role, content }: Message, message: number): ReadonlyArray<Unsupported> =>
  content.flatMap((part, index) => {
    if (part.type !== "image") return []
    const path = ["messages", message, "content", index]
    if (role === "system" || role === "assistant") {
      return [{ path, message: `Anthropic models take no image in a message of the ${role}` }]
    }
    if (imageSource(part.url) !== undefined) return []
    return [{
      path,
      message:
        "Anthropic models take an image by its https address, or as base64 data of a JPEG, PNG, GIF or WebP"
    }]
  })
