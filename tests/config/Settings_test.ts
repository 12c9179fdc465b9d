import { assertEquals, assertStringIncludes } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ConfigError } from "../../src/config/ConfigError.ts"
import { parseConfigFile } from "../../src/config/readFile.ts"
import { loadSettings, type Settings, settingsOf } from "../../src/config/Settings.ts"
import { noChanges, resolve } from "../../src/config/resolve.ts"
import { defaultTimeLimits } from "../../src/config/TimeLimits.ts"
import { defaultLoadBalancing } from "../../src/config/Traffic.ts"
import { liveTest, test } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"

type Env = Record<string, string>

const inEnvironment = <A, E>(env: Env, effect: Effect.Effect<A, E>) =>
  Effect.provideService(
    effect,
    ConfigProvider.ConfigProvider,
    // As the process's environment does, it tells an empty variable from none.
    ConfigProvider.make(([name = ""]) =>
      Effect.succeed(
        env[name] === undefined ? undefined : ConfigProvider.makeValue(env[name])
      )
    )
  )

const settings = (file: object | undefined, env: Env = {}) =>
  inEnvironment(
    env,
    Effect.gen(function* () {
      const parsed = file && (yield* parseConfigFile("a.json", JSON.stringify(file)))
      return yield* settingsOf(parsed, "a.json")
    })
  )

test("every setting has a default", () =>
  Effect.gen(function* () {
    const { source, ...all } = yield* settings(undefined)
    assertEquals([source.path, source.isThere], ["a.json", false])
    assertEquals(all, {
      file: undefined,
      host: "127.0.0.1",
      port: 8000,
      drainMs: 30_000,
      dataDir: "data",
      auth: { apiKey: undefined, jwt: undefined },
      bodyBytes: 20 * 1024 * 1024,
      bodyMs: 30_000,
      requestsAtOnce: 4096,
      attempts: 6,
      times: defaultTimeLimits,
      connectMs: 5000,
      isProxied: false,
      readOnMs: 60_000,
      ledger: {
        durability: "process",
        onFailure: "refuse",
        retentionDays: 400,
        exportDays: false
      },
      loggedRequests: "failed",
      simulator: { enabled: undefined, seed: 1 },
      providers: new Map(),
      models: new Map()
    })
    assertEquals((yield* settings({})).file, "a.json")
  }))

const show = (secret: Redacted.Redacted | undefined) => secret && Redacted.value(secret)

/** Each setting that both can make, as the environment and as the file say it. */
const both: ReadonlyArray<
  readonly [name: string, env: Env, file: object, look: (settings: Settings) => unknown]
> = [
  ["host", { HOST: "env" }, { server: { host: "file" } }, ({ host }) => host],
  ["port", { PORT: "1" }, { server: { port: 2 } }, ({ port }) => port],
  [
    "API key",
    { PENSTOCK_API_KEY: "env" },
    { auth: { api_key: "file" } },
    ({ auth }) => show(auth.apiKey)
  ],
  [
    "JWT secret",
    { PENSTOCK_JWT_SECRET: "env" },
    { auth: { jwt: { secret: "file" } } },
    ({ auth }) => show(auth.jwt?.secret)
  ],
  [
    "JWKS address",
    { PENSTOCK_JWKS_URL: "env" },
    { auth: { jwt: { jwks_url: "file" } } },
    ({ auth }) => auth.jwt?.jwksUrl
  ],
  [
    "JWT issuer",
    { PENSTOCK_JWT_ISSUER: "env" },
    { auth: { jwt: { issuer: "file" } } },
    ({ auth }) => auth.jwt?.issuer
  ],
  [
    "JWT audience",
    { PENSTOCK_JWT_AUDIENCE: "env" },
    { auth: { jwt: { audience: "file" } } },
    ({ auth }) => auth.jwt?.audience
  ],
  [
    "simulator",
    { PENSTOCK_SIMULATOR: "off" },
    { simulator: { enabled: true } },
    ({ simulator }) => simulator.enabled
  ]
]

const expected: Record<string, readonly [env: unknown, file: unknown]> = {
  port: [1, 2],
  simulator: [false, true]
}

for (const [name, env, file, look] of both) {
  test(`the file counts before the environment, and that before the default: ${name}`, () =>
    Effect.gen(function* () {
      const [fromEnv, fromFile] = expected[name] ?? ["env", "file"]
      assertEquals(look(yield* settings(undefined, env)), fromEnv)
      assertEquals(look(yield* settings({}, env)), fromEnv)
      assertEquals(look(yield* settings(file, env)), fromFile)
    }))
}

test("what only the file can say is taken from it, seconds as milliseconds", () =>
  Effect.gen(function* () {
    const read = yield* settings({
      server: { drain_seconds: 0.5 },
      limits: { body_bytes: 7, requests_at_once: 8 },
      retries: { attempts: 9 },
      simulator: { seed: -3 },
      timeouts: {
        connect_seconds: 0.25,
        stream_head_seconds: 1,
        whole_head_seconds: 2,
        first_token_seconds: 3,
        idle_seconds: 0.0001,
        total_seconds: 5,
        keep_alive_seconds: 6,
        slow_client_seconds: 7,
        body_seconds: 8.0001
      },
      models: {
        m: {
          enabled: false,
          provider: "p",
          upstream_model: "u",
          name: "n",
          context_window: 1,
          max_output_tokens: 2,
          capabilities: ["tools"],
          deployments: [{ provider: "q", upstream_model: "v", weight: 0.5 }],
          price: {
            input_per_1m_tokens: 1,
            output_per_1m_tokens: 2,
            cached_input_per_1m_tokens: 3,
            cache_write_per_1m_tokens: 4,
            long_cache_write_per_1m_tokens: 6,
            reasoning_per_1m_tokens: 5,
            service_tiers: { flex: { input_per_1m_tokens: 0.5, output_per_1m_tokens: 1 } }
          }
        }
      }
    })
    const { drainMs, bodyBytes, requestsAtOnce, attempts, times, simulator, models } = read
    assertEquals([drainMs, bodyBytes, simulator.seed], [500, 7, -3])
    assertEquals([requestsAtOnce, attempts, read.bodyMs, read.connectMs], [8, 9, 8001, 250])
    assertEquals(times, {
      streamHeadMs: 1000,
      wholeHeadMs: 2000,
      firstTokenMs: 3000,
      idleMs: 1,
      totalMs: 5000,
      keepAliveMs: 6000,
      slowClientMs: 7000
    })
    assertEquals(models.get("m"), {
      enabled: false,
      provider: "p",
      upstreamModel: "u",
      name: "n",
      contextWindow: 1,
      maxOutputTokens: 2,
      capabilities: ["tools"],
      deployments: [{ provider: "q", upstreamModel: "v", weight: 0.5 }],
      rates: {
        by: "operator",
        input: 1,
        output: 2,
        cachedInput: 3,
        cacheWrite: 4,
        longCacheWrite: 6,
        reasoning: 5,
        serviceTiers: {
          flex: {
            input: 0.5,
            output: 1,
            cachedInput: undefined,
            cacheWrite: undefined,
            longCacheWrite: undefined,
            reasoning: undefined
          }
        }
      }
    })
    const { dataDir } = yield* settings({}, { PENSTOCK_DATA_DIR: "/there" })
    assertEquals(dataDir, "/there")
  }))

test("limits and how traffic is spread are read as the file says", () =>
  Effect.gen(function* () {
    const { source } = yield* settings({
      limits: {
        key: { requests_per_minute: 60, concurrency: 4 },
        keys: { batch: { requests_per_minute: null, tokens_per_minute: 9 } }
      },
      load_balancing: { health_check_interval: 0.5, recovery_threshold: 7, weights: { a: 0.4 } }
    })
    const { keyLimits, loadBalancing } = resolve(3, Redacted.value(source.contents), noChanges)
    assertEquals(keyLimits.all, {
      requestsPerMinute: 60,
      tokensPerMinute: undefined,
      concurrency: 4
    })
    assertEquals(keyLimits.byId.get("batch"), {
      requestsPerMinute: undefined,
      tokensPerMinute: 9,
      concurrency: 4
    })
    assertEquals(loadBalancing, {
      ...defaultLoadBalancing,
      healthCheckIntervalMs: 500,
      recoveryThreshold: 7,
      weights: new Map([["a", 0.4]])
    })
  }))

test("a file whose parts do not hold together is refused, each fault by its path", () =>
  Effect.gen(function* () {
    const { faults } = yield* Effect.flip(
      Effect.catchTag(
        settings({
          models: { a: { fallback_models: ["b"] }, b: { fallback_models: ["a"] } },
          load_balancing: { weights: { a: 0 } }
        }),
        "ConfigError",
        Effect.fail
      )
    )
    assertEquals(faults.map(({ path }) => path), [
      "models.a.fallback_models.0",
      "models.b.fallback_models.0",
      "load_balancing.weights"
    ])
  }))

test("a port that is none is refused, by the variable's name", () =>
  Effect.gen(function* () {
    for (const PORT of ["abc", "65536", "-1", "8000.5", "0x50", "1e3", "123456"]) {
      const { source, faults } = yield* Effect.flip(
        Effect.catchTag(settings(undefined, { PORT }), "ConfigError", Effect.fail)
      )
      assertEquals([source, faults[0]?.path], ["the environment", "PORT"])
      assertStringIncludes(faults[0]?.message ?? "", PORT)
    }
    for (const [PORT, port] of [["0", 0], ["65535", 65_535], [" 80 ", 80], ["", 8000]] as const) {
      assertEquals((yield* settings(undefined, { PORT })).port, port)
    }
  }))

test("a switch is on or off, in the words that people use", () =>
  Effect.gen(function* () {
    const switches = { on: true, true: true, 1: true, off: false, false: false, 0: false }
    for (const [PENSTOCK_SIMULATOR, enabled] of Object.entries(switches)) {
      const { simulator } = yield* settings(undefined, { PENSTOCK_SIMULATOR })
      assertEquals(simulator.enabled, enabled)
    }
    const { faults } = yield* Effect.flip(settings(undefined, { PENSTOCK_SIMULATOR: "maybe" }))
    assertEquals(faults[0]?.path, "PENSTOCK_SIMULATOR")
  }))

test("an empty API key is told apart from none", () =>
  Effect.gen(function* () {
    assertEquals(show((yield* settings(undefined, { PENSTOCK_API_KEY: "" })).auth.apiKey), "")
    assertEquals(show((yield* settings({ auth: { api_key: "" } })).auth.apiKey), "")
  }))

test("settings do not show their secrets when they are printed", () =>
  Effect.gen(function* () {
    const all = yield* settings({ auth: { api_key: "canary-1", jwt: { secret: "canary-2" } } })
    assertEquals(
      `${Deno.inspect(all, { depth: 9 })}${JSON.stringify(all)}`.includes("canary"),
      false
    )
  }))

test("an error shows every fault on a line of its own", () =>
  Effect.sync(() => {
    const error = new ConfigError({
      source: "a.yaml",
      faults: [{ path: "a.b", message: "one" }, { path: "c", message: "two" }]
    })
    assertEquals(error.message, "Cannot use the configuration in a.yaml:\n  a.b: one\n  c: two")
  }))

liveTest(
  "the file that PENSTOCK_CONFIG names is read, and must be there",
  () =>
    Effect.gen(function* () {
      const path = `${yield* temporaryFolder}/mine.yaml`
      const load = inEnvironment({ PENSTOCK_CONFIG: path }, loadSettings)
      assertEquals((yield* Effect.flip(load)).source, path)
      yield* Effect.promise(() => Deno.writeTextFile(path, "server: { port: 7 }"))
      const { file, port } = yield* load
      assertEquals([file, port], [path, 7])
    })
)

test("the file says how books are kept, null days are for ever, and which requests are logged", () =>
  Effect.gen(function* () {
    const read = yield* settings({
      ledger: { durability: "power", on_failure: "serve", retention_days: null, export_days: true },
      logs: { requests: "all" },
      timeouts: { read_on_seconds: 0.5 }
    })
    assertEquals(read.ledger, {
      durability: "power",
      onFailure: "serve",
      retentionDays: undefined,
      exportDays: true
    })
    assertEquals([read.loggedRequests, read.readOnMs], ["all", 500])
  }))
