import { assert, assertEquals } from "@std/assert"
import Anthropic from "@anthropic-ai/sdk"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { liveTest } from "../../kit/effect.ts"
import { apiKey } from "../../kit/gateway.ts"
import { ask, askJson, startBoth } from "../upstreams.ts"

/** No model tells when it was made: they are offered since the gateway, which runs here, began. */
const startedAt = Math.floor(performance.timeOrigin / 1000)

const config = {
  models: { "meta/llama-3/70b": { provider: "openai" }, "gpt-4": { enabled: false } }
}

liveTest(
  "the client lists the models that can be asked for, and finds each by its id",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(undefined, { config })
      const client = new OpenAI({ apiKey, baseURL: `${url}/v1` })
      const list = yield* Effect.promise(() => Array.fromAsync(client.models.list()))
      const ids = list.map(({ id }) => id)
      for (const id of ["gpt-4o", "claude-3", "gemini-pro", "meta/llama-3/70b", "simulator"]) {
        assert(ids.includes(id), id)
      }
      assertEquals([ids.includes("gpt-4"), new Set(ids).size], [false, ids.length])
      for (const id of ["claude-3", "meta/llama-3/70b"]) {
        const model = yield* Effect.promise(() => client.models.retrieve(id))
        assertEquals(model, list.find((one) => one.id === id)!)
        assertEquals([model.object, model.created], ["model", startedAt])
      }
      // As a client that does not encode the slashes asks.
      const { body } = yield* askJson(`${url}/v1/models/meta/llama-3/70b`)
      assertEquals([body.id, body.owned_by], ["meta/llama-3/70b", "openai"])
    })
)

liveTest("a provider that nobody set up has no models in the list", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth(undefined, { env: { GEMINI_API_KEY: "" } })
    const { text } = yield* ask(`${url}/v1/models`)
    assertEquals([text.includes("gemini-pro"), text.includes("claude-3")], [false, true])
  }))

liveTest(
  "a model that is not there is not found, in the words of whoever asks",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth(undefined, { config })
      for (const id of ["gpt-99", "gpt-4", "a/b"]) {
        const { status, body } = yield* askJson(`${url}/v1/models/${id}`)
        assertEquals([status, body.error.code, body.error.param], [404, "model_not_found", "model"])
      }
      const client = new Anthropic({ apiKey, baseURL: url, maxRetries: 0 })
      const error = yield* Effect.flip(Effect.tryPromise({
        try: () => client.models.retrieve("gpt-99"),
        catch: (error) => error
      }))
      assert(error instanceof Anthropic.NotFoundError)
    })
)

liveTest(
  "Anthropic's client lists the same models in its own shape",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const client = new Anthropic({ apiKey, baseURL: url })
      const page = yield* Effect.promise(() => client.models.list())
      assertEquals([page.has_more, page.first_id], [false, page.data[0]!.id])
      assertEquals(page.last_id, page.data.at(-1)!.id)
      // A provider may tell of its own models in between.
      const { body } = yield* askJson(`${url}/v1/models`)
      const ids = new Set(body.data.map(({ id }: { id: string }) => id))
      assertEquals(page.data.filter(({ id }) => !ids.has(id)), [])
      assert(page.data.length > 10)
      const one = yield* Effect.promise(() => client.models.retrieve("claude-3"))
      assertEquals([one.type, one.id, typeof one.display_name], ["model", "claude-3", "string"])
    })
)
