/**
 * What Bedrock has no words for.
 *
 * @module
 */
import type { CompletionRequest } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import { isBlank } from "../blank.ts"
import { commonRefusals, type Refusal, refusedBy } from "../refusals.ts"
import { image } from "./image.ts"
import { isForbiddenTooLate } from "./tools.ts"

/** Bedrock's temperatures end here; a higher one is refused rather than lowered in silence. */
export const maxTemperature = 1

/** What `request` asks for and Bedrock cannot do, whatever the model. */
export const unsupported = (request: CompletionRequest): ReadonlyArray<Unsupported> => [
  ...request.messages.flatMap(images),
  ...refusedBy(refusals, request)
]

const refusals: ReadonlyArray<Refusal> = [
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
  [
    "parallel_tool_calls",
    ({ parallelToolCalls, tools }) => parallelToolCalls === false && tools !== undefined,
    "Bedrock does not hold a model to one tool call in a turn"
  ],
  [
    "tool_choice",
    isForbiddenTooLate,
    "Bedrock cannot forbid tools in a conversation in which some were called"
  ],
  ...commonRefusals("Bedrock's models")
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
