/**
 * The OpenAI Chat Completions dialect, which most providers speak.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { decode } from "./decode.ts"
import { embeddings } from "./embeddings.ts"
import { fault } from "./fault.ts"
import { unsupportedImages } from "./messages.ts"
import { readModels } from "./models.ts"
import type { OpenAiQuirks } from "./quirks.ts"
import { reader } from "./reader.ts"
import { withRefusals } from "./refusals.ts"
import { spoken } from "./spoken.ts"
import { unspeakable } from "./unspeakable.ts"
import { untaken } from "./taken.ts"

export type { OpenAiQuirks } from "./quirks.ts"

/** The dialect as one provider speaks it. */
export interface OpenAiDialect extends Dialect {
  /** How that provider differs from the rest. */
  readonly quirks: OpenAiQuirks
}

/** The dialect as a provider with these quirks speaks it. Base URLs end in `/v1` or the like. */
export const openai = (quirks: OpenAiQuirks = {}): OpenAiDialect => ({
  name: "openai",
  quirks,
  unsupported: (request) => [
    ...unsupportedImages(request.messages),
    ...untaken(request, quirks),
    ...unspeakable(request, quirks)
  ],
  encode: spoken(quirks),
  decode,
  reader,
  fault,
  modelsPath: "/models",
  readModels: (body) => withRefusals(readModels(body), quirks),
  embeddings: embeddings(quirks)
})
