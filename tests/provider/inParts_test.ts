import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import type { EmbeddingProgress, EmbeddingRequest, Embeddings } from "../../src/domain/Embedding.ts"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import { inParts } from "../../src/provider/inParts.ts"
import { test } from "../kit/effect.ts"

const part = (...inputs: ReadonlyArray<string>): EmbeddingRequest => ({ model: "m", inputs })
const parts = [part("a", "b"), part("c")]

/** Vectors of the texts of a part, as long as `length`; each text is so many `tokens`. */
const answered = ({ inputs }: EmbeddingRequest, tokens?: number, length = 1): Embeddings => ({
  vectors: inputs.map((input) => Array(length).fill(String(input).charCodeAt(0))),
  promptTokens: tokens === undefined ? undefined : tokens * inputs.length
})

test("vectors of all parts come in their order, with the tokens of all", () =>
  Effect.gen(function* () {
    const told: Array<EmbeddingProgress> = []
    const made = yield* inParts(parts, (one) => Effect.succeed(answered(one, 3)), (progress) => {
      told.push(progress)
    })
    assertEquals(made, { vectors: [[97], [98], [99]], promptTokens: 9 })
    assertEquals(told, [
      { sent: 2, answered: 0, promptTokens: 0 },
      { sent: 2, answered: 2, promptTokens: 6 },
      { sent: 3, answered: 2, promptTokens: 6 },
      { sent: 3, answered: 3, promptTokens: 9 }
    ])
  }))

test("where one part's tokens are not told, nobody knows those of all", () =>
  Effect.gen(function* () {
    const made = yield* inParts(
      parts,
      (one) => Effect.succeed(answered(one, one.inputs.length === 2 ? 3 : undefined))
    )
    assertEquals(made.promptTokens, undefined)
  }))

test("the first fault ends it, and no more is asked for", () =>
  Effect.gen(function* () {
    let asked = 0
    const fault = new UpstreamFault({ class: "server", message: "no" })
    const error = yield* Effect.flip(inParts([...parts, part("d")], (one) => {
      asked++
      return asked === 2 ? Effect.fail(fault) : Effect.succeed(answered(one))
    }))
    assertEquals([error, asked], [fault, 2])
  }))

test("parts whose vectors differ in length are no answer", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      inParts(parts, (one) => Effect.succeed(answered(one, 1, one.inputs.length)))
    )
    assertEquals(error.class, "bad_response")
  }))

test("all answers together have as much room as one would have", () =>
  Effect.gen(function* () {
    const limits: Array<number> = []
    const ask = (one: EmbeddingRequest, limit: number) => {
      limits.push(limit)
      return Effect.succeed(answered(one))
    }
    yield* inParts([part("a")], ask)
    yield* inParts(Array(100).fill(part("a")), ask)
    const [alone = 0, ...shared] = limits
    assertEquals(shared.reduce((sum, limit) => sum + limit, 0) <= alone, true)
  }))
