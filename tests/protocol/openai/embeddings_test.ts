import { assertEquals } from "@std/assert"
import type { EmbeddingRequest } from "../../../src/domain/Embedding.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { base64, faultIn } from "../vectors.ts"

const { decode, encode, unsupported } = openai().embeddings!
const request: EmbeddingRequest = {
  model: "ours",
  inputs: ["a", [1, 2]],
  dimensions: 3,
  user: "u",
  dialect: "openai",
  extra: { truncate: true }
}

/** What goes out, without what is left out. */
const sent = (call: { readonly body: object }) => JSON.parse(JSON.stringify(call.body))

Deno.test("inputs, dimensions, user and fields of the client's own are sent", () => {
  const call = encode(request, "theirs")
  assertEquals(call.path, "/embeddings")
  assertEquals(sent(call), {
    model: "theirs",
    input: ["a", [1, 2]],
    dimensions: 3,
    user: "u",
    truncate: true
  })
})

Deno.test("fields of a client of another dialect stay behind", () => {
  const body = sent(encode({ ...request, dialect: "gemini" }, "theirs"))
  assertEquals("truncate" in body, false)
})

Deno.test("a provider's quirks are heeded", () => {
  const { embeddings } = openai({
    userField: "none",
    vectorFormat: "base64",
    dimensionsField: "output_dimension"
  })
  assertEquals(sent(embeddings!.encode({ ...request, extra: undefined }, "theirs")), {
    model: "theirs",
    input: ["a", [1, 2]],
    output_dimension: 3,
    encoding_format: "base64"
  })
})

Deno.test("a purpose cannot be said", () => {
  assertEquals(unsupported(request, "m"), [])
  assertEquals(unsupported({ ...request, purpose: "query" }, "m").map(({ path }) => path), [[
    "purpose"
  ]])
})

Deno.test("vectors are read as numbers and as base64, by their index", () => {
  assertEquals(
    decode({
      data: [{ index: 1, embedding: base64([0.5, -2]) }, { index: 0, embedding: [1, 2.5] }],
      usage: { prompt_tokens: 3, total_tokens: 3 }
    }),
    { vectors: [[1, 2.5], [0.5, -2]], promptTokens: 3 }
  )
})

Deno.test("without an index or usage, the order counts, and no tokens are reported", () => {
  assertEquals(decode({ data: [{ embedding: [1] }, { embedding: [2] }] }), {
    vectors: [[1], [2]],
    promptTokens: undefined
  })
})

Deno.test("what is no vector is a bad response, and an error in the body is told", () => {
  const wrong = ["", "AAA", base64([NaN]), [], [1, "2"], [Infinity], null, { 0: 1 }]
  for (const embedding of wrong) {
    assertEquals(faultIn(decode({ data: [{ index: 0, embedding }] })), "bad_response")
  }
  const twice = { data: [{ index: 0, embedding: [1] }, { index: 0, embedding: [2] }] }
  assertEquals(faultIn(decode(twice)), "bad_response")
  assertEquals(faultIn(decode([])), "bad_response")
  const told = { error: { message: "no", code: "rate_limit_exceeded" } }
  assertEquals(faultIn(decode(told)), "rate_limited")
})
