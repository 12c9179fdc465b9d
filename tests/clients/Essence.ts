/**
 * What is left of an answer when its API's own shape is taken away: so answers can be compared that
 * were asked for by different surfaces.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk"
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai"
import OpenAI from "openai"
import type { FinishReason } from "../../src/domain/FinishReason.ts"
import type { Place } from "./Client.ts"

/** An answer without the shape of any API. */
export interface Essence {
  readonly text: string
  readonly calls: ReadonlyArray<{ readonly name: string; readonly input: unknown }>
  readonly finish: FinishReason | undefined
  /** Tokens read, cached ones included, and written, reasoning included. */
  readonly tokens: readonly [number | undefined, number | undefined]
}

/** One way to ask for an answer, and what comes of it. */
export type Ask = (place: Place) => Promise<Essence>

const question = "Hello?"
const messages = [{ role: "user" as const, content: question }]

/** Of a chat completion. */
export const ofChat = (
  { choices: [choice], usage }: OpenAI.Chat.Completions.ChatCompletion
): Essence => {
  // Mistral's reasoning models answer with a list of parts where OpenAI's have a text.
  const content: unknown = choice?.message.content ?? choice?.message.refusal ?? ""
  return {
    text: typeof content === "string" ? content : "",
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function"
        ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) }]
        : []
    ),
    finish: choice?.finish_reason === "function_call" ? undefined : choice?.finish_reason,
    tokens: [usage?.prompt_tokens, usage?.completion_tokens]
  }
}

/** Of a message. */
export const ofMessage = ({ content, stop_reason, usage }: Anthropic.Message): Essence => ({
  text: content.map((block) => block.type === "text" ? block.text : "").join(""),
  calls: content.flatMap((block) =>
    block.type === "tool_use" ? [{ name: block.name, input: block.input }] : []
  ),
  finish: stopReasons[stop_reason ?? ""],
  tokens: [
    usage.input_tokens + (usage.cache_read_input_tokens ?? 0) +
    (usage.cache_creation_input_tokens ?? 0),
    usage.output_tokens
  ]
})

const stopReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  tool_use: "tool_calls",
  refusal: "content_filter"
}

/** Of what Gemini answers, in one piece or in several. */
export const ofGemini = (answers: ReadonlyArray<GenerateContentResponse>): Essence => {
  const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  const calls = parts.flatMap(({ functionCall }) =>
    functionCall ? [{ name: functionCall.name ?? "", input: functionCall.args ?? {} }] : []
  )
  const reason = answers.map(({ candidates }) => candidates?.[0]?.finishReason).findLast(Boolean)
  const usage = answers.map(({ usageMetadata }) => usageMetadata).findLast(Boolean)
  return {
    text: parts.map(({ text, thought }) => thought ? "" : text ?? "").join(""),
    calls,
    finish: calls.length > 0 ? "tool_calls" : geminiReasons[reason ?? ""],
    tokens: [
      usage?.promptTokenCount,
      (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0)
    ]
  }
}

const geminiReasons: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter"
}

const ofResponse = (
  { incomplete_details, output, output_text, usage }: OpenAI.Responses.Response
): Essence => {
  const calls = output.flatMap((item) =>
    item.type === "function_call" ? [{ name: item.name, input: JSON.parse(item.arguments) }] : []
  )
  const refusals = output.flatMap((item) =>
    item.type === "message"
      ? item.content.map((part) => part.type === "refusal" ? part.refusal : "")
      : []
  )
  const reason = incomplete_details?.reason
  return {
    text: output_text + refusals.join(""),
    calls,
    finish: reason === "max_output_tokens"
      ? "length"
      : reason === "content_filter"
      ? "content_filter"
      : calls.length > 0
      ? "tool_calls"
      : "stop",
    tokens: [usage?.input_tokens, usage?.output_tokens]
  }
}

const all = async <A>(stream: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const items: Array<A> = []
  for await (const item of stream) items.push(item)
  return items
}

const openai = ({ url, key }: Place) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
const anthropic = ({ url, key }: Place) =>
  new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })
const google = ({ url, key }: Place) =>
  new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })

/** Chat Completions by OpenAI's client. */
export const chat: { readonly whole: Ask; readonly streamed: Ask } = {
  whole: async (place) =>
    ofChat(await openai(place).chat.completions.create({ model: place.model, messages })),
  streamed: async (place) =>
    ofChat(
      await openai(place).chat.completions.stream({
        model: place.model,
        messages,
        stream_options: { include_usage: true }
      }).finalChatCompletion()
    )
}

/** Messages by Anthropic's client. */
export const message: { readonly whole: Ask; readonly streamed: Ask } = {
  whole: async (place) =>
    ofMessage(
      await anthropic(place).messages.create({ model: place.model, max_tokens: 1000, messages })
    ),
  streamed: async (place) =>
    ofMessage(
      await anthropic(place).messages
        .stream({ model: place.model, max_tokens: 1000, messages }).finalMessage()
    )
}

/** The Gemini API by Google's client. */
export const gemini: { readonly whole: Ask; readonly streamed: Ask } = {
  whole: async (place) =>
    ofGemini([
      await google(place).models.generateContent({ model: place.model, contents: question })
    ]),
  streamed: async (place) =>
    ofGemini(
      await all(
        await google(place).models.generateContentStream({
          model: place.model,
          contents: question
        })
      )
    )
}

/** Responses by OpenAI's client. */
export const response: { readonly whole: Ask; readonly streamed: Ask } = {
  whole: async (place) =>
    ofResponse(await openai(place).responses.create({ model: place.model, input: question })),
  streamed: async (place) =>
    ofResponse(
      await openai(place).responses.stream({ model: place.model, input: question }).finalResponse()
    )
}
