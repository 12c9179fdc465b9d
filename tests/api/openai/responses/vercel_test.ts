import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert"
import { createOpenAI } from "@ai-sdk/openai"
import { generateText, stepCountIs, streamText, tool } from "ai"
import * as Effect from "effect/Effect"
import * as zod from "zod"
import { liveTest } from "../../../kit/effect.ts"
import * as FakeProvider from "../../../kit/FakeProvider.ts"
import { apiKey } from "../../../kit/gateway.ts"
import { modelOf, startBoth } from "../../upstreams.ts"

const models = Object.entries(modelOf)
const modelAt = (url: string, model: string) =>
  createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model)

const weather = tool({
  description: "How the weather is",
  inputSchema: zod.object({ city: zod.string() }),
  execute: ({ city }) => `Rain in ${city}`
})

/** Asks in one piece or as a stream, and tells what came of it. */
const ask = (
  isStreamed: boolean,
  options: Pick<Parameters<typeof generateText>[0], "model" | "tools" | "stopWhen"> & {
    readonly prompt: string
    readonly providerOptions?: { openai: { store: boolean } }
  }
) =>
  Effect.promise(async () => {
    const result = isStreamed
      ? streamText({ ...options, maxRetries: 0 })
      : await generateText({ ...options, maxRetries: 0 })
    return {
      text: await result.text,
      reason: await result.finishReason,
      tokens: (await result.usage).inputTokens
    }
  })

liveTest(
  "Vercel's generateText and streamText answer, with its default model",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      for (const [dialect, model] of models) {
        for (const isStreamed of [false, true]) {
          const answer = yield* ask(isStreamed, { model: modelAt(url, model), prompt: "Hello" })
          assertEquals(answer, { text: "Hello, dear reader", reason: "stop", tokens: 11 }, dialect)
        }
      }
    })
)

liveTest("Vercel's tool loop calls its tool and goes on", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    for (const [dialect, model] of models) {
      for (const isStreamed of [false, true]) {
        const before = provider.calls.length
        provider.respond(FakeProvider.sequence(
          FakeProvider.answer({ toolCalls: [{ name: "weather", arguments: '{"city":"Paris"}' }] }),
          FakeProvider.answer({ text: "It rains" })
        ))
        const { text, reason } = yield* ask(isStreamed, {
          model: modelAt(url, model),
          prompt: "Weather?",
          tools: { weather },
          stopWhen: stepCountIs(3)
        })
        assertEquals([text, reason], ["It rains", "stop"], dialect)
        assertEquals(provider.calls.length - before, 2)
        assertStringIncludes(JSON.stringify(provider.calls[before + 1]?.body), "Rain in Paris")
      }
    }
  }))

liveTest(
  "with `store: false` Vercel sends back thoughts and words as well",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const model = modelAt(url, modelOf.anthropic)
      for (const isStreamed of [false, true]) {
        const before = provider.calls.length
        provider.respond(FakeProvider.sequence(
          FakeProvider.answer({
            reasoning: ["Hm"],
            text: "Let me look",
            toolCalls: [{ name: "weather", arguments: '{"city":"Paris"}' }]
          }),
          FakeProvider.answer({ text: "It rains" })
        ))
        const { text } = yield* ask(isStreamed, {
          model,
          prompt: "Weather?",
          tools: { weather },
          stopWhen: stepCountIs(3),
          providerOptions: { openai: { store: false } }
        })
        assertEquals(text, "It rains")
        const sent = JSON.stringify(provider.calls[before + 1]?.body)
        assertStringIncludes(sent, '"thinking":"Hm"')
        assertStringIncludes(sent, "Let me look")
      }
    })
)

liveTest(
  "without it, Vercel refers to items that nobody keeps, and is told how not to",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(FakeProvider.answer({
        text: "Let me look",
        toolCalls: [{ name: "weather", arguments: '{"city":"Paris"}' }]
      }))
      const error = yield* Effect.promise(() =>
        assertRejects(() =>
          generateText({
            model: modelAt(url, modelOf.openai),
            prompt: "Weather?",
            tools: { weather },
            stopWhen: stepCountIs(3),
            maxRetries: 0
          })
        )
      )
      assertStringIncludes(String(error), "store: false")
    })
)

liveTest("a stream that breaks off is an error to Vercel", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth(FakeProvider.answer({ breaks: { after: 2, by: "cut" } }))
    for (const [dialect, model] of models) {
      const errors = yield* Effect.promise(async () => {
        const errors: Array<unknown> = []
        const { fullStream } = streamText({
          model: modelAt(url, model),
          prompt: "Hello",
          maxRetries: 0,
          onError: () => {}
        })
        for await (const part of fullStream) if (part.type === "error") errors.push(part.error)
        return errors
      })
      assertEquals(errors.length, 1, dialect)
    }
  }))
