import Anthropic from "@anthropic-ai/sdk"
import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { modelOf, startBoth } from "../upstreams.ts"
import { hi, sdk } from "./kit.ts"

const weather = {
  name: "weather",
  description: "The weather in a city",
  input_schema: {
    type: "object" as const,
    properties: { city: { type: "string" } },
    required: ["city"]
  }
}

/** What all dialects can say of an answer. */
const told = ({ content, model, role, stop_reason, type, usage }: Anthropic.Message) => ({
  content: content.map((block) =>
    block.type === "tool_use"
      ? { type: block.type, name: block.name, input: block.input }
      : block.type === "thinking"
      ? { type: block.type, thinking: block.thinking }
      : block
  ),
  model,
  role,
  stop_reason,
  type,
  input: usage.input_tokens,
  cached: usage.cache_read_input_tokens,
  output: usage.output_tokens
})

for (const [dialect, model] of Object.entries(modelOf)) {
  liveTest(
    `the official SDK reads what ${dialect} answers, whole and streamed`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth(FakeProvider.answer({
          pieces: ["Let ", "me\u2028 ", "look. 春🌸"],
          reasoning: ["Hm, ", "well"],
          toolCalls: [
            { id: "a", name: "weather", arguments: '{"city":"Taipei"}' },
            { id: "b", name: "time", arguments: "{}" }
          ],
          usage: { prompt: 30, completion: 9, cached: 12 }
        }))
        const client = sdk(url)
        const expected = {
          content: [
            { type: "thinking", thinking: "Hm, well" },
            { type: "text", text: "Let me\u2028 look. 春🌸" },
            { type: "tool_use", name: "weather", input: { city: "Taipei" } },
            { type: "tool_use", name: "time", input: {} }
          ],
          model,
          role: "assistant",
          stop_reason: "tool_use",
          type: "message",
          input: 18,
          cached: 12,
          output: 9
        }
        const asked = { ...hi(model), tools: [weather] }
        const [whole, streamed, texts] = yield* Effect.promise(async () => {
          const texts: Array<string> = []
          const stream = client.messages.stream(asked).on("text", (text) => texts.push(text))
          return [await client.messages.create(asked), await stream.finalMessage(), texts] as const
        })
        assertEquals(told(whole), expected)
        assertEquals(told(streamed), expected)
        assertEquals(texts, ["Let ", "me\u2028 ", "look. 春🌸"])
        assertEquals(whole._request_id?.startsWith("req_"), true)
        assertEquals(provider.strays, [])
      })
  )

  liveTest(
    `${dialect} answers each reason to stop in Anthropic's words`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth()
        for (
          const [finish, reason] of [
            ["stop", "end_turn"],
            ["length", "max_tokens"],
            ["content_filter", "refusal"]
          ] as const
        ) {
          provider.respond(FakeProvider.answer({ text: "Well", finish }))
          const message = yield* Effect.promise(() => sdk(url).messages.create(hi(model)))
          const last = yield* Effect.promise(() =>
            sdk(url).messages.stream(hi(model)).finalMessage()
          )
          assertEquals([message.stop_reason, last.stop_reason], [reason, reason])
        }
      })
  )

  liveTest(`the SDK's tool runner comes to an end with ${dialect}`, () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(FakeProvider.sequence(
        FakeProvider.answer({
          toolCalls: [
            { id: "a", name: "weather", arguments: '{"city":"Taipei"}' },
            { id: "b", name: "weather", arguments: '{"city":"Oslo"}' }
          ]
        }),
        FakeProvider.answer({ text: "Warm there, cold here" })
      ))
      const cities: Array<string> = []
      const final = yield* Effect.promise(() =>
        sdk(url).beta.messages.toolRunner({
          ...hi(model),
          tools: [{
            ...weather,
            parse: (input) => String(Object(input).city),
            run: (city: string) => {
              cities.push(city)
              return `24 degrees in ${city}`
            }
          }]
        }).runUntilDone()
      )
      assertEquals(cities, ["Taipei", "Oslo"])
      assertEquals(final.content, [{ type: "text", text: "Warm there, cold here" }])
      const second = JSON.stringify(provider.calls[1]?.body)
      for (const words of ["24 degrees in Taipei", "24 degrees in Oslo"]) {
        assertEquals(second.split(words).length, 2, words)
      }
    }))

  liveTest(`a structured answer is asked of ${dialect}, and parsed`, () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(FakeProvider.answer({ text: '{"name":"Taipei"}' }))
      const schema = {
        type: "object",
        properties: { name: { type: "string" } },
        required: ["name"],
        additionalProperties: false
      }
      const message = yield* Effect.promise(() =>
        sdk(url).messages.create({
          ...hi(model),
          output_config: { format: { type: "json_schema", schema } }
        })
      )
      assertEquals(message.content, [{ type: "text", text: '{"name":"Taipei"}' }])
      assertEquals(
        JSON.stringify(provider.calls[0]?.body).includes('"name":{"type":"string"'),
        true
      )
    }))

  liveTest(`the tokens of a prompt to ${dialect} are counted`, () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const count = (content: string) =>
        Effect.map(
          Effect.promise(() =>
            sdk(url).messages.countTokens({ model, messages: [{ role: "user", content }] })
          ),
          ({ input_tokens }) => input_tokens
        )
      const few = yield* count("Hi")
      const many = yield* count("Hi, how are you today? ".repeat(100))
      assertEquals(few > 0 && few < 20, true, String(few))
      assertEquals(many > 500 && many < 900, true, String(many))
    }))
}
