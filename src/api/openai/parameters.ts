/**
 * How to answer, as far as chats and completions say it alike.
 *
 * @module
 */
import type { Parameters } from "../../domain/Completion.ts"
import { between, type Fields, type Read, textUpTo, wholeBetween } from "../Fields.ts"
import { array, boolean, integer, object } from "../json.ts"

/** The parameters that chats and completions share. */
export const readSampling = ({ optional }: Fields): Parameters => {
  const temperature = optional("temperature", between(0, 2), "a number from 0 to 2")
  const topP = optional("top_p", between(0, 1), "a number from 0 to 1")
  const penalty = (name: string) => optional(name, between(-2, 2), "a number from -2 to 2")
  return {
    temperature,
    topP,
    maxTokens: optional("max_tokens", tokens, expectedTokens),
    stop: optional("stop", readStop, `a text, or at most ${mostStops} texts, none of them empty`),
    seed: optional("seed", integer, "a whole number"),
    presencePenalty: penalty("presence_penalty"),
    frequencyPenalty: penalty("frequency_penalty"),
    n: optional("n", wholeBetween(1, mostAnswers), `a whole number from 1 to ${mostAnswers}`),
    user: optional("user", textUpTo(512), "a text of 1 to 512 characters")
  }
}

/** Reads a budget for an answer. */
export const tokens: Read<number> = wholeBetween(1, 10_000_000)
/** What a budget is. */
export const expectedTokens = "a whole number from 1 to 10000000"

/** The most answers to one request, as OpenAI has it. */
const mostAnswers = 128
const mostStops = 16

const readStop: Read<ReadonlyArray<string>> = (value) => {
  if (typeof value === "string") return value === "" ? undefined : [value]
  const stops = array(value)?.filter((stop) => typeof stop === "string" && stop !== "")
  return stops?.length === array(value)?.length && stops !== undefined && stops.length <= mostStops
    ? stops.filter((stop) => typeof stop === "string")
    : undefined
}

const mostLabels = 16

/** Labels of a client's own. */
export const metadata: {
  readonly read: Read<Readonly<Record<string, string>>>
  readonly expected: string
} = {
  read: (value) => {
    const entries = Object.entries(object(value) ?? { not: null })
    const labels = entries.flatMap(([name, label]) =>
      typeof label === "string" && name.length <= 64 && label.length <= 512 ? [[name, label]] : []
    )
    return labels.length === entries.length && labels.length <= mostLabels
      ? Object.fromEntries(labels)
      : undefined
  },
  expected: `at most ${mostLabels} labels, of at most 64 characters and with texts of at most 512`
}

/** Whether an answer is to be streamed, and whether its usage is to be told in the stream. */
export interface Streaming {
  readonly stream: boolean
  readonly includeUsage: boolean
}

/** How the answer is to come. */
export const readStreaming = ({ optional }: Fields): Streaming => {
  const stream = optional("stream", boolean, "true or false") ?? false
  const options = optional("stream_options", object, "an object")
  return { stream, includeUsage: options?.include_usage === true }
}
