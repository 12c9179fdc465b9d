/**
 * The dialect of Google's Gemini API: `generateContent` and `streamGenerateContent`.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { decode } from "./decode.ts"
import { embeddings } from "./embeddings.ts"
import { fault } from "./fault.ts"
import { modelsPath, readModels } from "./models.ts"
import { reader } from "./reader.ts"
import { call, counting } from "./spoken.ts"
import { unsupported } from "./unsupported.ts"

/** Google's Gemini API. */
export const gemini: Dialect = {
  name: "gemini",
  unsupported,
  encode: call,
  decode,
  reader,
  fault,
  modelsPath,
  readModels,
  embeddings,
  counting
}
