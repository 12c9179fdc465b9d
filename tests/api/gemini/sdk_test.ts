/**
 * Google's own client against the gateway, whoever answers behind it.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert"
import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from "@google/genai"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { modelOf, startBoth } from "../upstreams.ts"

const clientAt = (url: string, key = apiKey) =>
  new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })

/** A test of Google's client `at` a gateway in front of a fake provider. */
const sdkTest = (
  name: string,
  run: (
    at: {
      readonly client: GoogleGenAI
      readonly url: string
      readonly provider: FakeProvider.FakeProvider
    }
  ) => Promise<void>,
  setup: Parameters<typeof startBoth>[1] = {}
) =>
  liveTest(
    name,
    () =>
      Effect.gen(function* () {
        const { provider, url } = yield* startBoth(FakeProvider.answer(), setup)
        yield* Effect.promise(() => run({ client: clientAt(url), url, provider }))
      }),
    // The library does not read a stream on once it has told of an error in it.
    { sanitizeResources: false }
  )

const tools = [{
  functionDeclarations: [{
    name: "weather",
    description: "The weather in a city",
    parameters: {
      type: Type.OBJECT,
      properties: { city: { type: Type.STRING } },
      required: ["city"]
    }
  }]
}]

const dialects = ["openai", "anthropic", "gemini"] as const

for (const dialect of dialects) {
  const model = modelOf[dialect]

  sdkTest(`generateContent() is answered by ${dialect}`, async ({ client, provider }) => {
    provider.respond(FakeProvider.answer({
      text: "Hello 🌸",
      usage: { prompt: 12, completion: 9, cached: 5, reasoning: dialect === "anthropic" ? 0 : 4 }
    }))
    const answer = await client.models.generateContent({
      model,
      contents: "Hi",
      config: { systemInstruction: "Be brief.", temperature: 0.5, maxOutputTokens: 50 }
    })
    assertEquals(answer.text, "Hello 🌸")
    assertEquals(answer.candidates?.[0]?.finishReason, "STOP")
    assertEquals(answer.modelVersion, model)
    assert(answer.responseId)
    const usage = answer.usageMetadata
    assertEquals(
      [usage?.promptTokenCount, usage?.cachedContentTokenCount, usage?.totalTokenCount],
      [12, 5, 21]
    )
    assertEquals((usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0), 9)
    const sent = JSON.stringify(provider.calls[0]?.body)
    for (const part of ["Be brief.", "0.5", "50"]) assert(sent.includes(part), sent)
  })

  sdkTest(`generateContentStream() is answered by ${dialect}`, async ({ client }) => {
    const chunks = []
    for await (
      const chunk of await client.models.generateContentStream({ model, contents: "Hi" })
    ) {
      chunks.push(chunk)
    }
    assertEquals(chunks.map(({ text }) => text).join(""), "Hello, dear reader")
    assertEquals(chunks.length > 3, true)
    assertEquals(chunks.map(({ candidates }) => candidates?.[0]?.finishReason).filter(Boolean), [
      "STOP"
    ])
    assertEquals(chunks.at(-1)?.usageMetadata?.totalTokenCount, 14)
  })

  sdkTest(
    `a chat with functions goes on over turns with ${dialect}`,
    async ({ client, provider }) => {
      const weather = (city: string) => ({
        name: "weather",
        arguments: JSON.stringify({ city })
      })
      provider.respond(FakeProvider.sequence(
        FakeProvider.answer({ toolCalls: [weather("台北"), weather("Ulm")] }),
        FakeProvider.answer({ text: "Warm." }),
        FakeProvider.answer({ text: "Bye." })
      ))
      const chat = client.chats.create({ model, config: { tools } })
      const calls = []
      for await (const chunk of await chat.sendMessageStream({ message: "Weather?" })) {
        calls.push(...chunk.functionCalls ?? [])
      }
      assertEquals(calls.map(({ name, args }) => [name, args]), [
        ["weather", { city: "台北" }],
        ["weather", { city: "Ulm" }]
      ])
      const answer = await chat.sendMessage({
        message: calls.map(({ id, name }, at) => ({
          functionResponse: {
            ...(id === undefined ? {} : { id }),
            name: name!,
            response: { output: `${31 - at} degrees` }
          }
        }))
      })
      assertEquals(answer.text, "Warm.")
      assertEquals((await chat.sendMessage({ message: "Bye" })).text, "Bye.")
      const sent = JSON.stringify(provider.calls[2]?.body)
      for (const part of ["台北", "31 degrees", "30 degrees", "Warm.", '"Bye"', '"object"']) {
        assert(
          sent.includes(part) || dialect === "gemini" && part === '"object"',
          `${part}: ${sent}`
        )
      }
    }
  )

  sdkTest(`a stream of ${dialect} that breaks off throws`, async ({ client, provider }) => {
    provider.respond(FakeProvider.answer({ breaks: { after: 2, by: "reset" } }))
    let text = ""
    const error = await assertRejects(async () => {
      const stream = await client.models.generateContentStream({ model, contents: "Hi" })
      for await (const chunk of stream) text += chunk.text ?? ""
    }, ApiError)
    assertEquals(error.status, 502)
    assert("Hello, dear reader".startsWith(text) && text !== "")
  })
}

sdkTest("what Anthropic's model thought goes back to it", async ({ client, provider }) => {
  const { anthropic: model } = modelOf
  provider.respond(FakeProvider.sequence(
    FakeProvider.answer({
      reasoning: ["Let me ", "think"],
      toolCalls: [{ name: "weather", arguments: '{"city":"Ulm"}' }]
    }),
    FakeProvider.answer()
  ))
  const chat = client.chats.create({ model, config: { tools } })
  const { functionCalls: [call] = [], text } = await chat.sendMessage({ message: "Weather?" })
  assertEquals(text, undefined)
  await chat.sendMessage({
    message: { functionResponse: { id: call!.id!, name: "weather", response: { output: "31" } } }
  })
  const [, second] = provider.calls
  const sent = JSON.stringify(second?.body)
  assert(sent.includes('"thinking":"Let me think"'), sent)
})

sdkTest("countTokens(), models.list() and models.get()", async ({ client }) => {
  const { totalTokens } = await client.models.countTokens({
    model: modelOf.openai,
    contents: "How many tokens is this?"
  })
  assert(totalTokens !== undefined && totalTokens > 4 && totalTokens < 20, `${totalTokens}`)
  const listed = []
  for await (const model of await client.models.list({ config: { pageSize: 2 } })) {
    listed.push(model)
  }
  const names = listed.map(({ name }) => name)
  for (const id of Object.values(modelOf)) assert(names.includes(`models/${id}`), `${names}`)
  assertEquals(new Set(names).size, names.length)
  const one = await client.models.get({ model: modelOf.gemini })
  assertEquals(one.name, `models/${modelOf.gemini}`)
  assert(one.displayName && one.supportedActions?.includes("generateContent"))
  const error = await assertRejects(() => client.models.get({ model: "nobody" }), ApiError)
  assertEquals(error.status, 404)
})

sdkTest("errors are ApiErrors with Google's words", async ({ provider, url }) => {
  const failing = async (run: () => Promise<unknown>) => {
    const { message, status } = await assertRejects(run, ApiError)
    const { error } = JSON.parse(message)
    assertEquals(error.code, status)
    return error
  }
  const ask = (model: string, config = {}, key = apiKey) => () =>
    clientAt(url, key).models.generateContent({ model, contents: "Hi", config })
  const unknown = await failing(ask("nobody"))
  assertEquals([unknown.code, unknown.status], [404, "NOT_FOUND"])
  assert(unknown.message.includes("/v1beta/models"))
  const stranger = await failing(ask(modelOf.openai, {}, "wrong-key"))
  assertEquals([stranger.code, stranger.status], [401, "UNAUTHENTICATED"])

  const wrong = await failing(ask(modelOf.openai, { temperature: 7 }))
  assertEquals([wrong.code, wrong.status], [400, "INVALID_ARGUMENT"])
  assertEquals(
    wrong.details.find((one: Record<string, unknown>) => one.fieldViolations).fieldViolations[0]
      .field,
    "generationConfig.temperature"
  )
  const unsupported = await failing(ask(modelOf.anthropic, { seed: 5 }))
  assertEquals(unsupported.code, 400)
  assert(unsupported.message.startsWith("generationConfig.seed: "), unsupported.message)
  const searching = await failing(ask(modelOf.openai, { tools: [{ googleSearch: {} }] }))
  assert(searching.message.includes("tools[0].googleSearch: "), searching.message)
  assertEquals(provider.calls.length, 0)

  provider.respond(FakeProvider.fail("rate_limited", { retryDelay: "7s" }))
  const limited = await failing(ask(modelOf.gemini))
  assertEquals([limited.code, limited.status], [429, "RESOURCE_EXHAUSTED"])
  assert(
    limited.details.some((one: Record<string, unknown>) => one.retryDelay),
    JSON.stringify(limited)
  )
}, { config: { retries: { attempts: 1 } } })

sdkTest("functions may be forced upon a model", async ({ client, provider }) => {
  await client.models.generateContent({
    model: modelOf.openai,
    contents: "Hi",
    config: {
      tools,
      toolConfig: {
        functionCallingConfig: {
          mode: FunctionCallingConfigMode.ANY,
          allowedFunctionNames: ["weather"]
        }
      }
    }
  })
  assertEquals(provider.calls[0]?.body.tool_choice, {
    type: "function",
    function: { name: "weather" }
  })
})
