import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Configuration } from "../../src/config/Configuration.ts"
import { parseConfigFile } from "../../src/config/readFile.ts"
import { settingsOf } from "../../src/config/Settings.ts"
import { defaultPolicy, defaultTraffic } from "../../src/config/Traffic.ts"
import { Egress } from "../../src/provider/Egress.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { roster } from "../../src/provider/roster.ts"
import { ModelTable } from "../../src/routing/ModelTable.ts"
import { test } from "../kit/effect.ts"
import { settled, upstream } from "../kit/upstream.ts"
import { fakeActor, providersOf } from "./FakeActor.ts"

/** A table of what `config` says, once its providers have told which models they serve. */
const tabled = (
  name: string,
  config: object,
  models: ReadonlyArray<string>,
  body: (table: ModelTable["Service"]) => void
) =>
  test(name, () => {
    const { send } = upstream(() => ({ steps: [] }), models)
    return Effect.gen(function* () {
      const file = yield* parseConfigFile("a.json", JSON.stringify(config))
      const settings = yield* settingsOf(file, "a.json")
      const providers = yield* roster(settings)
      yield* Effect.gen(function* () {
        const table = yield* ModelTable
        yield* settled
        body(table)
      }).pipe(Effect.provide(
        ModelTable.layer.pipe(
          Layer.provide(
            Configuration.layerFixed({ ...defaultTraffic, models: settings.models })
          ),
          Layer.provide(Providers.layer(providers)),
          Layer.provide(Supervisor.layer),
          Layer.provide(Layer.succeed(Egress, { send }))
        )
      ))
    }).pipe(Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnvRecord({ OPENAI_API_KEY: "k", OLLAMA_BASE_URL: "http://ollama" })
    ))
  })

const who = (table: ModelTable["Service"], id: string) =>
  table.lookup(id)?.provider.settings.provider.id

tabled("a model is found by its id, and by nothing else", {}, [], (table) => {
  assertEquals(who(table, "gpt-4o"), "openai")
  assertEquals(who(table, "claude-3"), "anthropic")
  assertEquals(who(table, "gemini-pro"), "google")
  assertEquals(table.lookup("gpt-4")?.model.upstreamModel, "gpt-5.4")
  for (const id of ["", "gpt", "GPT-4o", "gpt-4o/../x", "constructor"]) {
    assertEquals(table.lookup(id), undefined)
  }
})

tabled("every id stands in the list once, and is found", {}, ["gpt-4o", "llama"], (table) => {
  const ids = table.all().map(({ model }) => model.id)
  assertEquals(new Set(ids).size, ids.length)
  for (const { model, provider } of table.all()) {
    assertEquals(who(table, model.id), provider.settings.provider.id)
  }
})

const price = { input_per_1m_tokens: 1, output_per_1m_tokens: 2 }

tabled(
  "what is configured counts before the catalogue, and the rest stays as it was",
  {
    models: {
      "gpt-4o": { name: "Ours", context_window: 5, price },
      "gpt-5": { upstream_model: "gpt-5-2027", max_output_tokens: 6, capabilities: ["tools"] },
      "gpt-4": { enabled: false }
    }
  },
  [],
  (table) => {
    const gpt4o = table.lookup("gpt-4o")?.model
    assertEquals([gpt4o?.name, gpt4o?.contextWindow, gpt4o?.maxOutputTokens], ["Ours", 5, 16_384])
    assertEquals([gpt4o?.rates?.input, gpt4o?.rates?.output], [1, 2])
    assertEquals(gpt4o?.unsupportedParameters, ["reasoning_effort"])
    const gpt5 = table.lookup("gpt-5")?.model
    assertEquals([gpt5?.upstreamModel, gpt5?.maxOutputTokens], ["gpt-5-2027", 6])
    assertEquals([gpt5?.capabilities, gpt5?.unknownCapabilities], [["tools"], undefined])
    assertEquals(table.lookup("gpt-4")?.enabled, false)
    assertEquals(table.lookup("gpt-4.1")?.enabled, true)
  }
)

const mine = {
  providers: { mine: { dialect: "openai", base_url: "http://mine", discover: false } }
}

tabled(
  "a model can be added, and one of the catalogue be given to another provider",
  {
    ...mine,
    models: {
      homemade: { provider: "mine" },
      "gpt-4o": { provider: "mine", upstream_model: "deployment-7" },
      "gpt-4.1": { provider: "openai", name: "Ours" }
    }
  },
  [],
  (table) => {
    const homemade = table.lookup("homemade")
    assertEquals(homemade?.model, {
      id: "homemade",
      name: "homemade",
      capabilities: ["text-generation", "conversation"],
      provider: "mine",
      type: "text",
      upstreamModel: "homemade",
      contextWindow: undefined,
      maxOutputTokens: undefined,
      rates: undefined,
      unknownCapabilities: ["vision", "tools", "json-schema", "reasoning", "embeddings"]
    })
    const given = table.lookup("gpt-4o")
    assertEquals([given?.model.provider, given?.model.upstreamModel], ["mine", "deployment-7"])
    // What the catalogue knows of a model holds for its own provider only.
    assertEquals([given?.model.contextWindow, given?.model.unsupportedParameters], [
      undefined,
      undefined
    ])
    assertEquals(table.lookup("gpt-4.1")?.model.contextWindow, 1_047_576)
  }
)

tabled(
  "what a provider tells of is offered, with what is configured of it",
  {
    models: { llama: { name: "Llama", price }, qwen: { enabled: false } }
  },
  ["llama", "qwen", "phi:3/mini"],
  (table) => {
    assertEquals(who(table, "llama"), "ollama")
    assertEquals(table.lookup("llama")?.model.name, "Llama")
    assertEquals(table.lookup("llama")?.model.rates?.output, 2)
    assertEquals(table.lookup("qwen")?.enabled, false)
    assertEquals(table.lookup("phi:3/mini")?.model.upstreamModel, "phi:3/mini")
    assertEquals(table.all().slice(-3).map(({ model }) => model.id), [
      "llama",
      "qwen",
      "phi:3/mini"
    ])
  }
)

const own = { dialect: "openai", base_url: "http://own" }

tabled(
  "the first provider keeps an id that several tell of, or that the catalogue has",
  {
    providers: { first: own, second: own }
  },
  ["gpt-4o", "shared"],
  (table) => {
    assertEquals(who(table, "gpt-4o"), "openai")
    assertEquals(who(table, "shared"), "ollama")
    for (const id of ["gpt-4o", "shared"]) {
      assertEquals(table.all().filter(({ model }) => model.id === id).length, 1)
    }
  }
)

test("a snapshot is made once, and again when the configuration changes or a provider tells more", () => {
  let traffic = defaultTraffic
  const provider = fakeActor("own")
  return Effect.gen(function* () {
    const { snapshot } = yield* ModelTable
    const first = snapshot()
    assertStrictEquals(snapshot(), first)
    assertEquals(first.find("llama"), undefined)

    provider.discover("llama")
    const second = snapshot()
    assertNotStrictEquals(second, first)
    assertStrictEquals(snapshot(), second)
    assertEquals(second.find("llama")?.deployments.map(({ id }) => id), ["llama@own"])

    const policy = { ...defaultPolicy, priority: 7 }
    traffic = { ...traffic, version: 1, policies: new Map([["llama", policy]]) }
    const third = snapshot()
    assertNotStrictEquals(third, second)
    assertStrictEquals(snapshot(), third)
    assertStrictEquals(third.traffic, traffic)
    assertStrictEquals(third.find("llama")?.policy, policy)

    // Whoever took one keeps what it said.
    assertEquals(first.find("llama"), undefined)
    assertEquals(second.find("llama")?.policy.priority, 1)
    assertEquals(second.traffic, defaultTraffic)
  }).pipe(Effect.provide(
    ModelTable.layer.pipe(
      Layer.provide(Layer.succeed(Configuration, { current: () => traffic })),
      Layer.provide(Layer.succeed(Providers, providersOf(provider)))
    )
  ))
})
