import { createAnthropic } from "@ai-sdk/anthropic"
import { assertEquals } from "@std/assert"
import { APICallError, generateText, stepCountIs, streamText, tool } from "ai"
import * as Effect from "effect/Effect"
import * as z from "zod"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { modelOf, startBoth } from "../upstreams.ts"

const vercel = (url: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey })

for (const [dialect, model] of Object.entries(modelOf)) {
  liveTest(`Vercel's client generates and streams with ${dialect}`, () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(FakeProvider.answer({
        pieces: ["Hello ", "there"],
        reasoning: ["Hm"],
        usage: { prompt: 30, completion: 9, cached: 12 }
      }))
      const options = { model: vercel(url)(model), prompt: "Hi", maxRetries: 0 }
      const whole = yield* Effect.promise(() => generateText(options))
      assertEquals([whole.text, whole.reasoningText], ["Hello there", "Hm"])
      assertEquals(whole.finishReason, "stop")
      assertEquals([whole.usage.inputTokens, whole.usage.outputTokens], [30, 9])
      const { pieces, usage, reasoning } = yield* Effect.promise(async () => {
        const stream = streamText(options)
        const pieces: Array<string> = []
        for await (const piece of stream.textStream) pieces.push(piece)
        return { pieces, usage: await stream.usage, reasoning: await stream.reasoningText }
      })
      assertEquals(pieces, ["Hello ", "there"])
      assertEquals(reasoning, "Hm")
      assertEquals([usage.inputTokens, usage.outputTokens], [30, 9])
    }))

  liveTest(`Vercel's client runs tools with ${dialect}`, () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(FakeProvider.sequence(
        FakeProvider.answer({
          reasoning: ["I ask"],
          toolCalls: [
            { id: "a", name: "weather", arguments: '{"city":"Taipei"}' },
            { id: "b", name: "now", arguments: "{}" }
          ]
        }),
        FakeProvider.answer({ text: "Warm" })
      ))
      const ran: Array<string> = []
      const text = yield* Effect.promise(() =>
        streamText({
          model: vercel(url)(model),
          prompt: "How is the weather?",
          maxRetries: 0,
          stopWhen: stepCountIs(3),
          tools: {
            weather: tool({
              inputSchema: z.object({ city: z.string() }),
              execute: ({ city }) => {
                ran.push(city)
                return "24 degrees"
              }
            }),
            now: tool({
              inputSchema: z.object({}),
              execute: () => {
                ran.push("now")
                return "12:00"
              }
            })
          }
        }).text
      )
      assertEquals(text, "Warm")
      assertEquals(ran, ["Taipei", "now"])
      assertEquals(provider.calls.length, 2)
    }))
}

liveTest("Vercel's client reads our errors", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const { cause } = yield* Effect.flip(Effect.tryPromise(() =>
      generateText({ model: vercel(url)("no-such-model"), prompt: "Hi", maxRetries: 0 })
    ))
    if (!APICallError.isInstance(cause)) {
      throw cause
    }
    assertEquals(cause.statusCode, 404)
    assertEquals(cause.message.includes("no-such-model"), true)
  }))
