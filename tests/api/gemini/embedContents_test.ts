import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { GoogleGenAI } from "@google/genai"
import { assertEquals, assertStringIncludes } from "@std/assert"
import { embed, embedMany } from "ai"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { apiKey } from "../../kit/gateway.ts"
import { postJson } from "../upstreams.ts"
import { startVectors, tokensRead, vectorOf } from "../vectorServer.ts"

const google = "gemini-embedding-001"
const openai = "text-embedding-3-small"
const client = (baseUrl: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl } })
const content = { parts: [{ text: "a" }] }

liveTest(
  "Google's own client gets vectors, whichever provider makes them",
  () =>
    Effect.gen(function* () {
      const { calls, url } = yield* startVectors()
      for (const model of [google, openai]) {
        const told = yield* Effect.promise(() =>
          client(url).models.embedContent({ model, contents: ["a", "b"] })
        )
        assertEquals(told.embeddings?.map(({ values }) => values), [
          [...vectorOf(0)],
          [...vectorOf(1)]
        ])
        assertEquals(told.usageMetadata?.promptTokenCount, tokensRead)
      }
      assertEquals(calls.map(({ path }) => path), [
        `/v1beta/models/${google}:batchEmbedContents`,
        "/v1/embeddings"
      ])
    })
)

liveTest(
  "what a client of Google's says of its texts reaches Google as it is",
  () =>
    Effect.gen(function* () {
      const { calls, url } = yield* startVectors()
      yield* Effect.promise(() =>
        client(url).models.embedContent({
          model: google,
          contents: ["a"],
          config: { taskType: "FACT_VERIFICATION", title: "T", outputDimensionality: 3 }
        })
      )
      assertEquals(calls[0]?.body, {
        model: `models/${google}`,
        content,
        taskType: "FACT_VERIFICATION",
        outputDimensionality: 3,
        title: "T"
      })
    })
)

liveTest("Vercel's client gets vectors, one and many", () =>
  Effect.gen(function* () {
    const { url } = yield* startVectors()
    const provider = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey })
    const model = provider.embedding(google)
    const one = yield* Effect.promise(() => embed({ model, value: "a", maxRetries: 0 }))
    assertEquals(one.embedding, [...vectorOf(0)])
    const many = yield* Effect.promise(() =>
      embedMany({ model, values: ["a", "b"], maxRetries: 0 })
    )
    assertEquals(many.embeddings, [[...vectorOf(0)], [...vectorOf(1)]])
  }))

liveTest(
  "a purpose that the model does not know is refused, or left out and told",
  () =>
    Effect.gen(function* () {
      const { calls, url } = yield* startVectors()
      const address = `${url}/v1beta/models/${openai}:embedContent`
      const body = { content, taskType: "RETRIEVAL_QUERY" }
      const refused = yield* postJson(address, body)
      assertEquals([refused.status, calls], [400, []])
      assertStringIncludes(JSON.stringify(refused.body.error), "taskType")
      const dropped = yield* postJson(address, body, { "x-penstock-drop-unsupported": "true" })
      assertEquals(dropped.status, 200)
      assertEquals(dropped.headers.get("x-penstock-dropped"), "purpose")
      assertEquals(dropped.body.embedding, { values: vectorOf(0) })
    })
)

liveTest("what is wrong is told in the client's own words", () =>
  Effect.gen(function* () {
    const { calls, url } = yield* startVectors()
    const image = { parts: [{ inlineData: { mimeType: "image/png", data: "AAAA" } }] }
    const wrong: ReadonlyArray<readonly [string, unknown, string]> = [
      ["embedContent", {}, "content"],
      ["embedContent", { content: image }, "content.parts[0]"],
      ["embedContent", { content, outputDimensionality: -1 }, "outputDimensionality"],
      ["batchEmbedContents", { requests: [] }, "requests"],
      ["batchEmbedContents", { requests: [{ content }, {}] }, "requests[1].content"],
      [
        "batchEmbedContents",
        { requests: [{ content }, { content, output_dimensionality: 3 }] },
        "requests[1].outputDimensionality"
      ]
    ]
    for (const [method, body, field] of wrong) {
      const { body: told, status } = yield* postJson(
        `${url}/v1beta/models/${google}:${method}`,
        body
      )
      assertEquals([status, told.error.status], [400, "INVALID_ARGUMENT"], field)
      assertStringIncludes(told.error.message, field)
    }
    assertEquals(calls, [])
  }))
