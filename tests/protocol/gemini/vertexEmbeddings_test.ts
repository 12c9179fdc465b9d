import { assertEquals } from "@std/assert"
import type { EmbeddingRequest } from "../../../src/domain/Embedding.ts"
import { vertex } from "../../../src/protocol/gemini/vertex.ts"
import { faultIn } from "../vectors.ts"

const { decode, encode, parts, unsupported } = vertex.embeddings!

const request: EmbeddingRequest = { model: "m", inputs: ["a", "b"], dimensions: 64 }

const sent = (model: string, changes: Partial<EmbeddingRequest> = {}) =>
  JSON.parse(JSON.stringify(encode({ ...request, ...changes }, model)))

const path = "/v1beta/models/text-embedding-005:predict"

Deno.test("texts are instances, and what is too long is not cut without a word", () => {
  assertEquals(sent("text-embedding-005", { purpose: "document" }), {
    path,
    body: {
      instances: [
        { content: "a", task_type: "RETRIEVAL_DOCUMENT" },
        { content: "b", task_type: "RETRIEVAL_DOCUMENT" }
      ],
      parameters: { outputDimensionality: 64, autoTruncate: false }
    }
  })
  assertEquals(sent("text-embedding-005", { dimensions: undefined }).body, {
    instances: [{ content: "a" }, { content: "b" }],
    parameters: { autoTruncate: false }
  })
})

const own = (fields: object): Partial<EmbeddingRequest> => ({
  dialect: "gemini",
  extra: { requests: [{ ...fields, title: "A" }, { ...fields, title: "B" }] }
})

Deno.test("what Gemini's clients say of a text is said in Vertex' words", () => {
  const { body } = sent(
    "text-embedding-005",
    own({ taskType: "CODE_RETRIEVAL_QUERY", autoTruncate: true })
  )
  assertEquals(body, {
    instances: [
      { content: "a", task_type: "CODE_RETRIEVAL_QUERY", title: "A" },
      { content: "b", task_type: "CODE_RETRIEVAL_QUERY", title: "B" }
    ],
    parameters: { outputDimensionality: 64, autoTruncate: true }
  })
  const { body: ours } = sent("text-embedding-005", { ...own({}), dialect: "openai" })
  assertEquals(ours.instances, [{ content: "a" }, { content: "b" }])
})

Deno.test("only the newer models of Gemini are asked by embedContent", () => {
  for (const model of ["gemini-embedding-001", "models/gemini-embedding-001", "multi-002"]) {
    assertEquals(sent(model).path.split(":")[1], "predict", model)
  }
  assertEquals(sent("gemini-embedding-2", { inputs: ["a"], purpose: "clustering" }), {
    path: "/v1beta/models/gemini-embedding-2:embedContent",
    body: {
      content: { parts: [{ text: "a" }] },
      embedContentConfig: {
        taskType: "CLUSTERING",
        outputDimensionality: 64,
        autoTruncate: false
      }
    }
  })
  const told = own({ autoTruncate: true, embedContentConfig: { documentOcr: true } })
  assertEquals(sent("gemini-embedding-2", told).body.embedContentConfig, {
    title: "A",
    outputDimensionality: 64,
    autoTruncate: true,
    documentOcr: true
  })
})

Deno.test("Gemini takes one text at a time, and others 250 of 20,000 characters together", () => {
  const sizes = (model: string, inputs: ReadonlyArray<string>) =>
    parts!({ ...request, inputs }, model).map((part) => part.inputs.length)
  const short = Array<string>(300).fill("a")
  assertEquals(sizes("gemini-embedding-001", ["a", "b"]), [1, 1])
  assertEquals(sizes("gemini-embedding-2", ["a", "b"]), [1, 1])
  assertEquals(sizes("text-embedding-005", short), [250, 50])
  assertEquals(sizes("text-embedding-005", Array(5).fill("a".repeat(8000))), [2, 2, 1])
})

Deno.test("tokens cannot be said, and no more than a hundred calls are made", () => {
  const paths = (model: string, inputs: EmbeddingRequest["inputs"]) =>
    unsupported({ ...request, purpose: "similarity", inputs }, model).map(({ path }) => path)
  assertEquals(paths("text-embedding-005", ["a", [1]]), [["inputs", 1]])
  assertEquals(paths("gemini-embedding-001", Array(101).fill("a")), [["inputs"]])
  assertEquals(paths("text-embedding-005", Array(2048).fill("a")), [])
})

const made = (values: unknown, token_count?: unknown) => ({
  embeddings: { values, statistics: { token_count, truncated: false } }
})

Deno.test("predictions are read, and their tokens summed where all are told", () => {
  assertEquals(decode({ predictions: [made([1, 2], 3), made([3, 4], 5)] }), {
    vectors: [[1, 2], [3, 4]],
    promptTokens: 8
  })
  assertEquals(decode({ predictions: [made([1], 3), made([2])] }), {
    vectors: [[1], [2]],
    promptTokens: undefined
  })
})

Deno.test("a content's vector is read as Gemini's is", () => {
  const usageMetadata = { promptTokenCount: 4, totalTokenCount: 4 }
  assertEquals(decode({ embedding: { values: [1, 2] }, usageMetadata, truncated: false }), {
    vectors: [[1, 2]],
    promptTokens: 4
  })
})

Deno.test("what is no vector is a bad response", () => {
  const wrong = [
    null,
    { predictions: [null] },
    { predictions: [{}] },
    { predictions: [{ embeddings: [1, 2] }] },
    { predictions: [made(["1"])] },
    { predictions: [made([])] },
    { predictions: [made([1]), made(null)] },
    { embedding: {} }
  ]
  for (const body of wrong) assertEquals(faultIn(decode(body)), "bad_response")
  assertEquals(decode({ predictions: "none" }), { vectors: [], promptTokens: 0 })
})
