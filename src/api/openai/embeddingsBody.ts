/**
 * Vectors as OpenAI's clients read them.
 *
 * @module
 */
import type { Embedded } from "../../gateway/embed.ts"

/** How a vector is written: as numbers, or as base64 of their bytes. */
export type VectorFormat = "float" | "base64"

/** The body of a response. */
export const embeddingsBody = (format: VectorFormat) => (embedded: Embedded) => {
  const { embeddings: { vectors }, model, usage: { promptTokens } } = embedded
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: format === "base64" ? base64(vector) : vector
    })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens }
  }
}

/** Each number in 32 bits, the least byte first, as every machine that runs Deno has it. */
const base64 = (vector: ReadonlyArray<number>): string =>
  new Uint8Array(Float32Array.from(vector).buffer).toBase64()
