/**
 * What Anthropic has no words for.
 *
 * @module
 */
import type { CompletionRequest } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import { isBlank } from "../blank.ts"
import { commonRefusals, type Refusal, refusedBy } from "../refusals.ts"
import { imageSource } from "./image.ts"

/** Anthropic's temperatures end here; a higher one is refused rather than lowered in silence. */
export const maxTemperature = 1

/** What `request` asks for and Anthropic cannot do. */
export const unsupported = (request: CompletionRequest): ReadonlyArray<Unsupported> => [
  ...request.messages.flatMap(images),
  ...refusedBy(refusals, request)
]

const refusals: ReadonlyArray<Refusal> = [
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
  ...commonRefusals("Anthropic models")
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
