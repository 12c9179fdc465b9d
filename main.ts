/**
 * The gateway: every part, and what it stands on. A part starts after those it stands on and stops
 * before them: on SIGTERM the doors close first, answers under way end, and the actors stop last.
 *
 * @module
 */
import { restore } from "./src/boot.ts"
import "effect/schema/SchemaJITCompiler/enable"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { SqlClient } from "effect/sql/SqlClient"
import { Supervisor } from "./src/actor/Supervisor.ts"
import { banner, firstKeyNotice, type StartedProvider } from "./src/api/banner.ts"
import { Door } from "./src/api/Door.ts"
import { Listener } from "./src/api/Listener.ts"
import { Authenticator } from "./src/auth/Authenticator.ts"
import { ConfigStore } from "./src/config/ConfigStore.ts"
import * as Environment from "./src/config/environment.ts"
import { loadSettings, type Settings } from "./src/config/Settings.ts"
import { watchFile } from "./src/config/watchFile.ts"
import { Decisions } from "./src/gateway/Decisions.ts"
import * as Gauges from "./src/gateway/gauges.ts"
import { Gateway } from "./src/gateway/Gateway.ts"
import { Circuits } from "./src/guard/Circuits.ts"
import { Limiter } from "./src/guard/limits/Limiter.ts"
import { ModelHealth } from "./src/guard/ModelHealth.ts"
import { RetryBudget } from "./src/guard/RetryBudget.ts"
import { Watchman } from "./src/guard/Watchman.ts"
import type { LedgerUnreadable } from "./src/ledger/errors.ts"
import * as House from "./src/ledger/reading/keepHouse.ts"
import { Ledger } from "./src/ledger/Ledger.ts"
import { Prices } from "./src/ledger/prices/Prices.ts"
import { TokenCounter } from "./src/ledger/tokens/TokenCounter.ts"
import { addressOf } from "./src/provider/CheckLog.ts"
import { Egress } from "./src/provider/Egress.ts"
import * as HealthSchedule from "./src/provider/HealthSchedule.ts"
import { Providers } from "./src/provider/Providers.ts"
import type { ProviderSettings } from "./src/provider/ProviderSettings.ts"
import { roster } from "./src/provider/roster.ts"
import { Balancer } from "./src/routing/Balancer.ts"
import { ModelReport } from "./src/routing/ModelReport.ts"
import { ModelTable } from "./src/routing/ModelTable.ts"
import { Meters } from "./src/telemetry/metrics/Meters.ts"
import { Performance } from "./src/telemetry/window/Performance.ts"
import * as Logs from "./src/telemetry/logs/logs.ts"
import * as Otlp from "./src/telemetry/otlp/Otlp.ts"
import { Prometheus } from "./src/telemetry/prometheus/Prometheus.ts"
import { RequestLog } from "./src/telemetry/logs/RequestLog.ts"
import * as Runtime from "./src/telemetry/metrics/runtime.ts"
import { Scrubber } from "./src/telemetry/logs/Scrubber.ts"
import { Telemetry } from "./src/telemetry/Telemetry.ts"
import { Traces } from "./src/telemetry/traces/Traces.ts"

restore()

/** Who else is told of requests than the books. */
export type Notes = Layer.Layer<Telemetry | Traces | RequestLog, never, Meters>

const notesOf = ({ loggedRequests }: Settings): Notes =>
  Layer.mergeAll(Telemetry.layer, Traces.layer, RequestLog.layer(loggedRequests))

/**
 * Everything below the doors; what it asks is sent out by `Egress`, and how it does so the
 * `Configuration` says.
 */
export const core = <E>(
  settings: Settings,
  providers: ReadonlyArray<ProviderSettings>,
  books: Layer.Layer<Ledger | SqlClient, E, Supervisor>,
  notes: Notes = notesOf(settings)
) =>
  Layer.mergeAll(
    Gateway.layer(settings),
    ModelReport.layer,
    HealthSchedule.layer,
    Layer.unwrap(Effect.map(Egress, ({ idle }) => Gauges.layer(idle)))
  ).pipe(
    Layer.provideMerge(ModelTable.layer),
    Layer.provideMerge(Providers.layer(providers)),
    Layer.provideMerge(
      Layer.mergeAll(
        Balancer.layer,
        Circuits.layer,
        Decisions.layer,
        Limiter.layer,
        RetryBudget.layer,
        Watchman.layer(settings.times),
        ModelHealth.layer,
        Prices.layer,
        TokenCounter.layer
      )
    ),
    Layer.provideMerge(Otlp.lastReading),
    Layer.provideMerge(books),
    Layer.provideMerge(Layer.mergeAll(Performance.layer, Prometheus.layer, notes)),
    Layer.provideMerge(Layer.mergeAll(Supervisor.layer, Meters.layer))
  )

/** The actor that takes up edits of the configuration file. */
const fileWatch = ({ source }: Settings) =>
  Layer.effectDiscard(Effect.gen(function* () {
    const store = yield* ConfigStore
    const supervisor = yield* Supervisor
    const { all } = yield* Providers
    const surroundings = {
      providers: new Set(all.map(({ settings }) => settings.provider.id)),
      models: () =>
        new Set(all.flatMap(({ settings, discovered }) => [
          ...settings.provider.models.map(({ id }) => id),
          ...discovered().keys()
        ]))
    }
    yield* supervisor.start(
      "config/file",
      () => watchFile(store, source, surroundings),
      { mailbox: 1, concurrency: 1, waiting: 1 }
    )
  }))

/** The whole gateway, with its doors, which let in whom `auth` knows. */
export const gateway = <E>(
  settings: Settings,
  providers: ReadonlyArray<ProviderSettings>,
  auth: Layer.Layer<Authenticator, E>,
  books: Layer.Layer<Ledger | SqlClient, LedgerUnreadable, Supervisor> = Ledger.layer({
    ...settings.ledger,
    ...settings
  }),
  notes?: Notes
) =>
  Listener.layer(settings).pipe(
    Layer.provide(Door.layer(settings)),
    Layer.provide(auth),
    Layer.merge(fileWatch(settings)),
    Layer.merge(House.layer({ ...settings.ledger, dataDir: settings.dataDir })),
    Layer.merge(Runtime.layer),
    Layer.provide(core(settings, providers, books, notes)),
    Layer.provide(ConfigStore.layerFile(settings.dataDir, settings.source)),
    Layer.provide(Otlp.layer)
  )

const print = (text: string) =>
  Effect.sync(() => Deno.stdout.writeSync(new TextEncoder().encode(text)))

const startedOf = ({ models }: Settings, settings: ProviderSettings): StartedProvider => {
  const { discovers, id, models: known, name, send } = settings.provider
  const own = Array.from(models).filter(([model, { provider, deployments = [] }]) =>
    !known.some((spec) => spec.id === model) &&
    (provider === id || deployments.some((place) => place.provider === id))
  )
  return {
    name,
    address: send ? undefined : addressOf(settings),
    models: known.length + own.length,
    lists: discovers !== false
  }
}

const announce = (settings: Settings, providers: ReadonlyArray<ProviderSettings>) =>
  Effect.gen(function* () {
    const { url } = yield* Listener
    const told = providers.filter(({ readiness, explicit, provider }) =>
      readiness.ready && (explicit || provider.id === "simulator")
    )
    yield* print(banner({
      url,
      file: settings.file,
      providers: told.map((one) => startedOf(settings, one)),
      simulated: told.some(({ provider }) => provider.id === "simulator")
    }))
  })

/** One stray failure must not end every answer under way: it is logged. */
const heedStrays = Effect.gen(function* () {
  const run = Effect.runForkWith(yield* Effect.context<never>())
  const stray = (event: Event, cause: unknown) => {
    event.preventDefault()
    run(Effect.logError("Something failed unheard", Cause.die(cause)))
  }
  globalThis.addEventListener("unhandledrejection", (event) => stray(event, event.reason))
  globalThis.addEventListener("error", (event) => stray(event, event.error))
})

/** Has the credentials that an operator set hidden from the log, should one ever come there. */
const hideSecrets = (settings: Settings, providers: ReadonlyArray<ProviderSettings>) =>
  Effect.map(Scrubber, ({ hide }) => {
    const { apiKey, jwt } = settings.auth
    for (const secret of [apiKey, jwt?.secret, ...providers.flatMap(({ secrets }) => secrets)]) {
      if (secret) hide(Redacted.value(secret))
    }
  })

/** Runs until it is interrupted. */
const program = Effect.gen(function* () {
  yield* heedStrays
  const settings = yield* loadSettings
  const providers = yield* roster(settings)
  yield* hideSecrets(settings, providers)
  // Shown as soon as it is made: if listening fails after that, the key is not lost.
  const auth = Authenticator.layer({ ...settings.auth, dataDir: settings.dataDir }).pipe(
    Layer.tap((context) => print(firstKeyNotice(Context.get(context, Authenticator).firstKey)))
  )
  const app = Layer.effectDiscard(announce(settings, providers)).pipe(
    Layer.provide(gateway(settings, providers, auth)),
    Layer.provide(Egress.layer(settings))
  )
  return yield* Layer.launch(app)
})

if (import.meta.main) {
  const fiber = Effect.runFork(program.pipe(Effect.provide([Environment.layer, Logs.layer()])))
  let told = false
  const stop = () => {
    if (told) Deno.exit(1)
    told = true
    fiber.interruptUnsafe()
  }
  Deno.addSignalListener("SIGINT", stop)
  Deno.addSignalListener("SIGTERM", stop)
  fiber.addObserver((exit) => {
    if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) Deno.exit(0)
    const error = Cause.squash(exit.cause)
    console.error(error instanceof Error ? error.message : String(error))
    Deno.exit(1)
  })
}
