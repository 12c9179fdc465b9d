import { createOpenAI } from "@ai-sdk/openai"
import { OpenAIEmbeddings } from "@langchain/openai"
import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { embed, embedMany } from "ai"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { liveTest } from "../../kit/effect.ts"
import { apiKey } from "../../kit/gateway.ts"
import { postJson } from "../upstreams.ts"
import { startVectors, tokensRead, vectorOf } from "../vectorServer.ts"

const model = "text-embedding-3-small"
const client = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })

liveTest(
  "OpenAI's own client gets vectors, by base64 as it asks by itself, and as numbers",
  () =>
    Effect.gen(function* () {
      const { calls, url } = yield* startVectors()
      for (const encoding_format of [undefined, "float", "base64"] as const) {
        const body = { model, input: ["a", "b"], ...(encoding_format ? { encoding_format } : {}) }
        const told = yield* Effect.promise(() => client(url).embeddings.create(body))
        assertEquals([told.object, told.model], ["list", model])
        assertEquals(told.usage, { prompt_tokens: tokensRead, total_tokens: tokensRead })
        const vectors = told.data.map(({ embedding }) => embedding)
        if (encoding_format !== "base64") {
          assertEquals(vectors, [[...vectorOf(0)], [...vectorOf(1)]])
        }
        assertEquals(told.data.map(({ index, object }) => [index, object]), [
          [0, "embedding"],
          [1, "embedding"]
        ])
      }
      // Of OpenAI itself they are always asked in the cheaper way.
      assertEquals(calls.map(({ body }) => body.encoding_format), ["base64", "base64", "base64"])
    })
)

liveTest("base64 is of numbers of 32 bits, the least byte first", () =>
  Effect.gen(function* () {
    const { url } = yield* startVectors()
    const { body } = yield* postJson(`${url}/v1/embeddings`, {
      model,
      input: ["a", "b"],
      encoding_format: "base64"
    })
    // 1, 0.5 and -0.25.
    assertEquals(body.data[1].embedding, "AACAPwAAAD8AAIC+")
  }))

liveTest(
  "every form of input goes on as it is, with what else there is to say",
  () =>
    Effect.gen(function* () {
      const { calls, url } = yield* startVectors()
      for (const input of ["text", ["a", "b"], [1, 2, 3], [[1, 2], [3]]]) {
        yield* Effect.promise(() =>
          client(url).embeddings.create({ model, input, dimensions: 3, user: "ada" })
        )
      }
      assertEquals(calls.map(({ body }) => body.input), [
        ["text"],
        ["a", "b"],
        [[1, 2, 3]],
        [[1, 2], [3]]
      ])
      assertEquals([calls[0]?.body.dimensions, calls[0]?.body.user], [3, "ada"])
      const own = yield* postJson(`${url}/v1/embeddings`, { model, input: "a", truncate: "END" })
      assertEquals([own.status, calls.at(-1)?.body.truncate], [200, "END"])
    })
)

liveTest("Vercel's and LangChain's clients get vectors", () =>
  Effect.gen(function* () {
    const { url } = yield* startVectors()
    const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey })
    const one = yield* Effect.promise(() =>
      embed({ model: provider.embedding(model), value: "a", maxRetries: 0 })
    )
    assertEquals([one.embedding, one.usage.tokens], [[...vectorOf(0)], tokensRead])
    const many = yield* Effect.promise(() =>
      embedMany({ model: provider.embedding(model), values: ["a", "b"], maxRetries: 0 })
    )
    assertEquals(many.embeddings, [[...vectorOf(0)], [...vectorOf(1)]])
    const chain = new OpenAIEmbeddings({
      model,
      apiKey,
      maxRetries: 0,
      configuration: { baseURL: `${url}/v1` }
    })
    const documents = yield* Effect.promise(() => chain.embedDocuments(["a", "b"]))
    assertEquals(documents, [[...vectorOf(0)], [...vectorOf(1)]])
  }))

liveTest(
  "the answer tells its cost and its request, and the books agree",
  () =>
    Effect.gen(function* () {
      const { api, url } = yield* startVectors()
      const told = yield* postJson(`${url}/v1/embeddings`, { model, input: "a" }, {
        "x-request-id": "req_vectors"
      })
      assertEquals(told.headers.get("x-request-id"), "req_vectors")
      assertEquals(told.headers.get("x-penstock-attempts"), "1")
      // 12 tokens at 0.02 dollars a million.
      assertEquals(told.headers.get("x-penstock-cost"), "0.00000024")
      const usage = yield* Effect.promise(() =>
        fetch(`${api}/stats/usage`, { headers: { "x-api-key": apiKey } }).then((it) => it.json())
      )
      assertEquals(usage.by_model[model].tokens, tokensRead)
      assertEquals([usage.total_requests, usage.total_cost], [1, 0.00000024])
    })
)

liveTest("a failure is asked again, unseen by the client", () =>
  Effect.gen(function* () {
    const { calls, url } = yield* startVectors({ fails: (call) => call === 1 })
    const told = yield* Effect.promise(() => client(url).embeddings.create({ model, input: "a" }))
    assertEquals([told.data.length, calls.length], [1, 2])
  }))

liveTest("what is wrong is told in the client's own words", () =>
  Effect.gen(function* () {
    const { calls, url } = yield* startVectors()
    const wrong: ReadonlyArray<readonly [object, string]> = [
      [{ model }, "input"],
      [{ model, input: [] }, "input"],
      [{ model, input: [1.5] }, "input"],
      [{ model, input: ["a", 1] }, "input"],
      [{ model, input: "a", encoding_format: "int8" }, "encoding_format"],
      [{ model, input: "a", dimensions: 0 }, "dimensions"],
      [{ input: "a" }, "model"],
      [{ model: "gpt-4o", input: "a" }, "model"],
      [{ model: "auto", input: "a" }, "model"],
      [{ model: "gemini-embedding-001", input: [1, 2] }, "input[0]"]
    ]
    for (const [body, param] of wrong) {
      const { body: told, status } = yield* postJson(`${url}/v1/embeddings`, body)
      assertEquals([status, told.error.param], [400, param], JSON.stringify(body))
      assertEquals(told.error.type, "invalid_request_error")
    }
    const unknown = yield* postJson(`${url}/v1/embeddings`, { model: "nobody", input: "a" })
    assertEquals([unknown.status, unknown.body.error.code], [404, "model_not_found"])
    assertEquals(calls, [])
  }))

liveTest(
  "a model that only makes vectors is not asked for an answer",
  () =>
    Effect.gen(function* () {
      const { calls, url } = yield* startVectors()
      const { body, status } = yield* postJson(`${url}/v1/chat/completions`, {
        model,
        messages: [{ role: "user", content: "Hi" }]
      })
      assertEquals([status, calls], [400, []])
      assertStringIncludes(body.error.message, model)
    })
)

liveTest(
  "the simulator makes vectors, the same each time, near to each other by their words",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startVectors()
      const make = (input: ReadonlyArray<string>) =>
        Effect.promise(() =>
          client(url).embeddings.create({ model: "simulator-embedding", input: [...input] })
        )
      const texts = ["the cat sat", "the cat ran", "stock prices fell"]
      const [first, second] = [yield* make(texts), yield* make(texts)]
      assertEquals(first.data, second.data)
      const [a, b, c] = first.data.map(({ embedding }) => embedding)
      const near = (x: Array<number>, y: Array<number>) =>
        x.reduce((sum, n, at) => sum + n * y[at]!, 0)
      assert(near(a!, b!) > near(a!, c!) + 0.3)
      assert(Math.abs(near(a!, a!) - 1) < 1e-6)
    })
)
