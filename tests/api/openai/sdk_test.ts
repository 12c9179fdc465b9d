import { assert, assertEquals, assertRejects } from "@std/assert"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { zodResponseFormat } from "openai/helpers/zod"
import type { RunnableToolFunctionWithParse } from "openai/lib/RunnableFunction"
import * as z from "zod"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { modelOf, startBoth } from "../upstreams.ts"

const dialects = ["openai", "anthropic", "gemini"] as const
const hi = [{ role: "user", content: "Hi" }] as const

/** OpenAI's own client in front of a gateway in front of a fake provider. */
const scene = Effect.fnUntraced(function* (respond?: FakeProvider.FakeProviderOptions["respond"]) {
  const { provider, url } = yield* startBoth(respond)
  const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
  return { provider, client, url }
})

const weather = {
  name: "weather",
  description: "The weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
}
const calls = {
  toolCalls: [
    { id: "call_a1", name: "weather", arguments: '{"city":"Oslo"}' },
    { id: "call_b2", name: "weather", arguments: '{"city":"Rome"}' }
  ]
}

for (const dialect of dialects) {
  const model = modelOf[dialect]

  liveTest(
    `the client reads a whole answer of a provider that speaks ${dialect}`,
    () =>
      Effect.gen(function* () {
        const usage = { prompt: 20, completion: 9, cached: 16, reasoning: 4 }
        const { client, provider } = yield* scene(
          FakeProvider.answer({ text: "Grüß dich 👋", usage, finish: "length" })
        )
        const { data, request_id } = yield* Effect.promise(() =>
          client.chat.completions.create({ model, messages: [...hi], max_completion_tokens: 5 })
            .withResponse()
        )
        assertEquals(data.id, `chatcmpl-${request_id?.slice("req_".length)}`)
        assertEquals([data.object, data.model], ["chat.completion", model])
        assertEquals(data.choices[0], {
          index: 0,
          message: { role: "assistant", content: "Grüß dich 👋", refusal: null },
          logprobs: null,
          finish_reason: "length"
        })
        assertEquals(data.usage?.total_tokens, 29)
        assertEquals(data.usage?.prompt_tokens_details?.cached_tokens, 16)
        assertEquals(provider.calls.length, 1)
      })
  )

  liveTest(
    `the client puts a stream together of a provider that speaks ${dialect}`,
    () =>
      Effect.gen(function* () {
        const { client } = yield* scene(
          FakeProvider.answer({ text: "a b c", usage: { prompt: 3, completion: 4 } })
        )
        const parts: Array<string> = []
        const final = yield* Effect.promise(() =>
          client.chat.completions.stream({
            model,
            messages: [...hi],
            stream_options: { include_usage: true }
          }).on("content", (part) => parts.push(part)).finalChatCompletion()
        )
        assertEquals(parts, ["a", " b", " c"])
        assertEquals(final.choices[0]?.message.content, "a b c")
        assertEquals([final.usage?.prompt_tokens, final.usage?.completion_tokens], [3, 4])
      })
  )

  liveTest(
    `the client runs tools with a provider that speaks ${dialect}, whole and streamed`,
    () =>
      Effect.gen(function* () {
        for (const stream of [false, true]) {
          const { client, provider } = yield* scene(
            FakeProvider.sequence(
              FakeProvider.answer(calls),
              FakeProvider.answer({ text: "Cold and warm" })
            )
          )
          const cities: Array<string> = []
          const tool: RunnableToolFunctionWithParse<{ city: string }> = {
            type: "function",
            function: {
              ...weather,
              parse: (text) => JSON.parse(text),
              function: ({ city }) => {
                cities.push(city)
                return `fine in ${city}`
              }
            }
          }
          const asked = { model, messages: [...hi], tools: [tool] }
          const content = yield* Effect.promise(() =>
            stream
              ? client.chat.completions.runTools({ ...asked, stream: true }).finalContent()
              : client.chat.completions.runTools(asked).finalContent()
          )
          assertEquals([content, cities], ["Cold and warm", ["Oslo", "Rome"]])
          const second = JSON.stringify(provider.calls[1]?.body)
          assert(second.includes("fine in Oslo") && second.includes("fine in Rome"), second)
          // Gemini's own calls have no ids.
          if (dialect !== "gemini") assert(second.includes("call_b2"), second)
        }
      })
  )

  liveTest(
    `the client parses an answer by a schema with a provider that speaks ${dialect}`,
    () =>
      Effect.gen(function* () {
        const { client, provider } = yield* scene(FakeProvider.answer({ text: '{"city":"Oslo"}' }))
        const schema = zodResponseFormat(z.object({ city: z.string() }), "place")
        const parsed = yield* Effect.promise(() =>
          client.chat.completions.parse({ model, messages: [...hi], response_format: schema })
        )
        assertEquals(parsed.choices[0]?.message.parsed, { city: "Oslo" })
        assert(JSON.stringify(provider.calls[0]?.body).includes('"city"'))
      })
  )
}

liveTest(
  "the client is told reasoning, and what it sends back reaches its provider signed",
  () =>
    Effect.gen(function* () {
      const { client, provider } = yield* scene(
        FakeProvider.answer({ reasoning: ["Let me", " think"], text: "Done" })
      )
      const model = modelOf.anthropic
      const { choices: [choice] } = yield* Effect.promise(() =>
        client.chat.completions.create({ model, messages: [...hi] })
      )
      const message = JSON.parse(JSON.stringify(choice?.message))
      assertEquals(message.reasoning_content, "Let me think")
      assert(message.reasoning_details[0].signature.startsWith("anthropic:"))
      yield* Effect.promise(() =>
        client.chat.completions.create({ model, messages: [...hi, message, ...hi] })
      )
      const sent = JSON.stringify(provider.calls[1]?.body)
      assert(sent.includes('"type":"thinking","thinking":"Let me think"'), sent)
    })
)

liveTest("the client asks the simulator, whole and streamed", () =>
  Effect.gen(function* () {
    const { client, provider } = yield* scene()
    const asked = { model: "simulator", messages: [...hi] }
    const whole = yield* Effect.promise(() => client.chat.completions.create(asked))
    const streamed = yield* Effect.promise(() =>
      client.chat.completions.stream(asked).finalContent()
    )
    assert(whole.choices[0]?.message.content?.includes("Hi"))
    assertEquals(streamed, whole.choices[0]?.message.content)
    assertEquals(provider.calls.length, 0)
  }))

liveTest("the client's older way works, whole and streamed", () =>
  Effect.gen(function* () {
    const { client } = yield* scene(FakeProvider.answer({ text: "a b" }))
    for (const model of Object.values(modelOf)) {
      const whole = yield* Effect.promise(() => client.completions.create({ model, prompt: "x" }))
      assertEquals(whole.choices, [{
        text: "a b",
        index: 0,
        logprobs: null,
        finish_reason: "stop"
      }])
      const texts = yield* Effect.promise(async () => {
        const chunks = await client.completions.create({ model, prompt: "x", stream: true })
        return (await Array.fromAsync(chunks)).map(({ choices }) => choices[0]?.text)
      })
      assertEquals(texts, ["a", " b", ""])
    }
  }))

liveTest(
  "a client that leaves a stream has the provider hung up on",
  () =>
    Effect.gen(function* () {
      const until = Promise.withResolvers<void>()
      const { client, provider } = yield* scene(
        FakeProvider.answer({
          pieces: ["a", "b", "c"],
          breaks: { after: 2, by: "stall", until: until.promise }
        })
      )
      yield* Effect.promise(async () => {
        const chunks = await client.chat.completions.create({
          model: modelOf.openai,
          messages: [...hi],
          stream: true
        })
        for await (const chunk of chunks) if (chunk.choices[0]?.delta.content) break
      })
      yield* provider.abandoned(1)
      until.resolve()
    })
)

liveTest(
  "a stream that breaks throws in the client, and does not look whole",
  () =>
    Effect.gen(function* () {
      const { client } = yield* scene(
        FakeProvider.answer({ pieces: ["a", "b"], breaks: { after: 1, by: "error" } })
      )
      yield* Effect.promise(async () => {
        const stream = client.chat.completions.stream({ model: modelOf.openai, messages: [...hi] })
        const error = await assertRejects(() => stream.finalChatCompletion(), OpenAI.APIError)
        assertEquals([error.type, error.code], ["server_error", "upstream_error"])
      })
    })
)
