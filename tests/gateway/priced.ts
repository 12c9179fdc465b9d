/**
 * Two models that cost something, and requests for them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { answering, json } from "../kit/upstream.ts"
import { setup } from "./places.ts"
import { recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

/** 3 nano-dollars a token read, 1 from the cache, 7 written, 9 of reasoning. */
export const price = {
  input_per_1m_tokens: 0.003,
  cached_input_per_1m_tokens: 0.001,
  output_per_1m_tokens: 0.007,
  reasoning_per_1m_tokens: 0.009
}
/** Both models at that price. */
export const priced = (near: object = {}, config: object = {}) =>
  setup({ near: { price, ...near }, far: { price }, config })
/** 10 tokens read, 5 written. */
export const good = answering("Hi", { prompt_tokens: 10, completion_tokens: 5 })
/** A failure of the provider's own. */
export const broken = json({ error: { message: "no" } }, { status: 500 })

/** Asks for a whole answer. */
export const generate = Gateway.use((gateway) => gateway.generate(ask(asking("near"))))
/** Asks for a streamed one, and says what its client saw. */
export const stream = Effect.gen(function* () {
  const client = yield* recorder
  const gateway = yield* Gateway
  yield* gateway.stream(ask(asking("near")), client)
  return client
})

/** Tokens read and written. */
export const tokens = (
  row: { readonly prompt_tokens: number; readonly completion_tokens: number }
) => [row.prompt_tokens, row.completion_tokens] as const
