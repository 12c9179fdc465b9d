import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { type SeenCall, vectorHouse, vectorsIn } from "../vectorHouse.ts"

/** A gateway in front of a Vertex of the project `mine`. */
const house = (answer: (call: SeenCall, number: number) => Response) =>
  vectorHouse(
    (url) => ({
      VERTEX_BASE_URL: url,
      VERTEX_ACCESS_TOKEN: "ya29.fixed-token",
      GOOGLE_CLOUD_PROJECT: "mine",
      GOOGLE_CLOUD_LOCATION: "europe-west4"
    }),
    answer
  )

const place = "/v1/projects/mine/locations/europe-west4/publishers/google/models"

const predicted = ({ body }: SeenCall): Response =>
  Response.json({
    predictions: Array.from(Object(body.instances), ({ content }) => ({
      embeddings: {
        values: [content.length, 0.5],
        statistics: { token_count: 10, truncated: false }
      }
    }))
  })

const error = (code: number, status: string, message: string) =>
  Response.json({ error: { code, status, message } }, { status: code })

liveTest(
  "texts are predicted all at once, and their tokens are told",
  () =>
    Effect.gen(function* () {
      const { calls, embed } = yield* house(predicted)
      const { body, headers, status } = yield* embed({
        model: "vertex/text-embedding-005",
        input: ["a", "bb"],
        dimensions: 2
      })
      assertEquals(status, 200, JSON.stringify(body))
      assertEquals(vectorsIn(body), [[1, 0.5], [2, 0.5]])
      assertEquals(body.usage, { prompt_tokens: 20, total_tokens: 20 })
      // It is paid for by the character: what that is by the token, nobody knows.
      assertEquals(headers.get("x-penstock-cost"), null)
      const [call] = calls
      assertEquals(call?.path, `${place}/text-embedding-005:predict`)
      assertEquals(call?.headers.get("authorization"), "Bearer ya29.fixed-token")
      assertEquals(call?.body, {
        instances: [{ content: "a" }, { content: "bb" }],
        parameters: { outputDimensionality: 2, autoTruncate: false }
      })
    })
)

liveTest(
  "the first of Gemini's predicts one text after the other, at its price",
  () =>
    Effect.gen(function* () {
      const { calls, embed } = yield* house(predicted)
      const { body, headers } = yield* embed({
        model: "vertex/gemini-embedding-001",
        input: ["a", "bb", "ccc"]
      })
      assertEquals(vectorsIn(body), [[1, 0.5], [2, 0.5], [3, 0.5]])
      // 30 tokens at 0.15 dollars a million.
      assertEquals(headers.get("x-penstock-cost"), "0.0000045")
      assertEquals(calls.map(({ body }) => body.instances), [
        [{ content: "a" }],
        [{ content: "bb" }],
        [{ content: "ccc" }]
      ])
      assertEquals(
        new Set(calls.map(({ path }) => path)),
        new Set([
          `${place}/gemini-embedding-001:predict`
        ])
      )
    })
)

liveTest(
  "the second embeds a content, and each goes with what its client says of it",
  () =>
    Effect.gen(function* () {
      const { calls, post } = yield* house((_, number) =>
        Response.json({
          embedding: { values: [number] },
          usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
          truncated: false
        })
      )
      const text = (text: string, title: string) => ({
        content: { parts: [{ text }] },
        taskType: "RETRIEVAL_DOCUMENT",
        title
      })
      const { body, status } = yield* post(
        "/v1beta/models/vertex%2Fgemini-embedding-2:batchEmbedContents",
        { requests: [text("a", "A"), text("b", "B")] }
      )
      assertEquals(status, 200, JSON.stringify(body))
      assertEquals(body.embeddings, [{ values: [1] }, { values: [2] }])
      assertEquals(body.usageMetadata.promptTokenCount, 8)
      assertEquals(calls[1]?.path, `${place}/gemini-embedding-2:embedContent`)
      assertEquals(calls[1]?.body, {
        content: { parts: [{ text: "b" }] },
        embedContentConfig: { autoTruncate: false, taskType: "RETRIEVAL_DOCUMENT", title: "B" }
      })
    })
)

liveTest("Google's errors are told as what they are", () =>
  Effect.gen(function* () {
    const kinds = [
      [
        error(400, "INVALID_ARGUMENT", "The input token count is 2500 but the model supports 2048"),
        400
      ],
      [error(404, "NOT_FOUND", "Publisher Model was not found"), 502],
      [error(429, "RESOURCE_EXHAUSTED", "Quota exceeded"), 429],
      [error(403, "PERMISSION_DENIED", "Bearer ya29.fixed-token may not"), 502]
    ] as const
    for (const [wrong, status] of kinds) {
      const { embed } = yield* house(() => wrong)
      const told = yield* embed({ model: "vertex/text-embedding-005", input: "a" })
      assertEquals([told.status, told.body.data], [status, undefined], JSON.stringify(told.body))
      assert(!JSON.stringify(told.body).includes("ya29"))
    }
  }))

liveTest(
  "what is no answer to what was asked is told as the provider's failure",
  () =>
    Effect.gen(function* () {
      const made = (values: unknown) => ({ embeddings: { values } })
      const wrong: ReadonlyArray<object> = [
        { predictions: [made([1])] },
        { predictions: [made([1]), made([2]), made([3])] },
        { predictions: [made([1]), made([2, 3])] },
        { predictions: [made([1]), made(null)] },
        { predictions: { length: 2 } },
        { predictions: [] },
        { error: { code: 500, status: "INTERNAL", message: "no" } },
        {}
      ]
      for (const answer of wrong) {
        const { embed } = yield* house(() => Response.json(answer))
        const told = yield* embed({ model: "vertex/text-embedding-005", input: ["a", "b"] })
        assertEquals([told.status, told.body.data], [502, undefined], JSON.stringify(answer))
      }
    })
)

liveTest(
  "tokens, and more texts than there may be calls, are refused",
  () =>
    Effect.gen(function* () {
      const { calls, embed } = yield* house(predicted)
      const model = "vertex/gemini-embedding-001"
      const many = yield* embed({ model, input: Array(101).fill("a") })
      assertEquals([many.status, many.body.error.param], [400, "input"])
      assertStringIncludes(many.body.error.message, "101 calls")
      assertEquals((yield* embed({ model, input: [[1]] })).status, 400)
      assertEquals(calls, [])
    })
)
