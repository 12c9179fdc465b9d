/**
 * Vercel's client for Google's models against the gateway, whoever answers behind it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import { createGoogle } from "@ai-sdk/google"
import { APICallError, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { modelOf, startBoth } from "../upstreams.ts"

const vercelTest = (
  name: string,
  run: (
    google: ReturnType<typeof createGoogle>,
    provider: FakeProvider.FakeProvider
  ) => Promise<void>
) =>
  liveTest(name, () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      const google = createGoogle({ apiKey, baseURL: `${url}/v1beta` })
      yield* Effect.promise(() => run(google, provider))
    }))

const tools = {
  weather: tool({
    description: "The weather in a city",
    inputSchema: jsonSchema<{ city: string }>({
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"]
    }),
    execute: ({ city }) => `Warm in ${city}`
  })
}

for (const [dialect, model] of Object.entries(modelOf)) {
  vercelTest(`generateText() is answered by ${dialect}`, async (google) => {
    const { finishReason, text, usage } = await generateText({ model: google(model), prompt: "Hi" })
    assertEquals([text, finishReason], ["Hello, dear reader", "stop"])
    assertEquals([usage.inputTokens, usage.outputTokens], [11, 3])
  })

  vercelTest(`streamText() runs tools with ${dialect}`, async (google, provider) => {
    provider.respond(FakeProvider.sequence(
      FakeProvider.answer({
        reasoning: ["Let me think"],
        toolCalls: [{ name: "weather", arguments: '{"city":"台北"}' }]
      }),
      FakeProvider.answer({ text: "It is warm." })
    ))
    const result = streamText({
      model: google(model),
      prompt: "Weather?",
      tools,
      stopWhen: stepCountIs(3)
    })
    let text = ""
    for await (const part of result.textStream) text += part
    assertEquals(text, "It is warm.")
    const sent = JSON.stringify(provider.calls[1]?.body)
    assert(sent.includes("Warm in 台北"), sent)
    // Thoughts were not asked for, and yet they are there when they are needed again.
    if (dialect === "anthropic") assert(sent.includes('"thinking":"Let me think"'), sent)
  })
}

vercelTest("shown thoughts come back to Anthropic's model, signed", async (google, provider) => {
  provider.respond(FakeProvider.sequence(
    FakeProvider.answer({
      reasoning: ["Let me ", "think"],
      toolCalls: [{ name: "weather", arguments: '{"city":"Ulm"}' }]
    }),
    FakeProvider.answer({ text: "It is warm." })
  ))
  const result = streamText({
    model: google(modelOf.anthropic),
    prompt: "Weather?",
    tools,
    stopWhen: stepCountIs(3),
    providerOptions: { google: { thinkingConfig: { includeThoughts: true } } }
  })
  assertEquals(await result.text, "It is warm.")
  const [first] = await result.steps
  assertEquals(first?.reasoningText, "Let me think")
  const sent = JSON.stringify(provider.calls[1]?.body)
  assert(/"thinking":"Let me think","signature":"[^"]+"/.test(sent), sent)
})

vercelTest("an error is an APICallError with its status and words", async (google) => {
  const error = await generateText({ model: google("nobody"), prompt: "Hi", maxRetries: 0 })
    .then(() => undefined, (error) => error)
  assert(APICallError.isInstance(error))
  assertEquals(error.statusCode, 404)
  assert(error.message.includes("/v1beta/models"), error.message)
})
