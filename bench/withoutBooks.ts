/**
 * Penstock without books and telemetry: what these cost is the difference. Everything else is as in
 * `main.ts`, and so are its settings.
 *
 * @module
 */
import { gateway } from "../main.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Authenticator } from "../src/auth/Authenticator.ts"
import * as Environment from "../src/config/environment.ts"
import { loadSettings } from "../src/config/Settings.ts"
import { Ledger, type LedgerState, type Page } from "../src/ledger/Ledger.ts"
import { Egress } from "../src/provider/Egress.ts"
import { roster } from "../src/provider/roster.ts"
import * as Logs from "../src/telemetry/logs/logs.ts"
import { RequestLog } from "../src/telemetry/logs/RequestLog.ts"
import { Telemetry } from "../src/telemetry/Telemetry.ts"
import { Traces } from "../src/telemetry/traces/Traces.ts"

const nothing = () => {}

const page: Page = { ask: () => Effect.void, checkpoint: nothing, settle: () => Effect.void }

const state: LedgerState = { state: "open", waiting: 0, failures: 0, recovered: 0, lost: 0 }

/** Usage is asked of real books: they are empty. */
const books = Layer.succeed(Ledger, { open: () => page, state: () => state }).pipe(
  Layer.provideMerge(Ledger.layerMemory)
)

const notes = Layer.mergeAll(
  Layer.succeed(Telemetry, { settled: nothing, exchanged: nothing }),
  Layer.succeed(Traces, { begin: () => undefined, tell: nothing }),
  Layer.succeed(RequestLog, { tell: nothing })
)

const program = Effect.gen(function* () {
  const settings = yield* loadSettings
  const providers = yield* roster(settings)
  const auth = Authenticator.layer({ ...settings.auth, dataDir: settings.dataDir })
  const app = gateway(settings, providers, auth, books, notes)
  return yield* Layer.launch(Layer.provide(app, Egress.layer(settings)))
})

const running = Effect.runFork(program.pipe(Effect.provide([Environment.layer, Logs.layer()])))
Deno.addSignalListener("SIGTERM", () => {
  running.addObserver(() => Deno.exit(0))
  running.interruptUnsafe()
})
