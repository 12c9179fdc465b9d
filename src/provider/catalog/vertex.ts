import * as Redacted from "effect/Redacted"
import { vertex as dialect } from "../../protocol/gemini/vertex.ts"
import { connectVertex, vertexOptions } from "../google/connectVertex.ts"
import type { Provider } from "../Provider.ts"
import { vertexModels } from "./models/vertex.ts"

/** Google's Vertex AI: the Gemini models of a project, by a service account, a token or a key. */
export const vertex: Provider = {
  id: "vertex",
  name: "Google Vertex AI",
  dialect,
  baseUrl: "https://aiplatform.googleapis.com",
  environment: { apiKey: ["VERTEX_API_KEY"], baseUrl: "VERTEX_BASE_URL" },
  authorize: (apiKey) => ({ "x-goog-api-key": Redacted.value(apiKey) }),
  options: vertexOptions,
  connect: connectVertex,
  // It has no list of models there, and an answer costs.
  healthCheck: "none",
  discovers: false,
  models: vertexModels,
  pricing: "google"
}
