import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ModelList } from "../../../src/api/native/ModelBodies.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { hello, start } from "../../kit/gateway.ts"
import { askJson, postJson, variablesFor } from "../upstreams.ts"

const listed = [
  { id: "brand-new" },
  {
    id: "maker/plain",
    name: "Plain",
    context_length: 4096,
    top_provider: { max_completion_tokens: 1024 },
    architecture: { input_modalities: ["text"], output_modalities: ["text"] },
    supported_parameters: ["temperature"],
    pricing: { prompt: "0.0000005", completion: "0.0000015" }
  },
  { id: "text-embedding-new" },
  { id: "whisper-1" },
  { id: "bad\nid" },
  { id: "gpt-4o" },
  { id: "gpt-4o" }
]

/** A gateway in front of one provider that lists `models`, once it was told of them. */
const listing = Effect.fnUntraced(function* (models: ReadonlyArray<object>) {
  const provider = yield* FakeProvider.start()
  provider.respondToProbes(FakeProvider.json({ object: "list", data: models }))
  const { OPENAI_API_KEY, OPENAI_BASE_URL } = variablesFor(provider.url)
  const gateway = yield* start({
    env: { OPENAI_API_KEY, OPENAI_BASE_URL },
    config: { models: { "gpt-4.1": { capabilities: ["conversation"] } } }
  })
  // deno-lint-ignore no-explicit-any -- JSON, looked into
  const find = (id: string): Effect.Effect<any> =>
    Effect.map(
      askJson(`${gateway.api}/models`),
      ({ body }) => body.models.find((model: { id: string }) => model.id === id)
    )
  while (!(yield* find("brand-new"))) yield* Effect.sleep(10)
  return { provider, find, ...gateway }
})

liveTest(
  "a model that only its provider's list knows is there at once, and can be asked",
  () =>
    Effect.gen(function* () {
      const { api, find, provider } = yield* listing(listed)
      assertEquals(yield* find("brand-new"), {
        id: "brand-new",
        name: "brand-new",
        provider: "openai",
        type: "text",
        status: "available",
        listed: true,
        capabilities: ["text-generation", "conversation"],
        unknown_capabilities: ["vision", "tools", "json-schema", "reasoning", "embeddings"],
        limits: { max_tokens: null, context_window: null },
        pricing: null
      })
      // Nobody knows what it can do, so it is asked for anything.
      const asked = yield* postJson(`${api}/generate`, hello("brand-new", { tools: [look] }))
      assertEquals([asked.status, asked.body.model], [200, "brand-new"])
      assertEquals(provider.calls[0]?.body.model, "brand-new")
    })
)

const look = { type: "function", function: { name: "look", parameters: { type: "object" } } }

liveTest(
  "what the list tells of a model is shown, and held to, before anybody is asked",
  () =>
    Effect.gen(function* () {
      const { api, find, provider } = yield* listing(listed)
      assertEquals(yield* find("maker/plain"), {
        id: "maker/plain",
        name: "Plain",
        provider: "openai",
        type: "text",
        status: "available",
        listed: true,
        capabilities: ["text-generation", "conversation"],
        limits: { max_tokens: 1024, context_window: 4096 },
        pricing: { input_per_1k_tokens: 0.0005, output_per_1k_tokens: 0.0015 }
      })
      for (const drop_unsupported of [false, true]) {
        const { status, body } = yield* postJson(`${api}/generate`, {
          ...hello("maker/plain", { tools: [look] }),
          drop_unsupported
        })
        assertEquals([status, body.error.code], [400, "INVALID_REQUEST"])
        assertEquals(body.error.details, {
          reason: "unsupported_parameter",
          issues: [{ path: "parameters.tools", message: 'Model "maker/plain" calls no tools' }]
        })
        assertStringIncludes(body.error.message, "maker/plain")
      }
      assertEquals(provider.calls, [])
      const thought = hello("maker/plain", { reasoning_effort: "low", temperature: 1 })
      assertEquals((yield* postJson(`${api}/generate`, thought)).status, 400)
      const dropped = yield* postJson(`${api}/generate`, { ...thought, drop_unsupported: true })
      assertEquals(dropped.status, 200)
      assertEquals(dropped.headers.get("x-penstock-dropped"), "parameters.reasoning_effort")
      assertEquals(Object.keys(provider.calls[0]!.body).includes("reasoning_effort"), false)
    })
)

liveTest(
  "a list is shown by what it is worth: each model once, and none that is for something else",
  () =>
    Effect.gen(function* () {
      const { api, find } = yield* listing(listed)
      const { body } = yield* askJson(`${api}/models`)
      const ids: ReadonlyArray<string> = body.models.map(({ id }: { id: string }) => id)
      assertEquals(ids.filter((id) => id === "gpt-4o"), ["gpt-4o"])
      for (const id of ids) assertMatch(id, /^[\x21-\x7e]+$/)
      assert(!ids.includes("whisper-1"))
      const vectors = yield* find("text-embedding-new")
      assertEquals([vectors.type, vectors.capabilities], ["embedding", ["embeddings"]])
      const asked = yield* postJson(`${api}/generate`, hello("text-embedding-new"))
      assertEquals([asked.status, asked.body.error.details.issues[0].path], [400, "model"])
    })
)

liveTest(
  "a model of the catalogue that is not listed is unavailable, is asked, and shows what it can",
  () =>
    Effect.gen(function* () {
      const { api, find } = yield* listing(listed)
      assertEquals((yield* find("gpt-4o")).status, "available")
      const missing = yield* find("gpt-5")
      assertEquals([missing.status, missing.listed, missing.reason], [
        "unavailable",
        false,
        'Provider "openai" does not list it'
      ])
      // Nobody was asked yet.
      assertEquals((yield* askJson(`${api}/models/gpt-5/status`)).body.status, "unavailable")
      assertEquals((yield* postJson(`${api}/generate`, hello("gpt-5"))).status, 200)
      const found = yield* find("gpt-5")
      assertEquals([found.status, found.listed, found.reason], ["available", false, undefined])
      // What an operator says of a model is all of it.
      const own = yield* find("gpt-4.1")
      assertEquals([own.capabilities, own.unknown_capabilities], [["conversation"], undefined])
    })
)

liveTest("/models is as it is declared, whatever is listed", () =>
  Effect.gen(function* () {
    const { api } = yield* listing([{ id: "brand-new" }, ...hostile])
    const { body } = yield* askJson(`${api}/models`)
    const decoded = Schema.decodeUnknownExit(ModelList)(body, { onExcessProperty: "error" })
    assertEquals(decoded._tag, "Success")
    const constructor = yield* askJson(`${api}/models/__proto__/status`)
    assertEquals([constructor.status, constructor.body.model_id], [200, "__proto__"])
  }))

const hostile = [
  null,
  "model",
  { id: "__proto__", name: { toString: 1 } },
  { id: "a".repeat(100_000) },
  {
    id: "n",
    name: "n".repeat(100_000),
    context_length: -5,
    pricing: { prompt: "-1", completion: "x" }
  },
  {
    id: "<script>alert(1)</script>",
    capabilities: [{}],
    providers: [null, 1, { context_length: "9" }]
  },
  { id: "x", context_length: 1e308, max_completion_tokens: Number.MAX_SAFE_INTEGER },
  ...Array.from({ length: 6000 }, (_, index) => ({ id: `m-${index}` }))
].map((model) => Object(model))
