/**
 * What goes over the wire, byte by byte, where libraries would not show it.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { ask, askJson, modelOf, postJson, startBoth } from "../upstreams.ts"

const hi = { contents: [{ role: "user", parts: [{ text: "Hi" }] }] }

const at = (url: string, model: string, method: string) => `${url}/v1beta/models/${model}:${method}`

liveTest(
  "a request in Gemini's words reaches Gemini as it was written",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      const body = JSON.stringify({
        safetySettings: [{ threshold: "BLOCK_NONE", category: "HARM_CATEGORY_HARASSMENT" }],
        unheardOf: { b: 1, a: [2] },
        generationConfig: {
          topK: 7,
          thinkingConfig: { includeThoughts: true, thinkingBudget: 777 },
          responseMimeType: "application/json",
          responseSchema: { type: "OBJECT", properties: { z: { type: "STRING" } } }
        },
        tools: [{ googleSearch: {} }, {
          functionDeclarations: [{ parameters: { type: "OBJECT" }, name: "f" }]
        }],
        contents: [
          { parts: [{ text: "Look" }, { fileData: { fileUri: "gs://a/b.mp4" } }], role: "user" },
          {
            role: "model",
            parts: [{ thoughtSignature: "c2ln", functionCall: { args: { b: 1, a: 2 }, name: "f" } }]
          },
          { role: "user", parts: [{ functionResponse: { name: "f", response: { x: 1 } } }] }
        ],
        systemInstruction: { role: "system", parts: [{ text: "Be brief." }] }
      })
      const { status } = yield* postJson(at(url, modelOf.gemini, "generateContent"), body)
      assertEquals(status, 200)
      const [call] = provider.calls
      assertEquals(JSON.stringify(call?.body), body)
      assert(call?.path.endsWith(":generateContent"), call?.path)
    })
)

liveTest("Google's field names in snake case reach Gemini too", () =>
  Effect.gen(function* () {
    const { provider, url } = yield* startBoth()
    yield* postJson(at(url, modelOf.gemini, "generateContent"), {
      system_instruction: { parts: [{ text: "Be brief." }] },
      ...hi,
      generation_config: { max_output_tokens: 9 }
    })
    assertEquals(
      JSON.stringify(provider.calls[0]?.body),
      JSON.stringify({
        systemInstruction: { parts: [{ text: "Be brief." }] },
        ...hi,
        generationConfig: { max_output_tokens: 9 }
      })
    )
  }))

liveTest(
  "a stream is server-sent events with alt=sse, and one array without",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const body = { method: "POST", body: JSON.stringify(hi) }
      const headers = { "content-type": "application/json" }
      for (const model of Object.values(modelOf)) {
        const stream = at(url, model, "streamGenerateContent")
        const sse = yield* ask(`${stream}?alt=sse`, { ...body, headers })
        assertEquals(sse.headers.get("content-type"), "text/event-stream; charset=utf-8")
        assert(!sse.text.includes("[DONE]"))
        const chunks = sse.text.split("\n\n").filter((event) => event.startsWith("data: "))
          .map((event) => JSON.parse(event.slice(6)))
        const array = yield* askJson(stream, { ...body, headers })
        assertEquals(array.headers.get("content-type"), "application/json; charset=utf-8")
        const texts = (all: ReadonlyArray<{ candidates: ReadonlyArray<{ content: unknown }> }>) =>
          all.map(({ candidates }) => candidates[0]?.content)
        assertEquals(texts(array.body), texts(chunks))
        assertEquals(chunks.length > 2, true)
      }
    })
)

liveTest(
  "ids with slashes and colons are models too, encoded or not",
  () =>
    Effect.gen(function* () {
      const id = "meta/llama:70b"
      const { provider, url } = yield* startBoth(FakeProvider.answer(), {
        config: { models: { [id]: { provider: "openai" } } }
      })
      for (const spelled of [id, encodeURIComponent(id), "meta%2Fllama:70b"]) {
        const { status, text } = yield* ask(at(url, spelled, "generateContent"), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(hi)
        })
        assertEquals(status, 200, text)
        const listed = yield* askJson(`${url}/v1beta/models/${spelled}`)
        assertEquals(listed.body.name, `models/${id}`)
      }
      assertEquals(provider.calls.map(({ model }) => model), [id, id, id])
    })
)

liveTest(
  "a key in the address is refused in Google's words, and one in its header is taken",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const init = {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(hi)
      }
      const address = at(url, modelOf.openai, "generateContent")
      const response = yield* Effect.promise(() => fetch(`${address}?key=${apiKey}`, init))
      const { error } = yield* Effect.promise(() => response.json())
      assertEquals([error.code, error.status], [400, "INVALID_ARGUMENT"])
      assertStringIncludes(error.message, "does not belong in the address")
      const headers = { ...init.headers, "x-goog-api-key": apiKey }
      const taken = yield* Effect.promise(() => fetch(address, { ...init, headers }))
      assertEquals(taken.status, 200)
      yield* Effect.promise(() => taken.json())
    })
)

liveTest(
  "what is not there, and what is no JSON, is told in Google's words",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const statusOf = (path: string, body: string) =>
        Effect.map(postJson(`${url}${path}`, body), ({ body: { error }, status }) => {
          assertEquals(error.code, status)
          assertEquals(error.details[0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo")
          return [status, error.status, error.details[0].reason]
        })
      assertEquals(yield* statusOf("/v1beta/nothing", "{}"), [404, "NOT_FOUND", "UNKNOWN_ROUTE"])
      assertEquals(yield* statusOf(`/v1beta/models/${modelOf.openai}:dance`, "{}"), [
        405,
        "INVALID_ARGUMENT",
        "WRONG_METHOD"
      ])
      const path = `/v1beta/models/${modelOf.openai}:generateContent`
      assertEquals(yield* statusOf(path, "{"), [400, "INVALID_ARGUMENT", "INVALID_JSON"])
      assertEquals(yield* statusOf(path, "{}"), [400, "INVALID_ARGUMENT", "INVALID_REQUEST"])
      assertEquals(yield* statusOf(path.replace("generate", "x"), "{}"), [
        405,
        "INVALID_ARGUMENT",
        "WRONG_METHOD"
      ])
    })
)

liveTest(
  "what a model cannot honour is left out where a header says so",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      const { headers, status } = yield* postJson(
        at(url, modelOf.anthropic, "generateContent"),
        { ...hi, generationConfig: { seed: 5, temperature: 0.5 } },
        { "x-penstock-drop-unsupported": "true" }
      )
      assertEquals(status, 200)
      assert(headers.get("x-request-id"))
      assertEquals(provider.calls[0]?.body.temperature, 0.5)
      assertEquals("seed" in provider.calls[0]!.body, false)
    })
)

liveTest("a prompt is counted in either form", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const count = at(url, modelOf.openai, "countTokens")
    const bare = yield* postJson(count, hi)
    const whole = yield* postJson(count, {
      generateContentRequest: {
        model: "models/x",
        ...hi,
        systemInstruction: { parts: [{ text: "Be as brief as you can be." }] }
      }
    })
    assertEquals(Object.keys(bare.body), ["totalTokens"])
    assert(whole.body.totalTokens > bare.body.totalTokens + 4)
  }))
