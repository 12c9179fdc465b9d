/**
 * Vercel's AI SDK, with its providers for OpenAI, Anthropic and Google.
 *
 * @module
 */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { generateText, isStepCount, jsonSchema, type LanguageModel, streamText, tool } from "ai"
import { cityOf, type Client, type Place, question, statusOf, weatherTool } from "./Client.ts"

const client = (name: string, modelAt: (place: Place) => LanguageModel): Client => {
  const asked = (place: Place) => ({ model: modelAt(place), prompt: question, maxRetries: 0 })
  const looped = (place: Place, weather: (city: string) => string) => ({
    ...asked(place),
    stopWhen: isStepCount(5),
    tools: {
      weather: tool({
        description: weatherTool.description,
        inputSchema: jsonSchema<{ city: string }>({
          ...weatherTool.parameters,
          required: ["city"]
        }),
        execute: (input) => weather(cityOf(input))
      })
    }
  })
  /** Errors are told beside the stream. */
  const streamed = (options: Parameters<typeof streamText>[0]) => {
    let failure: unknown
    const result = streamText({
      ...options,
      onError: ({ error }) => {
        failure = error
      }
    })
    return {
      text: async () => {
        const text = await result.text
        if (failure) throw failure
        return text
      },
      usage: () => result.usage
    }
  }
  return {
    name,
    whole: async (place) => {
      const { text, usage } = await generateText(asked(place))
      return { text, tokens: [usage.inputTokens, usage.outputTokens] }
    },
    streamed: async (place) => {
      const stream = streamed(asked(place))
      const text = await stream.text()
      const usage = await stream.usage()
      return { text, tokens: [usage.inputTokens, usage.outputTokens] }
    },
    tools: async (place, weather) => (await generateText(looped(place, weather))).text,
    streamedTools: (place, weather) => streamed(looped(place, weather)).text(),
    refused: (place) => statusOf(generateText(asked(place)), (error) => Object(error).statusCode)
  }
}

/** Each of its three providers, and OpenAI's older API too. */
export const vercel: ReadonlyArray<Client> = [
  client(
    "vercel openai chat",
    ({ url, key, model }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).chat(model)
  ),
  client(
    "vercel openai responses",
    ({ url, key, model }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).responses(model)
  ),
  client(
    "vercel anthropic",
    ({ url, key, model }) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model)
  ),
  client(
    "vercel google",
    ({ url, key, model }) =>
      createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key })(model)
  )
]
