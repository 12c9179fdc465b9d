import { assertEquals } from "@std/assert"
import type { EmbeddingRequest } from "../../../src/domain/Embedding.ts"
import { embeddings } from "../../../src/protocol/cohere/embeddings.ts"
import { faultIn } from "../vectors.ts"

const { decode, encode, parts, unsupported } = embeddings
const request: EmbeddingRequest = { model: "m", inputs: ["a", "b"], dimensions: 256 }

const sent = (changes: Partial<EmbeddingRequest> = {}) =>
  JSON.parse(JSON.stringify(encode({ ...request, ...changes }, "embed-v4.0")))

Deno.test("texts, their length and what they are for are sent", () => {
  assertEquals(sent({ purpose: "query" }), {
    path: "/v2/embed",
    body: {
      model: "embed-v4.0",
      texts: ["a", "b"],
      input_type: "search_query",
      embedding_types: ["float"],
      output_dimension: 256
    }
  })
})

Deno.test("texts of which nobody says what they are for are documents", () => {
  assertEquals(sent().body.input_type, "search_document")
  assertEquals(sent({ purpose: "document" }).body.input_type, "search_document")
  assertEquals(sent({ purpose: "clustering" }).body.input_type, "clustering")
})

Deno.test("tokens, too many texts and some purposes cannot be said", () => {
  const paths = (changes: Partial<EmbeddingRequest>) =>
    unsupported({ ...request, ...changes }, "embed-v4.0").map(({ path }) => path)
  assertEquals(paths({}), [])
  assertEquals(paths({ inputs: ["a", [1]] }), [["inputs", 1]])
  assertEquals(paths({ inputs: Array.from({ length: 9601 }, () => "a") }), [["inputs"]])
  assertEquals(paths({ purpose: "similarity" }), [["purpose"]])
})

Deno.test("no more than 96 texts go at once", () => {
  const sizes = (length: number) =>
    parts!({ ...request, inputs: Array.from({ length }, () => "a") }, "embed-v4.0").map((part) =>
      part.inputs.length
    )
  assertEquals(sizes(96), [96])
  assertEquals(sizes(200), [96, 96, 8])
})

Deno.test("vectors are read, with the tokens that are billed", () => {
  assertEquals(
    decode({
      embeddings: { float: [[1, 2], [3, 4]] },
      meta: { api_version: { version: "2" }, billed_units: { input_tokens: 9 } }
    }),
    { vectors: [[1, 2], [3, 4]], promptTokens: 9 }
  )
  assertEquals(decode({ embeddings: { float: [[1]] } }), {
    vectors: [[1]],
    promptTokens: undefined
  })
})

Deno.test("what is no vector is a bad response", () => {
  assertEquals(faultIn(decode(null)), "bad_response")
  assertEquals(faultIn(decode({ embeddings: { float: [["1"]] } })), "bad_response")
})
