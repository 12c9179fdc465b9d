/**
 * What tests of vectors have in common.
 *
 * @module
 */
import { type Embeddings } from "../../src/domain/Embedding.ts"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"

/** `vector` as OpenAI writes it in base64. */
export const base64 = (vector: ReadonlyArray<number>): string =>
  new Uint8Array(Float32Array.from(vector).buffer).toBase64()

/** The class of a fault. */
export const faultIn = (decoded: Embeddings | UpstreamFault) => {
  if (!(decoded instanceof UpstreamFault)) throw new Error("It was read")
  return decoded.class
}
