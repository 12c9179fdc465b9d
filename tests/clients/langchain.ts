/**
 * LangChain's client of OpenAI's API.
 *
 * @module
 */
import {
  AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  ToolMessage,
  type UsageMetadata
} from "@langchain/core/messages"
import { ChatOpenAI } from "@langchain/openai"
import {
  cityOf,
  type Client,
  type Place,
  question,
  type Said,
  statusField,
  statusOf,
  weatherTool
} from "./Client.ts"

const at = ({ url, key, model }: Place) =>
  new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } })

const tools = [{ type: "function" as const, function: weatherTool }]

/** Goes on with an answer until the model calls no tool any more. */
const loop = async (
  weather: (city: string) => string,
  ask: (messages: Array<BaseMessage>) => Promise<AIMessageChunk>
): Promise<string> => {
  const messages: Array<BaseMessage> = [new HumanMessage(question)]
  while (true) {
    const message = await ask(messages)
    const calls = message.tool_calls ?? []
    if (calls.length === 0) return message.text
    messages.push(message)
    for (const { id, args } of calls) {
      messages.push(new ToolMessage({ tool_call_id: id ?? "", content: weather(cityOf(args)) }))
    }
  }
}

const added = async (stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> => {
  let sum: AIMessageChunk | undefined
  for await (const chunk of stream) sum = sum ? sum.concat(chunk) : chunk
  if (!sum) throw new Error("The stream was empty")
  return sum
}

const said = (message: AIMessageChunk): Said => ({
  text: message.text,
  tokens: tokensOf(message.usage_metadata)
})

const tokensOf = (usage: UsageMetadata | undefined): Said["tokens"] => [
  usage?.input_tokens,
  usage?.output_tokens
]

/** `invoke` and `stream`. */
export const langchain: Client = {
  name: "langchain openai",
  whole: async (place) => said(await at(place).invoke(question)),
  streamed: async (place) => said(await added(await at(place).stream(question))),
  tools: (place, weather) =>
    loop(weather, (messages) => at(place).bindTools(tools).invoke(messages)),
  streamedTools: (place, weather) =>
    loop(weather, async (messages) => added(await at(place).bindTools(tools).stream(messages))),
  refused: (place) => statusOf(at(place).invoke(question), statusField)
}
