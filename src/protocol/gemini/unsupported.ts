/**
 * What Gemini has no words for.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import { imagePart } from "./image.ts"

/** How many stop texts Gemini takes. */
export const maxStops = 5
const maxSeed = 2 ** 31

/** What `request` asks for and Gemini cannot do. */
export const unsupported = (
  { messages, parameters }: CompletionRequest
): ReadonlyArray<Unsupported> => [
  ...messages.flatMap(images),
  ...conversation(messages),
  ...stops(parameters),
  ...seed(parameters),
  ...parallel(parameters)
]

const conversation = (messages: ReadonlyArray<Message>): ReadonlyArray<Unsupported> =>
  messages.some(({ role }) => role !== "system") ? [] : [{
    path: ["messages"],
    message: "Gemini models need a message that is not the system's"
  }]

const stops = ({ stop }: Parameters): ReadonlyArray<Unsupported> =>
  stop === undefined || stop.length <= maxStops ? [] : [{
    path: ["parameters", "stop"],
    message: `Gemini models take no more than ${maxStops} stop texts`
  }]

const seed = ({ seed }: Parameters): ReadonlyArray<Unsupported> =>
  takesSeed(seed) ? [] : [{
    path: ["parameters", "seed"],
    message: "Gemini models take a seed of no more than 32 bits"
  }]

const parallel = ({ parallelToolCalls, tools }: Parameters): ReadonlyArray<Unsupported> =>
  parallelToolCalls !== false || !tools?.length ? [] : [{
    path: ["parameters", "parallel_tool_calls"],
    message: "Gemini models cannot be told to call one tool at a time"
  }]

/** Whether Gemini takes `seed`: its seeds have 32 bits, with a sign. */
export const takesSeed = (seed: number | undefined): boolean =>
  seed === undefined || seed >= -maxSeed && seed < maxSeed

const images = ({ role, content }: Message, message: number): ReadonlyArray<Unsupported> =>
  content.flatMap((part, index) => {
    if (part.type !== "image") return []
    const path = ["messages", message, "content", index]
    if (role === "system") {
      return [{ path, message: "Gemini models take no image in a message of the system" }]
    }
    return imagePart(part.url) !== undefined ? [] : [{
      path,
      message: "Gemini models take an image by its https address, or as base64 data"
    }]
  })
