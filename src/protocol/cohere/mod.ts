/**
 * Cohere's dialect: version 2 of its API.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { decode } from "./decode.ts"
import { embeddings } from "./embeddings.ts"
import { encode } from "./encode.ts"
import { fault } from "./fault.ts"
import { modelsPath, readModels } from "./models.ts"
import { reader } from "./reader.ts"
import { unsupported } from "./unsupported.ts"

/** Cohere's own dialect, as `https://api.cohere.com` speaks it. */
export const cohere: Dialect = {
  name: "cohere",
  unsupported,
  encode,
  decode,
  reader,
  fault,
  modelsPath,
  readModels,
  embeddings
}
