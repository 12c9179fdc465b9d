/**
 * What only clients of one dialect understand, over sockets: their official SDKs are told it as the
 * provider says it, and clients of every other API are told the rest.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { apiKey } from "../kit/gateway.ts"
import { dataEvents, namedEvents } from "../kit/replay.ts"
import { modelOf, startBoth } from "./upstreams.ts"

const events = (body: string) =>
  FakeProvider.status(200, { body, headers: { "content-type": "text/event-stream" } })

const counts = { input_tokens: 9, output_tokens: 7 }
const citation = { type: "web_search_result_location", url: "https://a.b", cited_text: "It is" }
const search = { type: "server_tool_use", id: "srv_1", name: "web_search", input: { query: "x" } }
const found = {
  type: "web_search_tool_result",
  tool_use_id: "srv_1",
  content: [{ type: "web_search_result", url: "https://a.b", title: "A", encrypted_content: "e" }]
}
const searched = { server_tool_use: { web_search_requests: 1 } }

/** How Anthropic answers by a search of the web. */
const anthropic = {
  whole: {
    id: "msg_theirs",
    type: "message",
    role: "assistant",
    model: "theirs",
    content: [search, found, { type: "text", text: "It is.", citations: [citation] }],
    stop_reason: "pause_turn",
    stop_sequence: null,
    stop_details: null,
    usage: { ...counts, service_tier: "standard", ...searched }
  },
  streamed: namedEvents(
    { type: "message_start", ...{ message: { type: "message", content: [], usage: counts } } },
    ...[
      [{ ...search, input: {} }, { type: "input_json_delta", partial_json: '{"query":"x"}' }],
      [found],
      [
        { type: "text", text: "", citations: [] },
        { type: "citations_delta", citation },
        { type: "text_delta", text: "It is." }
      ]
    ].flatMap(([content_block, ...deltas], index) => [
      { type: "content_block_start", index, content_block },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index }
    ]),
    {
      type: "message_delta",
      ...{
        delta: { stop_reason: "pause_turn", stop_sequence: null },
        usage: { ...counts, ...searched }
      }
    },
    { type: "message_stop" }
  )
}

const grounding = {
  groundingMetadata: {
    webSearchQueries: ["x"],
    groundingChunks: [{ web: { uri: "https://a.b", title: "A" } }]
  }
}
const code = [
  { executableCode: { language: "PYTHON", code: "print(1)" } },
  { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } }
]
const picture = { inlineData: { mimeType: "image/png", data: "AA==" } }
const candidate = (parts: ReadonlyArray<object>, rest: object = {}) => ({
  candidates: [{ content: { parts, role: "model" }, ...rest }]
})
const metadata = { promptTokenCount: 9, candidatesTokenCount: 7, totalTokenCount: 16 }

/** How Gemini answers where it runs code, draws and looks things up. */
const gemini = {
  whole: {
    ...candidate([...code, { text: "It is." }, picture], { finishReason: "STOP", ...grounding }),
    usageMetadata: { ...metadata, promptTokensDetails: [{ modality: "TEXT", tokenCount: 9 }] },
    modelVersion: "theirs",
    responseId: "theirs"
  },
  streamed: dataEvents(
    candidate(code),
    candidate([{ text: "It is." }, picture]),
    { ...candidate([], { finishReason: "STOP", ...grounding }), usageMetadata: metadata }
  )
}

const annotations = [{
  type: "url_citation",
  url_citation: { url: "https://a.b", title: "A", start_index: 0, end_index: 5 }
}]
const usage = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 }

/** How OpenAI answers by a search of the web. */
const openai = {
  whole: {
    id: "theirs",
    object: "chat.completion",
    created: 1,
    model: "theirs",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "It is.", refusal: null, annotations },
      logprobs: null,
      finish_reason: "stop"
    }],
    usage,
    service_tier: "default",
    system_fingerprint: "fp_1"
  },
  streamed: dataEvents(
    { choices: [{ index: 0, delta: { role: "assistant", content: "It is." } }] },
    { choices: [{ index: 0, delta: { annotations } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage },
    "[DONE]"
  )
}

const answers = { anthropic, gemini, openai }
type Dialect = keyof typeof answers

const scene = Effect.fnUntraced(function* (dialect: Dialect) {
  const { whole, streamed } = answers[dialect]
  const { url } = yield* startBoth(({ stream }) =>
    stream ? events(streamed) : FakeProvider.json(whole)
  )
  return { url, model: modelOf[dialect], ...clients(url) }
})

const clients = (url: string) => ({
  anthropic: new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }),
  gemini: new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } }),
  openai: new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
})

const messages = [{ role: "user" as const, content: "Hi" }]

liveTest(
  "Anthropic's client is told of searches, citations and pauses as Anthropic tells them",
  () =>
    Effect.gen(function* () {
      const { anthropic: client, model } = yield* scene("anthropic")
      const asked = { model, messages, max_tokens: 9 }
      const { whole } = anthropic
      const { _request_id, ...told } = yield* Effect.promise(() => client.messages.create(asked))
      const id = `msg_${_request_id?.slice("req_".length)}`
      const absent = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
      assertEquals<unknown>(told, {
        ...whole,
        id,
        model,
        usage: { ...whole.usage, ...absent }
      })
      const last = yield* Effect.promise(() => client.messages.stream(asked).finalMessage())
      assertEquals<unknown>(JSON.parse(JSON.stringify(last.content)), whole.content)
      assertEquals(last.stop_reason, "pause_turn")
      assertEquals<unknown>(last.usage.server_tool_use, searched.server_tool_use)
    })
)

liveTest(
  "Gemini's client is told of code, pictures and what grounds an answer as Gemini tells them",
  () =>
    Effect.gen(function* () {
      const { gemini: client, model } = yield* scene("gemini")
      const asked = { model, contents: "Hi" }
      const { sdkHttpResponse: _, ...told } = yield* Effect.promise(() =>
        client.models.generateContent(asked)
      )
      const { responseId, ...rest } = JSON.parse(JSON.stringify(told))
      const { responseId: __, ...expected } = gemini.whole
      assertEquals(rest, { ...expected, modelVersion: model })
      assertEquals(responseId.startsWith("req_"), true)
      const chunks = yield* Effect.promise(async () =>
        await Array.fromAsync(await client.models.generateContentStream(asked))
      )
      const candidates = chunks.flatMap(({ candidates }) => candidates ?? [])
      assertEquals<unknown>(
        candidates.flatMap(({ content }) => content?.parts ?? []).filter(({ text }) => text !== ""),
        [...code, { text: "It is." }, picture]
      )
      assertEquals<unknown>(
        candidates.flatMap(({ groundingMetadata }) => groundingMetadata ?? []),
        [grounding.groundingMetadata]
      )
      assertEquals(candidates.at(-1)?.finishReason, "STOP")
      const chat = client.chats.create({ model })
      yield* Effect.promise(() => chat.sendMessage({ message: "Hi" }))
      assertEquals<unknown>(chat.getHistory(true).at(-1)?.parts, [
        ...code,
        { text: "It is." },
        picture
      ])
    })
)

liveTest(
  "OpenAI's client is told of citations, tiers and fingerprints as OpenAI tells them",
  () =>
    Effect.gen(function* () {
      const { openai: client, model } = yield* scene("openai")
      const { data, request_id } = yield* Effect.promise(() =>
        client.chat.completions.create({ model, messages }).withResponse()
      )
      const details = {
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 }
      }
      assertEquals<unknown>({ ...data, _request_id: undefined }, {
        ...openai.whole,
        id: `chatcmpl-${request_id?.slice("req_".length)}`,
        model,
        usage: { ...usage, ...details },
        _request_id: undefined
      })
      const final = yield* Effect.promise(() =>
        client.chat.completions.stream({ model, messages }).finalMessage()
      )
      assertEquals(final.content, "It is.")
      assertEquals<unknown>(final.annotations, annotations)
    })
)

liveTest(
  "a stream that the provider answers in one piece has all that, too",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(FakeProvider.json(anthropic.whole))
      const asked = { model: modelOf.anthropic, messages, max_tokens: 9 }
      const last = yield* Effect.promise(() =>
        clients(url).anthropic.messages.stream(asked).finalMessage()
      )
      assertEquals<unknown>(JSON.parse(JSON.stringify(last.content)), anthropic.whole.content)
      assertEquals(last.stop_reason, "pause_turn")
    })
)

liveTest(
  "what is nested too deep to be written again is left out, and the rest is told",
  () =>
    Effect.gen(function* () {
      const deep = `{"deep":${"[".repeat(50_000)}${"]".repeat(50_000)},`
      for (const dialect of ["anthropic", "gemini", "openai"] as const) {
        const body = JSON.stringify(answers[dialect].whole).replace("{", deep)
        const headers = { "content-type": "application/json" }
        const { url } = yield* startBoth(FakeProvider.status(200, { body, headers }))
        const ask = texts(clients(url), url, modelOf[dialect])[dialect]
        const told = yield* Effect.promise(ask)
        assertEquals(told[0]?.[0], "It is.", dialect)
      }
    })
)

/** The text that each client reads of an answer, whole and streamed. */
const texts = (at: ReturnType<typeof clients>, url: string, model: string) => ({
  anthropic: async () => {
    const asked = { model, messages, max_tokens: 9 }
    const streamed = await at.anthropic.messages.stream(asked).finalMessage()
    return [await at.anthropic.messages.create(asked), streamed].map(({ content, stop_reason }) => [
      content.map((block) => block.type === "text" ? block.text : block.type).join(),
      stop_reason
    ])
  },
  gemini: async () => {
    const asked = { model, contents: "Hi" }
    const chunks = await Array.fromAsync(await at.gemini.models.generateContentStream(asked))
    const { candidates } = await at.gemini.models.generateContent(asked)
    return [
      candidates?.[0]?.content?.parts,
      chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    ].map((parts) => [
      parts?.filter(({ text }) => text !== "").map((part) => part.text ?? Object.keys(part)[0])
        .join(),
      candidates?.[0]?.finishReason
    ])
  },
  openai: async () => {
    const asked = { model, messages }
    const streamed = await at.openai.chat.completions.stream(asked).finalChatCompletion()
    return [await at.openai.chat.completions.create(asked), streamed].map((
      { choices: [first] }
    ) => [
      first?.message.content,
      first?.finish_reason
    ])
  },
  responses: async () => {
    const asked = { model, input: "Hi" }
    const streamed = await at.openai.responses.stream(asked).finalResponse()
    return [await at.openai.responses.create(asked), streamed].map(({ output, status }) => [
      output.map((item) =>
        item.type === "message"
          ? item.content.map((part) => part.type === "output_text" && part.text).join()
          : item.type
      ).join(),
      status
    ])
  },
  native: async () => {
    const ask = async (path: string) => {
      const response = await fetch(`${url}/api/v1/llm/${path}`, {
        method: "POST",
        headers: { "x-api-key": apiKey, "content-type": "application/json" },
        body: JSON.stringify({ model, messages })
      })
      return await response.text()
    }
    const { choices: [whole] } = JSON.parse(await ask("generate"))
    const streamed = (await ask("generate/stream")).split("\n\n").slice(0, -2)
      .map((event) => JSON.parse(event.slice("data: ".length)).choices[0])
    return [
      [whole.message.content, whole.finish_reason],
      [
        streamed.map(({ delta }) => delta.content ?? "").join(""),
        streamed.at(-1)?.finish_reason
      ]
    ]
  }
})

const ends = {
  anthropic: "end_turn",
  gemini: "STOP",
  openai: "stop",
  responses: "completed",
  native: "stop"
}

for (const dialect of ["anthropic", "gemini", "openai"] as const) {
  liveTest(
    `clients of every other API are told the rest of what ${dialect} says`,
    () =>
      Effect.gen(function* () {
        const { url, model, ...at } = yield* scene(dialect)
        const asks = texts(at, url, model)
        for (const name of ["anthropic", "gemini", "openai", "responses", "native"] as const) {
          if (name === dialect) continue
          const told = yield* Effect.promise(asks[name])
          assertEquals(told, [["It is.", ends[name]], ["It is.", ends[name]]], name)
        }
      })
  )
}
