/**
 * The models of Vertex AI: those of the Gemini API, each also by an id of its own here, and the
 * older ones that make vectors.
 *
 * Vectors: cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings, read on
 * 2026-11-23. The older ones are paid for by the character: their price by the token is not known.
 *
 * @module
 */
import type { ModelSpec } from "../../../domain/Model.ts"
import { googleModels } from "./google.ts"

const served: ReadonlyArray<ModelSpec> = [
  ...googleModels.filter((spec) => spec.aliasOf === undefined),
  {
    id: "text-embedding-005",
    name: "Text Embedding 005",
    capabilities: ["embeddings"],
    contextWindow: 2048
  },
  {
    id: "text-multilingual-embedding-002",
    name: "Text Multilingual Embedding 002",
    capabilities: ["embeddings"],
    contextWindow: 2048
  }
]

/**
 * The models of Vertex AI: as `vertex/…`, which nobody else has, and by their own names, for an
 * operator who has Vertex serve one of those.
 */
export const vertexModels: ReadonlyArray<ModelSpec> = [
  ...served.map((spec) => ({
    ...spec,
    id: `vertex/${spec.id}`,
    name: `${spec.name} on Vertex AI`,
    upstreamModel: spec.id
  })),
  ...served
]
