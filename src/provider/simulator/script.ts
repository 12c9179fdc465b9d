/**
 * What the simulator says.
 *
 * @module
 */
import { array, count, type Fields, object, string } from "../../protocol/json.ts"

/** An answer, as pieces of text that are sent one by one, or as a tool call. */
export interface Script {
  readonly pieces: ReadonlyArray<string>
  readonly toolCall: { readonly id: string; readonly name: string } | undefined
  readonly finishReason: "stop" | "length" | "tool_calls"
  readonly promptTokens: number
}

const sentences = [
  "Water is let through the gate, and no more than the wheel can take.",
  "The answer is made from the question and a seed, so it is the same each time.",
  "A real model would have thought about it; this one only counts.",
  "Set a provider's key, and a model answers in its place.",
  "Streams arrive word by word, as they do from a model."
]

/** The answer to a request in the OpenAI dialect; the same for the same request and `seed`. */
export const write = (request: Fields, seed: number): Script => {
  const said = array(request.messages).map((message) => object(message))
  const messages = said.map((message) => textOf(message?.content))
  const begun = said.at(-1)?.role === "assistant" ? messages.at(-1) : undefined
  const question = messages.at(begun === undefined ? -1 : -2) ?? ""
  const promptTokens = messages.reduce((sum, text) => sum + 4 + wordsOf(text).length, 0)
  const tool = toolOf(request)
  if (tool !== undefined) {
    const id = `call_simulated_${hash(`${seed}${messages.join("\n")}`)}`
    return { pieces: [], toolCall: { id, name: tool }, finishReason: "tool_calls", promptTokens }
  }
  const text = wantsJson(request) ? jsonText : prose(question, hash(`${seed}${question}`))
  const pieces = wordsOf(untilStop(begun === undefined ? text : rest(text, begun), request))
  const limit = count(request.max_tokens) ?? pieces.length
  return {
    pieces: pieces.slice(0, limit),
    toolCall: undefined,
    finishReason: pieces.length > limit ? "length" : "stop",
    promptTokens
  }
}

const jsonText = JSON.stringify({ simulator: true, note: "This is not a model" })

const prose = (question: string, pick: number): string => {
  const asked = question.length > 80 ? `${question.slice(0, 79)}…` : question
  const first = sentences[pick % sentences.length]
  const second = sentences[(pick + 1 + pick % 3) % sentences.length]
  return `[simulator: not a model] You said: “${asked}”. ${first} ${second}`
}

/** What is missing of `text` after what was `begun`: all of it, where that was somebody else's. */
const rest = (text: string, begun: string): string =>
  text.startsWith(begun) ? text.slice(begun.length) : ` ${text}`

/** What of `text` comes before the first of the texts that end an answer. */
const untilStop = (text: string, { stop }: Fields): string => {
  const stops = [stop, ...array(stop)].flatMap((one) => string(one) || [])
  return stops.reduce((left, one) => left.split(one, 1)[0] ?? "", text)
}

/** Words with the space before them; each CJK character is a word. */
const wordsOf = (text: string): ReadonlyArray<string> =>
  text.match(
    /\s*(?:[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+)|\s+$/gu
  ) ?? []

const textOf = (content: unknown): string =>
  string(content) ?? array(content).map((part) => string(object(part)?.text) ?? "").join("")

const wantsJson = (request: Fields): boolean => {
  const type = object(request.response_format)?.type
  return type === "json_object" || type === "json_schema"
}

/** The tool that must be called: only where the request insists on one. */
const toolOf = (request: Fields): string | undefined => {
  const choice = request.tool_choice
  if (choice === "required") {
    return string(object(object(array(request.tools)[0])?.function)?.name)
  }
  return string(object(object(choice)?.function)?.name)
}

/** A number from 0 that `text` decides (FNV-1a, 32 bits). */
export const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  }
  return value
}
