/**
 * What Cohere has no words for.
 *
 * @module
 */
import type { CompletionRequest } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Unsupported } from "../Dialect.ts"
import { type Refusal, refusedBy } from "../refusals.ts"

/** The most that Cohere takes of each. */
export const limits = { temperature: 1, topK: 500, penalty: 1, stops: 5 } as const

/** What `request` asks for and Cohere cannot do. */
export const unsupported = (request: CompletionRequest): ReadonlyArray<Unsupported> => [
  ...request.messages.flatMap(images),
  ...refusedBy(refusals, request)
]

const refusals: ReadonlyArray<Refusal> = [
  [
    "temperature",
    ({ temperature = 0 }) => temperature > limits.temperature,
    `Cohere models take a temperature from 0 to ${limits.temperature}`
  ],
  [
    "top_k",
    ({ topK = 0 }) => topK > limits.topK,
    `Cohere models take a top_k up to ${limits.topK}`
  ],
  [
    "stop",
    ({ stop = [] }) => stop.length > limits.stops,
    `Cohere models take no more than ${limits.stops} stop texts`
  ],
  ["seed", ({ seed = 0 }) => seed < 0, "Cohere models take a seed from 0"],
  [
    "presence_penalty",
    ({ presencePenalty = 0 }) => isNoPenalty(presencePenalty),
    `Cohere models take a penalty from 0 to ${limits.penalty}`
  ],
  [
    "frequency_penalty",
    ({ frequencyPenalty = 0 }) => isNoPenalty(frequencyPenalty),
    `Cohere models take a penalty from 0 to ${limits.penalty}`
  ],
  ["n", ({ n = 1 }) => n > 1, "Cohere models give one answer to a request"],
  [
    "logprobs",
    ({ logprobs }) => logprobs !== undefined,
    "Cohere models tell of their tokens only in words of their own"
  ],
  [
    "parallel_tool_calls",
    ({ parallelToolCalls, tools = [] }) => parallelToolCalls === false && tools.length > 0,
    "Cohere models call as many tools as they like"
  ],
  [
    "response_format",
    ({ responseFormat, tools = [] }) =>
      responseFormat !== undefined && responseFormat.type !== "text" && tools.length > 0,
    "Cohere models take no form of the answer together with tools"
  ]
]

const isNoPenalty = (penalty: number): boolean => penalty < 0 || penalty > limits.penalty

const images = ({ role, content }: Message, message: number): ReadonlyArray<Unsupported> =>
  role === "user" ? [] : content.flatMap((part, index) =>
    part.type === "text" ? [] : [{
      path: ["messages", message, "content", index],
      message: `Cohere models take no image in a message of role "${role}"`
    }]
  )
