import { assertEquals, assertStringIncludes } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { parseConfigFile } from "../../src/config/readFile.ts"
import { settingsOf } from "../../src/config/Settings.ts"
import type { Parameters } from "../../src/domain/Completion.ts"
import { dialectNames, type Message } from "../../src/domain/Message.ts"
import * as catalog from "../../src/provider/catalog/mod.ts"
import { roster } from "../../src/provider/roster.ts"
import { test } from "../kit/effect.ts"

/** The providers that a file and an environment make, by id. */
const rosterOf = (config: object, env: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const file = yield* parseConfigFile("a.json", JSON.stringify(config))
    return yield* roster(yield* settingsOf(file, "a.json"))
  }).pipe(
    Effect.map((all) => new Map(all.map((one) => [one.provider.id, one]))),
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnvRecord(env)
    )
  )

const one = (id: string, config: object, env: Record<string, string> = {}) =>
  Effect.map(rosterOf(config, env), (all) => all.get(id)!)

const openai = (options: object) => ({ providers: { openai: options } })

test("without anything there is every provider of the catalogue, and the simulator", () =>
  Effect.gen(function* () {
    const all = yield* rosterOf({})
    assertEquals(new Set(all.keys()), new Set([...Object.keys(catalog), "simulator"]))
    assertEquals(Array.from(all.keys()).at(-1), "simulator")
    for (const [id, { readiness }] of all) {
      assertEquals(readiness.ready, id === "ollama" || id === "simulator", id)
    }
  }))

test("a provider without a key says which variable to set", () =>
  Effect.gen(function* () {
    const variables = {
      openai: "OPENAI_API_KEY",
      anthropic: "ANTHROPIC_API_KEY",
      google: "GEMINI_API_KEY",
      groq: "GROQ_API_KEY",
      mistral: "MISTRAL_API_KEY",
      deepseek: "DEEPSEEK_API_KEY",
      openrouter: "OPENROUTER_API_KEY",
      xai: "XAI_API_KEY",
      together: "TOGETHER_API_KEY",
      fireworks: "FIREWORKS_API_KEY",
      perplexity: "PERPLEXITY_API_KEY",
      huggingface: "HF_TOKEN"
    }
    const all = yield* rosterOf({})
    for (const [id, variable] of Object.entries(variables)) {
      const readiness = all.get(id)?.readiness
      const message = readiness?.ready === false ? readiness.message : undefined
      assertStringIncludes(message ?? "", variable)
      assertEquals((yield* one(id, {}, { [variable]: "k" })).readiness, { ready: true })
      assertEquals((yield* one(id, {}, { [variable]: "  " })).readiness.ready, false)
    }
    assertEquals((yield* one("google", {}, { GOOGLE_API_KEY: "k" })).readiness.ready, true)
  }))

test("a provider whose address only the operator knows says which variable to set", () =>
  Effect.gen(function* () {
    const variables = {
      vllm: "VLLM_BASE_URL",
      lmstudio: "LM_STUDIO_BASE_URL",
      azure: "AZURE_OPENAI_ENDPOINT"
    }
    for (const [id, variable] of Object.entries(variables)) {
      const { readiness } = yield* one(id, {}, { AZURE_OPENAI_API_KEY: "k", VLLM_API_KEY: "k" })
      assertStringIncludes(readiness.ready ? "" : readiness.message, variable)
      const env = { AZURE_OPENAI_API_KEY: "k", [variable]: "http://there" }
      assertEquals((yield* one(id, {}, env)).readiness, { ready: true })
      const inFile = { providers: { [id]: { base_url: "http://there", api_key: "k" } } }
      assertEquals((yield* one(id, inFile)).readiness, { ready: true })
    }
  }))

test("a provider is checked as it can be, unless configured otherwise", () =>
  Effect.gen(function* () {
    assertEquals((yield* one("perplexity", {})).healthCheck, "none")
    const config = { providers: { perplexity: { health_check: "completion" } } }
    assertEquals((yield* one("perplexity", config)).healthCheck, "completion")
  }))

test("the file's key and address count before the environment's", () =>
  Effect.gen(function* () {
    const env = { OPENAI_API_KEY: "env", OPENAI_BASE_URL: "http://env/v1" }
    const fromEnv = yield* one("openai", {}, env)
    assertEquals([fromEnv.baseUrl, Redacted.value(fromEnv.apiKey!)], ["http://env/v1", "env"])
    const options = { api_key: "file", base_url: "http://file/v1" }
    const fromFile = yield* one("openai", openai(options), env)
    assertEquals([fromFile.baseUrl, Redacted.value(fromFile.apiKey!)], ["http://file/v1", "file"])
    assertEquals((yield* one("openai", {})).baseUrl, "https://api.openai.com/v1")
  }))

test("a provider of the catalogue can be renamed, resized, priced, discovered and disabled", () =>
  Effect.gen(function* () {
    const { provider, size, readiness } = yield* one(
      "openai",
      openai({
        name: "Ours",
        concurrency: 3,
        waiting: 4,
        enabled: false,
        pricing: "azure",
        discover: true,
        api_key: "k"
      })
    )
    assertEquals([provider.name, provider.pricing, provider.discovers], ["Ours", "azure", true])
    assertEquals(size, { mailbox: 64, concurrency: 3, waiting: 4, waitMs: 5000 })
    assertEquals(readiness, {
      ready: false,
      reason: "disabled",
      message: `Provider "openai" is disabled`
    })
  }))

test("a call waits for 5 s and health is seen by the list of models, unless configured otherwise", () =>
  Effect.gen(function* () {
    const { size, healthCheck } = yield* one("openai", {})
    assertEquals([size.waitMs, healthCheck], [5000, "models"])
    const other = yield* one("openai", openai({ wait_seconds: 0.5, health_check: "none" }))
    assertEquals([other.size.waitMs, other.healthCheck], [500, "none"])
    assertEquals((yield* one("simulator", {})).healthCheck, "none")
  }))

test("a check asks a model that the operator has the provider serve, else one of the catalogue", () =>
  Effect.gen(function* () {
    const own = { dialect: "openai", base_url: "http://own" }
    const asked = (models: object, id = "own") =>
      Effect.map(
        one(id, { providers: { own }, models }),
        ({ probeModel }) => probeModel
      )
    assertEquals(yield* asked({}), undefined)
    assertEquals(yield* asked({ a: { provider: "own" }, b: { provider: "own" } }), "a")
    assertEquals(yield* asked({ a: { provider: "own", upstream_model: "A" } }), "A")
    assertEquals(yield* asked({ a: { provider: "own", enabled: false } }), undefined)
    const deployments = [{ provider: "openai" }, { provider: "own", upstream_model: "x" }]
    assertEquals(yield* asked({ a: { deployments } }), "x")
    assertEquals(yield* asked({ a: { deployments } }, "openai"), "a")
    // One that reasons has nothing to say in one token.
    assertEquals(yield* asked({}, "openai"), "gpt-4o")
    // One that makes vectors has nothing to say at all.
    assertEquals(yield* asked({}, "mistral"), undefined)
    assertEquals(yield* asked({}, "google"), "gemini-3.1-pro-preview")
    assertEquals(
      yield* asked({ a: { provider: "own", capabilities: ["embeddings"] } }),
      undefined
    )
  }))

test("an own provider comes after the catalogue's, in the order of the file", () =>
  Effect.gen(function* () {
    const own = { dialect: "openai", base_url: "http://own" }
    const all = yield* rosterOf({ providers: { zebra: own, ant: own } })
    assertEquals(Array.from(all.keys()).slice(-2), ["zebra", "ant"])
  }))

test("an address ends as the provider's paths want it, however it was written", () =>
  Effect.gen(function* () {
    const address = (base_url: string) =>
      Effect.map(one("ollama", { providers: { ollama: { base_url } } }), ({ baseUrl }) => baseUrl)
    for (
      const written of [
        "http://there:1",
        "http://there:1/",
        "http://there:1/v1",
        "http://there:1/v1//"
      ]
    ) {
      assertEquals(yield* address(written), "http://there:1/v1")
    }
  }))

const bad: ReadonlyArray<readonly [address: string, reason: string]> = [
  ["", "Expected"],
  ["there", "http"],
  ["ftp://there", "http"],
  ["file:///etc/passwd", "http"],
  ["http://", "http"],
  ["https://canary:canary@there/v1", "no user"],
  ["https://canary@there/v1", "no user"],
  ["https://there/v1?key=canary", "query"],
  ["https://there/v1#canary", "fragment"]
]

for (const [address, reason] of bad) {
  test(`an address such as "${address}" is refused by its place, and not repeated`, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(rosterOf(openai({ base_url: address })))
      assertEquals(error.faults.map(({ path }) => path), ["providers.openai.base_url"])
      assertStringIncludes(error.message, reason)
      assertEquals(error.message.includes("canary"), false)
      if (address === "") return
      const other = yield* Effect.flip(rosterOf({}, { OPENAI_BASE_URL: address }))
      assertEquals([other.source, other.faults[0]?.path], ["the environment", "OPENAI_BASE_URL"])
    }))
}

test("a provider of the operator's own needs a dialect and an address", () =>
  Effect.gen(function* () {
    const own = (options: object) => rosterOf({ providers: { mine: options } })
    const noDialect = yield* Effect.flip(own({ base_url: "http://mine" }))
    assertEquals([noDialect.source, noDialect.faults[0]?.path], [
      "a.json",
      "providers.mine.dialect"
    ])
    const noAddress = yield* Effect.flip(own({ dialect: "openai" }))
    assertEquals(noAddress.faults[0]?.path, "providers.mine.base_url")
  }))

test("a provider of the operator's own is shown its key as its dialect's own provider is", () =>
  Effect.gen(function* () {
    const bearer = { authorization: "Bearer k" }
    const shown = {
      openai: bearer,
      anthropic: { "anthropic-version": "2023-06-01", "x-api-key": "k" },
      gemini: { "x-goog-api-key": "k" },
      bedrock: bearer,
      cohere: bearer
    }
    const env = { AWS_ACCESS_KEY_ID: "not-for-mine", AWS_SECRET_ACCESS_KEY: "not-for-mine" }
    for (const dialect of dialectNames) {
      const mine = { dialect, base_url: "http://mine/", api_key: "k" }
      const own = yield* one("mine", { providers: { mine } }, env)
      assertEquals([own.provider.dialect.name, own.baseUrl], [dialect, "http://mine"])
      assertEquals([own.readiness, own.connection], [{ ready: true }, undefined])
      assertEquals(own.provider.authorize(own.apiKey!), shown[dialect])
      // Bedrock's list is kept at another host.
      const listed = dialect === "bedrock" ? [false, "none"] : [true, "models"]
      assertEquals([own.provider.discovers, own.healthCheck], listed)
    }
  }))

const quirky = (quirks: object, more: object = {}) => ({
  providers: { mine: { dialect: "openai", base_url: "http://mine", quirks, ...more } }
})

/** What a provider of the operator's own with these quirks is sent. */
const sentWith = (quirks: object, parameters: Parameters, messages: ReadonlyArray<Message>) =>
  Effect.map(one("mine", quirky(quirks)), ({ provider }) => {
    const request = { model: "m", messages, parameters, dropUnsupported: true }
    const { body } = provider.dialect.encode(request, { model: "m", stream: true })
    return JSON.parse(JSON.stringify(body))
  })

test("a server of the operator's own is spoken with by the quirks that the file says", () =>
  Effect.gen(function* () {
    const parameters: Parameters = {
      maxTokens: 5,
      user: "u",
      seed: 1,
      topK: 3,
      n: 2,
      stop: ["a", "b"],
      reasoningEffort: "none",
      responseFormat: { type: "json_object" },
      tools: [{ name: "a" }, { name: "b" }],
      toolChoice: { name: "b" }
    }
    const messages: ReadonlyArray<Message> = [
      { role: "user", name: "ann", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [],
        reasoning: [{ type: "text", text: "Hm" }],
        toolCalls: [{ id: "long-id-of-a-call", name: "b", arguments: "{}" }]
      }
    ]
    const plain = yield* sentWith({}, parameters, messages)
    const quirks = {
      max_tokens_field: "max_completion_tokens",
      stream_usage: false,
      user_field: "user_id",
      seed_field: "random_seed",
      reasoning_field: "reasoning",
      reasoning_switch: "thinking",
      required_tool_choice: "any",
      named_tool_choice: false,
      short_tool_call_ids: true,
      message_names: false,
      json_formats: ["json_schema"],
      most_stops: 1,
      top_k: true,
      unsupported: ["n"]
    }
    const own = yield* sentWith(quirks, parameters, messages)
    const [user, assistant] = own.messages
    assertEquals([user.name, assistant.reasoning], [undefined, "Hm"])
    assertEquals(assistant.tool_calls[0].id.length, 9)
    assertEquals([plain.messages[0].name, plain.stop, plain.tools.length], ["ann", ["a", "b"], 2])
    const { model: _, messages: __, tools, ...fields } = own
    assertEquals(tools.length, 1)
    assertEquals(fields, {
      max_completion_tokens: 5,
      user_id: "u",
      random_seed: 1,
      top_k: 3,
      stop: ["a"],
      thinking: { type: "disabled" },
      tool_choice: "any",
      stream: true
    })
  }))

test("quirks are only for a provider of the operator's own that speaks OpenAI's dialect", () =>
  Effect.gen(function* () {
    for (
      const [id, config] of [
        ["openai", openai({ quirks: {} })],
        ["mine", quirky({}, { dialect: "anthropic" })]
      ] as const
    ) {
      const { faults } = yield* Effect.flip(rosterOf(config))
      assertEquals(faults.map(({ path }) => path), [`providers.${id}.quirks`])
    }
    for (const quirks of [{ max_tokens_field: "tokens" }, { unknown: 1 }, { unsupported: ["x"] }]) {
      const { faults } = yield* Effect.flip(rosterOf(quirky(quirks)))
      assertStringIncludes(faults[0]?.path ?? "", "providers.mine.quirks")
    }
  }))

test("a model of a provider that is not there is refused", () =>
  Effect.gen(function* () {
    const { faults } = yield* Effect.flip(rosterOf({ models: { m: { provider: "nobody" } } }))
    assertEquals(faults, [{ path: "models.m.provider", message: `there is no provider "nobody"` }])
    const secret = yield* Effect.flip(
      rosterOf({ models: { m: { provider: "${KEY}" } } }, { KEY: "sk-secret" })
    )
    assertEquals(secret.faults[0]?.message, 'there is no provider "${KEY}"')
  }))

test("the simulator is not set up as a provider, and serves nothing while it is off", () =>
  Effect.gen(function* () {
    const asProvider = yield* Effect.flip(rosterOf({ providers: { simulator: {} } }))
    assertEquals(asProvider.faults.map(({ path }) => path), ["providers.simulator"])
    const models = { m: { provider: "simulator" } }
    assertEquals((yield* rosterOf({ models })).has("simulator"), true)
    const off = yield* Effect.flip(rosterOf({ models }, { OPENAI_API_KEY: "k" }))
    assertEquals(off.faults, [{ path: "models.m.provider", message: "the simulator is off" }])
  }))

test("a key that cannot stand in a header is refused by its place, and not repeated", () =>
  Effect.gen(function* () {
    for (const key of ["canary\ncanary", "canary canary", "canary–1", "“canary”"]) {
      const inFile = yield* Effect.flip(rosterOf(openai({ api_key: key })))
      assertEquals(inFile.faults[0]?.path, "providers.openai.api_key")
      const inEnv = yield* Effect.flip(rosterOf({}, { GEMINI_API_KEY: key }))
      assertStringIncludes(inEnv.faults[0]?.path ?? "", "GEMINI_API_KEY")
      assertEquals(`${inFile.message}${inEnv.message}`.includes("canary"), false)
    }
  }))

const simulator: ReadonlyArray<
  readonly [when: string, config: object, env: Record<string, string>, on: boolean]
> = [
  ["nothing is configured", {}, {}, true],
  ["a key is set", {}, { OPENAI_API_KEY: "k" }, false],
  ["a key stands in the file", openai({ api_key: "k" }), {}, false],
  ["Ollama's address is set", {}, { OLLAMA_BASE_URL: "http://there" }, false],
  [
    "an own provider is configured",
    {
      providers: { mine: { dialect: "openai", base_url: "http://mine" } }
    },
    {},
    false
  ],
  [
    "the only key is that of a disabled provider",
    openai({ api_key: "k", enabled: false }),
    {},
    true
  ],
  ["only an address is set, and the key is missing", {}, { OPENAI_BASE_URL: "http://there" }, true],
  ["a key is set and it is asked for", {}, { OPENAI_API_KEY: "k", PENSTOCK_SIMULATOR: "on" }, true],
  ["the file asks for it", { simulator: { enabled: true } }, { OPENAI_API_KEY: "k" }, true],
  ["it is switched off", {}, { PENSTOCK_SIMULATOR: "off" }, false],
  ["the file switches it off", { simulator: { enabled: false } }, {}, false]
]

for (const [when, config, env, on] of simulator) {
  test(`the simulator is ${on ? "there" : "not there"} when ${when}`, () =>
    Effect.map(rosterOf(config, env), (all) => assertEquals(all.has("simulator"), on)))
}

test("settings of providers do not show their keys when they are printed", () =>
  Effect.gen(function* () {
    const all = yield* rosterOf(openai({ api_key: "canary" }), { GROQ_API_KEY: "canary" })
    assertEquals(Deno.inspect(all, { depth: 9 }).includes("canary"), false)
  }))
