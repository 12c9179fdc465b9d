import { assertEquals } from "@std/assert"
import type { EmbeddingRequest } from "../../../src/domain/Embedding.ts"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"
import { faultIn } from "../vectors.ts"

const { decode, encode, parts, unsupported } = bedrock.embeddings!

const titan = "amazon.titan-embed-text-v2:0"
const cohere = "cohere.embed-v4:0"
const request: EmbeddingRequest = { model: "m", inputs: ["a"], dimensions: 256 }

const sent = (model: string, changes: Partial<EmbeddingRequest> = {}) =>
  JSON.parse(JSON.stringify(encode({ ...request, ...changes }, model)))

const paths = (model: string, changes: Partial<EmbeddingRequest> = {}) =>
  unsupported({ ...request, ...changes }, model).map(({ path }) => path)

Deno.test("Titan is asked for one text, of which only the second knows a length", () => {
  assertEquals(sent(titan), {
    path: "/model/amazon.titan-embed-text-v2%3A0/invoke",
    body: { inputText: "a", dimensions: 256 }
  })
  assertEquals(sent("amazon.titan-embed-text-v1").body, { inputText: "a" })
  assertEquals(paths(titan), [])
  assertEquals(paths("amazon.titan-embed-text-v1"), [["dimensions"]])
  assertEquals(paths("amazon.titan-embed-g1-text-02"), [["dimensions"]])
})

Deno.test("Cohere is asked as by Cohere itself, of which only the fourth knows a length", () => {
  assertEquals(sent(cohere, { inputs: ["a", "b"], purpose: "query" }), {
    path: "/model/cohere.embed-v4%3A0/invoke",
    body: {
      texts: ["a", "b"],
      input_type: "search_query",
      embedding_types: ["float"],
      output_dimension: 256
    }
  })
  assertEquals(sent("cohere.embed-english-v3").body, {
    texts: ["a"],
    input_type: "search_document",
    embedding_types: ["float"]
  })
  assertEquals(paths("global.cohere.embed-v4:0"), [])
  assertEquals(paths("cohere.embed-multilingual-v3"), [["dimensions"]])
})

Deno.test("where an ARN hides whose model it is, the client's name tells", () => {
  const arn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/x1"
  assertEquals(sent(arn, { model: "my-cohere" }).body.texts, ["a"])
  assertEquals(sent(arn, { model: "titan" }).body.inputText, "a")
  assertEquals(
    sent(arn, { model: "titan" }).path,
    "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aapplication-inference-profile%2Fx1/invoke"
  )
  assertEquals(paths(arn), [["inputs"]])
  assertEquals(paths("amazon.nova-2-multimodal-embeddings-v1:0"), [["inputs"]])
})

Deno.test("Titan takes one text at a time, and Cohere 96", () => {
  const sizes = (model: string, length: number) =>
    parts!({ ...request, inputs: Array(length).fill("a") }, model).map((part) => part.inputs.length)
  assertEquals(sizes(titan, 3), [1, 1, 1])
  assertEquals(sizes(cohere, 100), [96, 4])
  assertEquals(paths(titan, { inputs: Array(101).fill("a") }), [["inputs"]])
})

Deno.test("tokens and a purpose that nobody knows cannot be said", () => {
  assertEquals(paths(titan, { inputs: [[1, 2]], purpose: "query" }), [["inputs", 0], ["purpose"]])
  assertEquals(paths(cohere, { inputs: [[1, 2]], purpose: "similarity" }), [["inputs", 0], [
    "purpose"
  ]])
  assertEquals(paths(cohere, { purpose: "document" }), [])
})

const counted = (said: string) => new Headers({ "x-amzn-bedrock-input-token-count": said })

Deno.test("Titan's vector comes with its tokens", () => {
  const body = { embedding: [1, 2], embeddingsByType: { float: [1, 2] }, inputTextTokenCount: 3 }
  assertEquals(decode(body, counted("9")), { vectors: [[1, 2]], promptTokens: 3 })
})

Deno.test("Cohere's vectors come by type or as a list, and their tokens in a header", () => {
  const embeddings = [[1, 2], [3, 4]]
  const told = { vectors: embeddings, promptTokens: 7 }
  const float = { id: "x", response_type: "embeddings_by_type", embeddings: { float: embeddings } }
  assertEquals(decode(float, counted("7")), told)
  assertEquals(decode({ response_type: "embeddings_floats", embeddings }, counted("7")), told)
})

Deno.test("a count that is none is none", () => {
  for (const said of ["", "x", "-1", "1.5", "1e3", "0x10", "99999999999"]) {
    assertEquals(decode({ embedding: [1] }, counted(said)), {
      vectors: [[1]],
      promptTokens: undefined
    }, said)
  }
  assertEquals(decode({ embedding: [1], inputTextTokenCount: "3" }), {
    vectors: [[1]],
    promptTokens: undefined
  })
})

Deno.test("what is no vector is a bad response", () => {
  const wrong = [
    null,
    [],
    "x",
    { embedding: null },
    { embedding: [] },
    { embedding: ["1"] },
    { embedding: [[1]] },
    { embeddings: { float: [[1], null] } },
    { embeddings: [{ values: [1] }] }
  ]
  for (const body of wrong) assertEquals(faultIn(decode(body)), "bad_response")
  // None at all: the count of inputs shows that.
  assertEquals(decode({}), { vectors: [], promptTokens: undefined })
})
