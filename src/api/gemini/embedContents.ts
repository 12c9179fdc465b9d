/**
 * Texts as vectors, as Gemini's clients ask for them: for one by `embedContent`, for many by
 * `batchEmbedContents`.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { EmbeddingPurpose } from "../../domain/Embedding.ts"
import { GatewayError, invalidRequest, type Issue } from "../../domain/GatewayError.ts"
import type { Embedded } from "../../gateway/embed.ts"
import { dropUnsupported } from "../dropUnsupported.ts"
import { embedding, type ReadingVectors } from "../embedding.ts"
import type { Path } from "../Fields.ts"
import { array, object } from "../json.ts"
import { camelObject } from "./camel.ts"
import { readEmbedding } from "./embedding.ts"
import { fieldOf } from "./path.ts"
import { gemini } from "./surface.ts"

/** The most texts of one request. */
const mostTexts = 2048

/** Understands a request for the vector of one text. */
export const readOne: ReadingVectors = ({ body, headers, params }) => {
  const fields = camelObject(body)
  return fields
    ? read([fields], () => [], params.model ?? "", headers, oneBody)
    : invalidRequest("The body is not an object")
}

/** Understands a request for the vectors of many texts. */
export const readMany: ReadingVectors = ({ body, headers, params }) => {
  const requests = array(object(body)?.requests)?.map(camelObject)
  const known = requests?.filter((request) => request !== undefined)
  if (!known?.length || known.length !== requests?.length || known.length > mostTexts) {
    const message = `Expected a list of 1 to ${mostTexts} requests`
    return invalidRequest(`requests: ${message}`, { issues: [{ path: ["requests"], message }] })
  }
  return read(known, (at) => ["requests", at], params.model ?? "", headers, manyBody)
}

const read = (
  requests: ReadonlyArray<JsonObject>,
  placeOf: (at: number) => Path,
  model: string,
  headers: Headers,
  body: (embedded: Embedded) => unknown
): ReturnType<ReadingVectors> => {
  const drops = dropUnsupported(headers, false)
  if (drops instanceof GatewayError) return drops
  const issues: Array<Issue> = []
  const all = requests.map((request, at) => readEmbedding(request, placeOf(at), issues))
  const [first] = all
  all.forEach((one, at) => {
    // One request upstream has one of each.
    for (const name of ["outputDimensionality", "taskType"] as const) {
      if (one[name] === first?.[name]) continue
      issues.push({ path: [...placeOf(at), name], message: "All requests have to say the same" })
    }
  })
  const [wrong] = issues
  if (wrong) return invalidRequest(`${fieldOf(wrong.path)}: ${wrong.message}`, { issues })
  return {
    request: {
      model,
      inputs: all.map(({ text }) => text),
      dimensions: first?.outputDimensionality,
      purpose: first?.taskType === undefined ? undefined : purposes.get(first.taskType),
      dropUnsupported: drops,
      extra: { requests: all.map(({ own }) => own) },
      dialect: "gemini"
    },
    body,
    pathOf: ([field, at]) => {
      const name = names.get(String(field)) ?? String(field)
      return name === "model" ? ["model"] : [...placeOf(typeof at === "number" ? at : 0), name]
    }
  }
}

/** What each purpose is for; of all others only Google knows what they mean. */
const purposes: ReadonlyMap<string, EmbeddingPurpose> = new Map<string, EmbeddingPurpose>([
  ["RETRIEVAL_QUERY", "query"],
  ["QUESTION_ANSWERING", "query"],
  ["FACT_VERIFICATION", "query"],
  ["CODE_RETRIEVAL_QUERY", "query"],
  ["RETRIEVAL_DOCUMENT", "document"],
  ["SEMANTIC_SIMILARITY", "similarity"],
  ["CLASSIFICATION", "classification"],
  ["CLUSTERING", "clustering"]
])

/** The domain's fields, as Gemini calls them. */
const names: ReadonlyMap<string, string> = new Map([
  ["inputs", "content"],
  ["dimensions", "outputDimensionality"],
  ["purpose", "taskType"]
])

const oneBody = ({ embeddings: { vectors: [values] }, usage }: Embedded) => ({
  embedding: { values },
  usageMetadata: { promptTokenCount: usage.promptTokens, totalTokenCount: usage.promptTokens }
})

const manyBody = ({ embeddings: { vectors }, usage }: Embedded) => ({
  embeddings: vectors.map((values) => ({ values })),
  usageMetadata: { promptTokenCount: usage.promptTokens, totalTokenCount: usage.promptTokens }
})

/** Serves `:embedContent`. */
export const embedContent = embedding(gemini, readOne)
/** Serves `:batchEmbedContents`. */
export const batchEmbedContents = embedding(gemini, readMany)
