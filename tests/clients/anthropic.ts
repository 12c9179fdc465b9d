/**
 * Anthropic's own client: Messages.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk"
import {
  cityOf,
  type Client,
  type Place,
  question,
  statusField,
  statusOf,
  weatherTool
} from "./Client.ts"

const at = ({ url, key }: Place) => new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })
const asked = (model: string) => ({
  model,
  max_tokens: 1000,
  messages: [{ role: "user" as const, content: question }]
})

const said = ({ content, usage }: Anthropic.Message) => ({
  text: content.map((block) => block.type === "text" ? block.text : "").join(""),
  tokens: [usage.input_tokens, usage.output_tokens] as const
})

const { parameters, ...named } = weatherTool
const tool: Anthropic.Tool = {
  ...named,
  input_schema: { ...parameters, required: ["city"] }
}

/** Goes on with an answer until the model calls no tool any more. */
const loop = async (
  { model }: Place,
  weather: (city: string) => string,
  ask: (body: Anthropic.MessageCreateParamsNonStreaming) => Promise<Anthropic.Message>
): Promise<string> => {
  const messages: Array<Anthropic.MessageParam> = [...asked(model).messages]
  while (true) {
    const message = await ask({ ...asked(model), messages, tools: [tool] })
    if (message.stop_reason !== "tool_use") return said(message).text
    messages.push({ role: "assistant", content: message.content })
    messages.push({
      role: "user",
      content: message.content.flatMap((block) =>
        block.type !== "tool_use" ? [] : [{
          type: "tool_result" as const,
          tool_use_id: block.id,
          content: weather(cityOf(block.input))
        }]
      )
    })
  }
}

/** Messages: plain, and the stream helper. */
export const anthropic: Client = {
  name: "anthropic",
  whole: async (place) => said(await at(place).messages.create(asked(place.model))),
  streamed: async (place) =>
    said(await at(place).messages.stream(asked(place.model)).finalMessage()),
  tools: (place, weather) =>
    loop(place, weather, async (body) => await at(place).messages.create(body)),
  streamedTools: (place, weather) =>
    loop(place, weather, (body) => at(place).messages.stream(body).finalMessage()),
  refused: (place) => statusOf(at(place).messages.create(asked(place.model)), statusField)
}
