/**
 * A provider that is no provider: it answers within this process, so that the gateway can be tried,
 * shown, load-tested and drilled without a key. It speaks the OpenAI dialect, and its answers go the
 * same way as any other's.
 *
 * @module
 */
import type { ModelSpec } from "../../domain/Model.ts"
import type { Dialect } from "../../protocol/Dialect.ts"
import { openai } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"
import { simulate } from "./simulate.ts"

const spoken = openai({ unsupported: ["logprobs"] })

/** What it would not heed it refuses: also what only OpenAI itself knows, such as sounds. */
const dialect: Dialect = {
  ...spoken,
  unsupported: (request) => [
    ...spoken.unsupported(request),
    ...(request.original?.only ?? []).map(({ path }) => ({
      path,
      message: "The simulator knows nothing of this"
    }))
  ]
}

/** What is charged for an answer of no model: made up, so that costs can be seen. */
const rates = { input: 1, output: 2, cachedInput: 0.5 }

const model = (id: string, what: string): ModelSpec => ({
  id,
  name: `Simulator, not a model: ${what}`,
  contextWindow: 32_768,
  maxOutputTokens: 4096,
  capabilities: ["text-generation", "conversation", "tools", "json-schema"],
  prefill: true,
  rates
})

/** The simulator. */
export const simulator = {
  id: "simulator",
  /** The provider whose answers `seed` decides: the same request is answered with the same text. */
  provider: (seed: number): Provider => ({
    id: simulator.id,
    name: "Simulator (not a model)",
    dialect,
    baseUrl: "http://simulator",
    environment: { apiKey: [], baseUrl: undefined },
    authorize: bearer,
    models: [
      model("simulator", "answers at once"),
      model("simulator-slow", "takes 2 s to begin and 0.1 s for each word"),
      model("simulator-flaky", "fails every other time"),
      model("simulator-cut", "breaks off in the middle"),
      model("simulator-rate-limited", "refuses with a rate limit"),
      model("simulator-silent", "falls silent in the middle"),
      {
        id: "simulator-embedding",
        name: "Simulator, not a model: makes vectors",
        contextWindow: 32_768,
        capabilities: ["embeddings"],
        rates
      }
    ],
    discovers: false,
    send: simulate(seed)
  })
} as const
