/**
 * The gateway, as tests run it: with doors on a free port, or without doors and on virtual time.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type { SqlClient } from "effect/sql/SqlClient"
import { core, gateway } from "../../main.ts"
import type { Supervisor } from "../../src/actor/Supervisor.ts"
import { Listener } from "../../src/api/Listener.ts"
import { Authenticator } from "../../src/auth/Authenticator.ts"
import { ConfigStore } from "../../src/config/ConfigStore.ts"
import type { Configuration } from "../../src/config/Configuration.ts"
import { parseConfigFile } from "../../src/config/readFile.ts"
import { settingsOf } from "../../src/config/Settings.ts"
import type { Decisions } from "../../src/gateway/Decisions.ts"
import type { Gateway } from "../../src/gateway/Gateway.ts"
import type { Circuits } from "../../src/guard/Circuits.ts"
import type { Limiter } from "../../src/guard/limits/Limiter.ts"
import type { RetryBudget } from "../../src/guard/RetryBudget.ts"
import { Ledger } from "../../src/ledger/Ledger.ts"
import { Egress, type Send } from "../../src/provider/Egress.ts"
import type { Providers } from "../../src/provider/Providers.ts"
import { roster } from "../../src/provider/roster.ts"
import type { Balancer } from "../../src/routing/Balancer.ts"
import type { ModelReport } from "../../src/routing/ModelReport.ts"
import type { ModelTable } from "../../src/routing/ModelTable.ts"
import type { Meters } from "../../src/telemetry/metrics/Meters.ts"
import type { Performance } from "../../src/telemetry/window/Performance.ts"
import type { Prometheus } from "../../src/telemetry/prometheus/Prometheus.ts"
import type { Telemetry } from "../../src/telemetry/Telemetry.ts"
import type { Traces } from "../../src/telemetry/traces/Traces.ts"

/** How a gateway is set up for a test. */
export interface Setup {
  /** Environment variables; nothing of the real environment is seen. */
  readonly env?: Record<string, string>
  /** What `penstock.yaml` would hold. */
  readonly config?: object
}

/** The admin key of every gateway that a test starts. */
export const apiKey = "test-key-of-32-characters-0123456"

const settled = Effect.fnUntraced(function* ({ env = {}, config }: Setup, path = "test.json") {
  const file = config && (yield* parseConfigFile(path, JSON.stringify(config)))
  const settings = yield* settingsOf(file, path)
  return { settings, providers: yield* roster(settings), env }
})

const variables = (env: Record<string, string>) =>
  Layer.succeedContext(
    Context.make(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env))
  )

const quiet = Logger.layer([])

/** A gateway with doors on a free port of this machine, in this process. It speaks with real sockets. */
export const start = Effect.fnUntraced(function* (setup: Setup = {}) {
  const dataDir = yield* temporaryFolder
  const env = {
    PORT: "0",
    PENSTOCK_API_KEY: apiKey,
    PENSTOCK_DATA_DIR: dataDir,
    // Nobody answers there: tests do not ask what happens to run on this machine.
    OLLAMA_BASE_URL: "http://127.0.0.1:9",
    ...setup.env
  }
  // On disk, since the gateway looks there for edits.
  const file = `${dataDir}/penstock.json`
  if (setup.config) Deno.writeTextFileSync(file, JSON.stringify(setup.config))
  const { settings, providers } = yield* Effect.provide(
    settled({ ...setup, env }, file),
    variables(env)
  )
  const context = yield* Layer.build(
    gateway(
      settings,
      providers,
      Authenticator.layer({ ...settings.auth, dataDir: settings.dataDir })
    ).pipe(
      Layer.provide(Egress.layer(settings)),
      Layer.provideMerge([quiet, variables(env)])
    )
  )
  const { url } = Context.get(context, Listener)
  return { url, api: `${url}/api/v1/llm`, context, dataDir: settings.dataDir, file }
})

/**
 * A gateway without doors, whose providers are `send`. It takes the clock of whoever builds it, so
 * that a test can move time. Its `books` are forgotten with it, unless a test brings others.
 */
export const simulated = (
  send: Send,
  setup: Setup = {},
  books: Layer.Layer<Ledger | SqlClient, never, Supervisor> = Ledger.layerMemory
): Layer.Layer<
  | Balancer
  | Circuits
  | ConfigStore
  | Configuration
  | Decisions
  | Gateway
  | Ledger
  | Limiter
  | Meters
  | ModelReport
  | ModelTable
  | Performance
  | Prometheus
  | Providers
  | RetryBudget
  | SqlClient
  | Supervisor
  | Telemetry
  | Traces
> =>
  Layer.unwrap(Effect.gen(function* () {
    const env = { OPENAI_API_KEY: "sk-test", OLLAMA_BASE_URL: "http://127.0.0.1:9", ...setup.env }
    const { settings, providers } = yield* Effect.provide(
      settled({ ...setup, env }),
      variables(env)
    )
    return core(settings, providers, books).pipe(
      Layer.provideMerge(ConfigStore.layerMemory(settings.source)),
      Layer.provide(Layer.succeed(Egress, { send })),
      Layer.provideMerge(quiet)
    )
  })).pipe(Layer.orDie)

/** A folder that is gone after the test. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => Deno.makeTempDir({ prefix: "penstock-test-" })),
  (path) => Effect.promise(() => Deno.remove(path, { recursive: true }))
)

/** Posts JSON to a gateway with its admin key. */
export const post = (
  url: string,
  body: unknown,
  init: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal } = {}
): Effect.Effect<Response> =>
  Effect.promise(() =>
    fetch(url, {
      ...init,
      method: "POST",
      headers: { "x-api-key": apiKey, "content-type": "application/json", ...init.headers },
      body: typeof body === "string" ? body : JSON.stringify(body)
    })
  )

/** Asks `model` something. */
export const hello = (model: string, parameters: object = {}) => ({
  model,
  messages: [{ role: "user", content: "Hello" }],
  parameters
})
