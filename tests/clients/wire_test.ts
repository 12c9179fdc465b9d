import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { apiKey, start } from "../kit/gateway.ts"
import type { Place } from "./Client.ts"
import { type Ask, chat, gemini, message, response } from "./Essence.ts"
import { type Recording, recordings, serve, truthOf } from "./recordings.ts"

const surfaces: Record<string, { readonly whole: Ask; readonly streamed: Ask }> = {
  "chat completions": chat,
  responses: response,
  messages: message,
  gemini
}

/** Where Penstock finds each provider, for a server at `url`. */
const variables = (url: string): Record<string, string> => ({
  OPENAI_API_KEY: "sk-recorded",
  OPENAI_BASE_URL: `${url}/v1`,
  ANTHROPIC_API_KEY: "sk-recorded",
  ANTHROPIC_BASE_URL: url,
  GEMINI_API_KEY: "sk-recorded",
  GEMINI_BASE_URL: url,
  AZURE_OPENAI_API_KEY: "recorded",
  AZURE_OPENAI_ENDPOINT: url,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "recorded",
  AWS_SECRET_ACCESS_KEY: "recorded",
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
  COHERE_API_KEY: "recorded"
})

const gatewayTo = ({ provider }: Recording, url: string) =>
  start({
    env: variables(url),
    config: {
      providers: {
        ...Object.fromEntries(
          ["cohere", "groq", "mistral", "deepseek"].map((
            id
          ) => [id, { base_url: url, api_key: "k", discover: false, health_check: "none" }])
        )
      },
      models: { recorded: { provider } }
    }
  })

for (const recording of recordings) {
  liveTest(
    `${recording.name} says the same to every client as to its provider's own`,
    () =>
      Effect.gen(function* () {
        const upstream = yield* serve(recording)
        const truth = yield* Effect.promise(() => truthOf(recording, upstream))
        const { url } = yield* gatewayTo(recording, upstream)
        const place: Place = { url, key: apiKey, model: "recorded" }
        const way = recording.streamed ? "streamed" : "whole"
        for (const [name, surface] of Object.entries(surfaces)) {
          const essence = yield* Effect.promise(() => surface[way](place))
          assertEquals(essence, truth, name)
        }
      }),
    { sanitizeOps: false, sanitizeResources: false }
  )
}

Deno.test({
  name: "every provider that was recorded is replayed from every surface",
  ignore: recordings.length === 0,
  fn: () => {
    const providers = new Set(recordings.map(({ provider }) => provider))
    const all = "anthropic azure bedrock cohere deepseek google groq mistral openai".split(" ")
    assertEquals(Array.from(providers).toSorted(), all)
    assert(recordings.length >= 30)
  }
})
