import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { claimOf, isSigned } from "../../kit/fake/awsSignature.ts"
import { type SeenCall, vectorHouse, vectorsIn } from "../vectorHouse.ts"

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
const titan = "amazon.titan-embed-text-v2:0"
const cohere = "cohere.embed-v4:0"

/** A gateway in front of a Bedrock that answers only who signs as Amazon wants it. */
const house = (answer: (call: SeenCall, number: number) => Response) =>
  vectorHouse(
    (url) => ({
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: "eu-west-1"
    }),
    (call, number) =>
      isSigned(call, secret) ? answer(call, number) : fault(403, "UnrecognizedClientException")
  )

const fault = (status: number, type: string, message = "No") =>
  Response.json({ message }, { status, headers: { "x-amzn-errortype": `${type}:http://aws/` } })

const vector = (at: number) => Response.json({ embedding: [at, 0.5], inputTextTokenCount: 10 })

liveTest(
  "Titan is asked for each text by itself, with a signature that holds",
  () =>
    Effect.gen(function* () {
      const { calls, embed } = yield* house((_, number) => vector(number))
      const { body, headers, status } = yield* embed({
        model: titan,
        input: ["a", "b", "c"],
        dimensions: 256
      })
      assertEquals(status, 200, JSON.stringify(body))
      assertEquals(vectorsIn(body), [[1, 0.5], [2, 0.5], [3, 0.5]])
      assertEquals(body.usage, { prompt_tokens: 30, total_tokens: 30 })
      // 30 tokens at 0.02 dollars a million.
      assertEquals(headers.get("x-penstock-cost"), "0.0000006")
      assertEquals(calls.map(({ body }) => body), [
        { inputText: "a", dimensions: 256 },
        { inputText: "b", dimensions: 256 },
        { inputText: "c", dimensions: 256 }
      ])
      assertEquals(calls[0]?.path, "/model/amazon.titan-embed-text-v2%3A0/invoke")
      const claim = claimOf(calls[0]!.headers)
      assertEquals([claim?.region, claim?.service], ["eu-west-1", "bedrock"])
    })
)

liveTest(
  "Cohere is asked for many texts at once, and its tokens are counted in a header",
  () =>
    Effect.gen(function* () {
      const { calls, post } = yield* house(({ body }) =>
        Response.json(
          { embeddings: { float: Array.from(Object(body.texts), () => [1, 2]) } },
          { headers: { "x-amzn-bedrock-input-token-count": "40" } }
        )
      )
      // By Gemini's route: its clients can say what vectors are for.
      const content = { parts: [{ text: "a" }] }
      const { body, status } = yield* post(`/v1beta/models/${cohere}:batchEmbedContents`, {
        requests: [
          { content, taskType: "RETRIEVAL_QUERY" },
          { content, taskType: "RETRIEVAL_QUERY" }
        ]
      })
      assertEquals(status, 200, JSON.stringify(body))
      assertEquals(body.embeddings, [{ values: [1, 2] }, { values: [1, 2] }])
      assertEquals(body.usageMetadata.promptTokenCount, 40)
      assertEquals(calls.map(({ body }) => body), [{
        texts: ["a", "a"],
        input_type: "search_query",
        embedding_types: ["float"]
      }])
    })
)

liveTest(
  "each of Bedrock's errors is told as what it is, though others were answered",
  () =>
    Effect.gen(function* () {
      const kinds = [
        [fault(429, "ThrottlingException"), 429, "rate_limit_exceeded"],
        [fault(400, "ValidationException", "expected maxLength: 50000, actual: 60000"), 400, null],
        [
          fault(400, "ValidationException", "400 Bad Request: Too many input tokens"),
          400,
          "context_length_exceeded"
        ],
        [fault(500, "InternalServerException"), 502, "upstream_error"]
      ] as const
      for (const [wrong, status, code] of kinds) {
        const { calls, embed } = yield* house((_, number) => number === 2 ? wrong : vector(number))
        const told = yield* embed({ model: titan, input: ["a", "b", "c"] })
        assertEquals([told.status, calls.length], [status, 2], JSON.stringify(told.body))
        if (code) assertEquals(told.body.error.code, code)
        assertEquals(told.body.data, undefined)
      }
    })
)

liveTest(
  "what is no answer to what was asked is told as the provider's failure",
  () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<() => Response> = [
        () =>
          new Response("<html>AKIDEXAMPLE</html>", { headers: { "content-type": "text/html" } }),
        () => Response.json({ embedding: [1, "2"] }),
        () => Response.json({ embedding: [] }),
        () => Response.json({ embeddings: { float: [[1], [2]] } }),
        () => new Response('{"embedding":[1e999]}'),
        () => new Response(`{"embedding":${"[".repeat(100_000)}`),
        () => Response.json([]),
        // As much as all hundred may say together.
        () => Response.json({ embedding: Array(200_000).fill(0.123456789) })
      ]
      for (const answer of wrong) {
        const { embed } = yield* house((_, number) => number === 1 ? vector(1) : answer())
        const { body, status } = yield* embed({ model: titan, input: Array(100).fill("a") })
        assertEquals([status, body.data], [502, undefined], JSON.stringify(body).slice(0, 200))
        assert(!JSON.stringify(body).includes("AKIDEXAMPLE"))
      }
    })
)

liveTest("vectors of different lengths are no answer", () =>
  Effect.gen(function* () {
    const { embed } = yield* house((_, number) =>
      Response.json({ embedding: Array(number).fill(1), inputTextTokenCount: 1 })
    )
    assertEquals((yield* embed({ model: titan, input: ["a", "b"] })).status, 502)
  }))

liveTest(
  "what a model cannot be told is refused by its name in the request",
  () =>
    Effect.gen(function* () {
      const { calls, embed } = yield* house(() => vector(1))
      const many = yield* embed({ model: titan, input: Array(101).fill("a") })
      assertEquals([many.status, many.body.error.param], [400, "input"])
      assertStringIncludes(many.body.error.message, "101 calls")
      const tokens = yield* embed({ model: titan, input: [[1, 2]] })
      assertEquals([tokens.status, tokens.body.error.param], [400, "input[0]"])
      const sized = yield* embed({
        model: "cohere.embed-english-v3",
        input: "a",
        dimensions: 256
      })
      assertEquals([sized.status, sized.body.error.param], [400, "dimensions"])
      assertEquals(calls, [])
    })
)
