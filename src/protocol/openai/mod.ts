/**
 * The OpenAI Chat Completions dialect, which most providers speak.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { decode } from "./decode.ts"
import { encode } from "./encode.ts"
import { fault } from "./fault.ts"
import { unsupportedImages } from "./messages.ts"
import { readModels } from "./models.ts"
import type { OpenAiQuirks } from "./quirks.ts"
import { reader } from "./reader.ts"

export type { OpenAiQuirks } from "./quirks.ts"

/** The dialect as a provider with these quirks speaks it. Base URLs end in `/v1` or the like. */
export const openai = (quirks: OpenAiQuirks = {}): Dialect => ({
  name: "openai",
  unsupported: ({ messages }) => unsupportedImages(messages),
  encode: (request, target) => encode(request, target, quirks),
  decode,
  reader,
  fault,
  modelsPath: "/models",
  readModels
})
