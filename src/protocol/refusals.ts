/**
 * Parameters that a dialect has no words for, as tables.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../domain/Completion.ts"
import type { Message } from "../domain/Message.ts"
import type { Unsupported } from "./Dialect.ts"

/** A parameter by its native name, when it is refused, and why, in one sentence. */
export type Refusal = readonly [
  name: string,
  applies: (parameters: Parameters, messages: ReadonlyArray<Message>) => boolean,
  message: string
]

/** What `request` asks for and one of `refusals` is about. */
export const refusedBy = (
  refusals: ReadonlyArray<Refusal>,
  { messages, parameters }: CompletionRequest
): ReadonlyArray<Unsupported> =>
  refusals.flatMap(([name, applies, message]) =>
    applies(parameters, messages) ? [{ path: ["parameters", name], message }] : []
  )

/** What `models`, such as "Anthropic models", refuse that were made to Anthropic's pattern. */
export const commonRefusals = (models: string): ReadonlyArray<Refusal> => [
  ["seed", ({ seed }) => seed !== undefined, `${models} take no seed`],
  [
    "presence_penalty",
    // A penalty of 0 asks for what they do anyway.
    ({ presencePenalty }) => presencePenalty !== undefined && presencePenalty !== 0,
    `${models} take no presence penalty`
  ],
  [
    "frequency_penalty",
    ({ frequencyPenalty }) => frequencyPenalty !== undefined && frequencyPenalty !== 0,
    `${models} take no frequency penalty`
  ],
  ["n", ({ n }) => n !== undefined && n > 1, `${models} give one answer to a request`],
  [
    "logprobs",
    ({ logprobs }) => logprobs !== undefined,
    `${models} do not tell how likely their tokens were`
  ],
  [
    "response_format",
    ({ responseFormat }) => responseFormat?.type === "json_object",
    `${models} promise JSON only by a schema: use json_schema`
  ]
]
