/**
 * OpenAI's own client: Chat Completions and Responses.
 *
 * @module
 */
import OpenAI from "openai"
import {
  cityOf,
  type Client,
  type Place,
  question,
  statusField,
  statusOf,
  weatherTool
} from "./Client.ts"

const at = ({ url, key }: Place) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
const messages = [{ role: "user" as const, content: question }]

const runnable = (weather: (city: string) => string) => ({
  type: "function" as const,
  function: {
    ...weatherTool,
    parameters: { ...weatherTool.parameters, required: ["city"] },
    parse: JSON.parse,
    function: (input: unknown) => weather(cityOf(input))
  }
})

/** Chat Completions: plain, the stream helper, and the tool runner. */
export const chat: Client = {
  name: "openai chat",
  whole: async (place) => {
    const { choices: [choice], usage } = await at(place).chat.completions.create({
      model: place.model,
      messages
    })
    return {
      text: choice?.message.content ?? "",
      tokens: [usage?.prompt_tokens, usage?.completion_tokens]
    }
  },
  streamed: async (place) => {
    const stream = at(place).chat.completions.stream({
      model: place.model,
      messages,
      stream_options: { include_usage: true }
    })
    const { choices: [choice], usage } = await stream.finalChatCompletion()
    return {
      text: choice?.message.content ?? "",
      tokens: [usage?.prompt_tokens, usage?.completion_tokens]
    }
  },
  tools: async (place, weather) =>
    await at(place).chat.completions
      .runTools({ model: place.model, messages, tools: [runnable(weather)] })
      .finalContent() ?? "",
  streamedTools: async (place, weather) =>
    await at(place).chat.completions
      .runTools({ model: place.model, messages, stream: true, tools: [runnable(weather)] })
      .finalContent() ?? "",
  refused: (place) =>
    statusOf(at(place).chat.completions.create({ model: place.model, messages }), statusField)
}

const responseTool = { type: "function" as const, strict: false, ...weatherTool }

/** Goes on with an answer until the model calls no tool any more. */
const responsesLoop = async (
  place: Place,
  weather: (city: string) => string,
  ask: (
    body: OpenAI.Responses.ResponseCreateParamsNonStreaming
  ) => Promise<OpenAI.Responses.Response>
): Promise<string> => {
  const input: Array<OpenAI.Responses.ResponseInputItem> = [{ role: "user", content: question }]
  while (true) {
    const { output, output_text } = await ask({ model: place.model, input, tools: [responseTool] })
    const calls = output.filter((item) => item.type === "function_call")
    if (calls.length === 0) return output_text
    for (const item of output) {
      if (item.type === "function_call" || item.type === "reasoning" || item.type === "message") {
        input.push(item)
      }
    }
    for (const call of calls) {
      input.push({
        type: "function_call_output",
        call_id: call.call_id,
        output: weather(cityOf(JSON.parse(call.arguments)))
      })
    }
  }
}

/** The Responses API: plain, and the stream helper. */
export const responses: Client = {
  name: "openai responses",
  whole: async (place) => {
    const { output_text, usage } = await at(place).responses.create({
      model: place.model,
      input: question
    })
    return { text: output_text, tokens: [usage?.input_tokens, usage?.output_tokens] }
  },
  streamed: async (place) => {
    const stream = at(place).responses.stream({ model: place.model, input: question })
    const { output_text, usage } = await stream.finalResponse()
    return { text: output_text, tokens: [usage?.input_tokens, usage?.output_tokens] }
  },
  tools: (place, weather) =>
    responsesLoop(place, weather, async (body) => await at(place).responses.create(body)),
  streamedTools: (place, weather) =>
    responsesLoop(place, weather, (body) => {
      const { model, input, tools } = body
      return at(place).responses.stream({
        model: model!,
        input: input!,
        tools: tools!
      }).finalResponse()
    }),
  refused: (place) =>
    statusOf(at(place).responses.create({ model: place.model, input: question }), statusField)
}
