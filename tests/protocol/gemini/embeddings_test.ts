import { assertEquals } from "@std/assert"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { faultIn } from "../vectors.ts"

const { decode, encode, unsupported } = gemini.embeddings!

/** What goes out, without what is left out. */
const sent = (call: { readonly body: object }) => JSON.parse(JSON.stringify(call.body))

Deno.test("one text goes by embedContent", () => {
  const call = encode({ model: "m", inputs: ["a"], purpose: "query", dimensions: 5 }, "em/bed")
  assertEquals(call.path, "/v1beta/models/em%2Fbed:embedContent")
  assertEquals(sent(call), {
    model: "models/em/bed",
    content: { parts: [{ text: "a" }] },
    taskType: "RETRIEVAL_QUERY",
    outputDimensionality: 5
  })
})

Deno.test("many texts go by batchEmbedContents, each with what its client says of it", () => {
  const call = encode({
    model: "m",
    inputs: ["a", "b"],
    purpose: "query",
    dialect: "gemini",
    extra: { requests: [{ taskType: "FACT_VERIFICATION" }, { title: "B" }] }
  }, "models/embed")
  assertEquals(call.path, "/v1beta/models/embed:batchEmbedContents")
  assertEquals(sent(call), {
    requests: [
      {
        model: "models/embed",
        content: { parts: [{ text: "a" }] },
        taskType: "FACT_VERIFICATION"
      },
      {
        model: "models/embed",
        content: { parts: [{ text: "b" }] },
        taskType: "RETRIEVAL_QUERY",
        title: "B"
      }
    ]
  })
})

Deno.test("fields of a client of another dialect stay behind", () => {
  const extra = { requests: [{ title: "A" }] }
  const call = encode({ model: "m", inputs: ["a"], dialect: "openai", extra }, "embed")
  assertEquals("title" in sent(call), false)
})

Deno.test("tokens cannot be said", () => {
  assertEquals(unsupported({ model: "m", inputs: ["a"], dimensions: 3, purpose: "query" }, "m"), [])
  const paths = unsupported({ model: "m", inputs: ["a", [1]] }, "m").map(({ path }) => path)
  assertEquals(paths, [["inputs", 1]])
})

Deno.test("one vector and many are read, and usage where it is told", () => {
  assertEquals(decode({ embedding: { values: [1, 2] } }), {
    vectors: [[1, 2]],
    promptTokens: undefined
  })
  const many = { embeddings: [{ values: [1] }, { values: [2] }] }
  assertEquals(decode({ ...many, usageMetadata: { promptTokenCount: 4 } }), {
    vectors: [[1], [2]],
    promptTokens: 4
  })
})

Deno.test("what is no vector is a bad response, and an error in the body is told", () => {
  assertEquals(faultIn(decode({ embeddings: [{ values: [] }] })), "bad_response")
  assertEquals(faultIn(decode("no")), "bad_response")
  assertEquals(faultIn(decode({ error: { status: "UNAVAILABLE" } })), "overloaded")
})
