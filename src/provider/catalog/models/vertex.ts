/**
 * The models of Vertex AI: those of the Gemini API that answer, each also by an id of its own here.
 *
 * @module
 */
import { type ModelSpec, onlyEmbeds } from "../../../domain/Model.ts"
import { googleModels } from "./google.ts"

const answering = googleModels.filter((spec) => spec.aliasOf === undefined && !onlyEmbeds(spec))

/**
 * The models of Vertex AI: as `vertex/…`, which nobody else has, and by their own names, for an
 * operator who has Vertex serve one of those.
 */
export const vertexModels: ReadonlyArray<ModelSpec> = [
  ...answering.map((spec) => ({
    ...spec,
    id: `vertex/${spec.id}`,
    name: `${spec.name} on Vertex AI`,
    upstreamModel: spec.id
  })),
  ...answering
]
