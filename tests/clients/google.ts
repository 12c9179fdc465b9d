/**
 * Google's own client: the Gemini API.
 *
 * @module
 */
import { type Content, type GenerateContentResponse, GoogleGenAI } from "@google/genai"
import {
  cityOf,
  type Client,
  type Place,
  question,
  statusField,
  statusOf,
  weatherTool
} from "./Client.ts"

const at = ({ url, key }: Place) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })

const { parameters, ...named } = weatherTool
const tools = [{ functionDeclarations: [{ ...named, parametersJsonSchema: parameters }] }]

/** Goes on with an answer until the model calls no tool any more. */
const loop = async (
  weather: (city: string) => string,
  ask: (contents: Array<Content>) => Promise<ReadonlyArray<GenerateContentResponse>>
): Promise<string> => {
  const contents: Array<Content> = [{ role: "user", parts: [{ text: question }] }]
  while (true) {
    const answers = await ask(contents)
    const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
    if (calls.length === 0) return parts.map(({ text }) => text ?? "").join("")
    contents.push({ role: "model", parts })
    contents.push({
      role: "user",
      parts: calls.map(({ id, name, args }) => ({
        functionResponse: {
          ...(id === undefined ? {} : { id }),
          ...(name === undefined ? {} : { name }),
          response: { output: weather(cityOf(args)) }
        }
      }))
    })
  }
}

const all = async (stream: AsyncIterable<GenerateContentResponse>) => {
  const answers: Array<GenerateContentResponse> = []
  for await (const answer of stream) answers.push(answer)
  return answers
}

/** `generateContent` and `generateContentStream`. */
export const google: Client = {
  name: "google genai",
  whole: async (place) => {
    const { text, usageMetadata } = await at(place).models.generateContent({
      model: place.model,
      contents: question
    })
    return {
      text: text ?? "",
      tokens: [usageMetadata?.promptTokenCount, usageMetadata?.candidatesTokenCount]
    }
  },
  streamed: async (place) => {
    const answers = await all(
      await at(place).models.generateContentStream({ model: place.model, contents: question })
    )
    const usage = answers.at(-1)?.usageMetadata
    return {
      text: answers.map(({ text }) => text ?? "").join(""),
      tokens: [usage?.promptTokenCount, usage?.candidatesTokenCount]
    }
  },
  tools: (place, weather) =>
    loop(weather, async (contents) => [
      await at(place).models.generateContent({ model: place.model, contents, config: { tools } })
    ]),
  streamedTools: (place, weather) =>
    loop(weather, async (contents) =>
      all(
        await at(place).models.generateContentStream({
          model: place.model,
          contents,
          config: { tools }
        })
      )),
  refused: (place) =>
    statusOf(
      at(place).models.generateContent({ model: place.model, contents: question }),
      statusField
    )
}
