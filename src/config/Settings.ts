/**
 * What an operator may turn, with everything that was left out filled in.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { check } from "./check.ts"
import { ConfigError, wrong } from "./ConfigError.ts"
import type { ConfigFile, ProviderOptions } from "./ConfigFile.ts"
import { nonEmptyVariable, variable } from "./environment.ts"
import { type LedgerSettings, ledgerSettings } from "./LedgerSettings.ts"
import type { ModelSettings } from "./ModelSettings.ts"
import { isProxied } from "./proxy.ts"
import { readConfigFile } from "./readFile.ts"
import { noChanges, resolve } from "./resolve.ts"
import { defaultTimeLimits, type TimeLimits } from "./TimeLimits.ts"
import type { Traffic } from "./Traffic.ts"

/** What an operator may turn; the file counts before the environment. */
export interface Settings {
  /** The file that was read, where one was. */
  readonly file: string | undefined
  /** Where the file is, or would be, and what it says. */
  readonly source: ConfigSource
  /** Default: 127.0.0.1. */
  readonly host: string
  /** Default: 8000; 0 takes any free port. */
  readonly port: number
  /** How long answers may go on after the gateway was told to stop. Default: 30 s. */
  readonly drainMs: number
  /** Where keys and books are kept. Default: `./data`. */
  readonly dataDir: string
  readonly auth: {
    readonly apiKey: Redacted.Redacted | undefined
    readonly jwt: JwtOptions | undefined
  }
  /** The largest body of a request. Default: 20 MiB. */
  readonly bodyBytes: number
  /** How long a body may take to come in. Default: 30 s. */
  readonly bodyMs: number
  /** Requests for an answer that are under way in the whole process. Default: 4096. */
  readonly requestsAtOnce: number
  /** How often providers are asked for one request. Default: 6. */
  readonly attempts: number
  readonly times: TimeLimits
  /** Until there is a connection to a provider, with its TLS. Default: 5 s. */
  readonly connectMs: number
  /** Whether the environment names a proxy for what goes out. */
  readonly isProxied: boolean
  /** For how long a provider is read on whose client has left, where its model says so. Default: 60 s. */
  readonly readOnMs: number
  readonly ledger: LedgerSettings
  /** Of which requests a line is logged. Default: `failed`. */
  readonly loggedRequests: LoggedRequests
  readonly simulator: {
    /** Default: on until a real provider is configured. */
    readonly enabled: boolean | undefined
    /** Default: 1. */
    readonly seed: number
  }
  readonly providers: ReadonlyMap<string, ProviderOptions>
  readonly models: ReadonlyMap<string, ModelSettings>
}

/** Of which requests a line is logged. */
export type LoggedRequests = "all" | "failed" | "none"

/** The configuration file. */
export interface ConfigSource {
  readonly path: string
  /** Whether it was there at the start. */
  readonly isThere: boolean
  /** Empty where there is no file. It has the secrets filled in. */
  readonly contents: Redacted.Redacted<ConfigFile>
}

/** Whose tokens are taken. */
export interface JwtOptions {
  readonly secret: Redacted.Redacted | undefined
  readonly jwksUrl: string | undefined
  readonly issuer: string | undefined
  readonly audience: string | undefined
}

const environment = "the environment"

/** Reads the file, if there is one, and the environment. */
export const loadSettings: Effect.Effect<Settings, ConfigError> = Effect.gen(function* () {
  const named = yield* nonEmptyVariable("PENSTOCK_CONFIG")
  const path = named ?? "penstock.yaml"
  const file = yield* readConfigFile(path, named !== undefined)
  return yield* settingsOf(file, path)
})

/** What `file`, if there is one, and the environment say, and the defaults for the rest. */
export const settingsOf = Effect.fnUntraced(function* (
  file: ConfigFile | undefined,
  path: string
): Effect.fn.Return<Settings, ConfigError> {
  const contents = file ?? {}
  const { server, auth, limits, simulator } = contents
  const { models } = yield* trafficOf(path, contents)
  return {
    file: file && path,
    source: { path, isThere: file !== undefined, contents: Redacted.make(contents) },
    host: server?.host ?? (yield* nonEmptyVariable("HOST")) ?? "127.0.0.1",
    port: server?.port ?? (yield* portVariable("PORT")) ?? 8000,
    drainMs: (server?.drain_seconds ?? 30) * 1000,
    dataDir: (yield* nonEmptyVariable("PENSTOCK_DATA_DIR")) ?? "data",
    auth: {
      // An empty key is told apart from none: it would be a mistake that opens a door.
      apiKey: redacted(auth?.api_key ?? (yield* variable("PENSTOCK_API_KEY"))),
      jwt: yield* jwtOptions(auth?.jwt)
    },
    bodyBytes: limits?.body_bytes ?? 20 * 1024 * 1024,
    bodyMs: Math.ceil((contents.timeouts?.body_seconds ?? 30) * 1000),
    requestsAtOnce: limits?.requests_at_once ?? 4096,
    attempts: contents.retries?.attempts ?? 6,
    times: timeLimits(contents.timeouts ?? {}),
    connectMs: Math.ceil((contents.timeouts?.connect_seconds ?? 5) * 1000),
    isProxied: yield* isProxied,
    readOnMs: Math.ceil((contents.timeouts?.read_on_seconds ?? 60) * 1000),
    ledger: ledgerSettings(contents.ledger ?? {}),
    loggedRequests: contents.logs?.requests ?? "failed",
    simulator: {
      enabled: simulator?.enabled ?? (yield* switchVariable("PENSTOCK_SIMULATOR")),
      seed: simulator?.seed ?? 1
    },
    providers: new Map(Object.entries(contents.providers ?? {})),
    models
  }
})

/** What a file says of traffic, where that holds together. Which models there are is not looked at. */
export const trafficOf = (
  path: string,
  contents: ConfigFile
): Effect.Effect<Traffic, ConfigError> => {
  const traffic = resolve(0, contents, noChanges)
  const faults = check(traffic, undefined).map((issue) => ({
    path: issue.path.join("."),
    message: issue.message
  }))
  return faults.length === 0
    ? Effect.succeed(traffic)
    : Effect.fail(new ConfigError({ source: path, faults }))
}

const redacted = (secret: string | undefined) =>
  secret === undefined ? undefined : Redacted.make(secret)

const portVariable = Effect.fnUntraced(function* (name: string) {
  const value = yield* nonEmptyVariable(name)
  if (value === undefined) return undefined
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  return yield* wrong(environment, name, `expected a port from 0 to 65535, got "${value}"`)
})

const switchVariable = Effect.fnUntraced(function* (name: string) {
  const value = yield* nonEmptyVariable(name)
  if (value === undefined) return undefined
  if (["on", "true", "1"].includes(value)) return true
  if (["off", "false", "0"].includes(value)) return false
  return yield* wrong(environment, name, `expected "on" or "off", got "${value}"`)
})

const jwtOptions = Effect.fnUntraced(
  function* (file: NonNullable<ConfigFile["auth"]>["jwt"]) {
    const options: JwtOptions = {
      secret: redacted(file?.secret ?? (yield* variable("PENSTOCK_JWT_SECRET"))),
      jwksUrl: file?.jwks_url ?? (yield* nonEmptyVariable("PENSTOCK_JWKS_URL")),
      issuer: file?.issuer ?? (yield* nonEmptyVariable("PENSTOCK_JWT_ISSUER")),
      audience: file?.audience ?? (yield* nonEmptyVariable("PENSTOCK_JWT_AUDIENCE"))
    }
    return Object.values(options).some((option) => option !== undefined) ? options : undefined
  }
)

const timeLimits = (file: NonNullable<ConfigFile["timeouts"]>): TimeLimits => {
  const milliseconds = (seconds: number | undefined, otherwise: number) =>
    seconds === undefined ? otherwise : Math.ceil(seconds * 1000)
  return {
    streamHeadMs: milliseconds(file.stream_head_seconds, defaultTimeLimits.streamHeadMs),
    wholeHeadMs: milliseconds(file.whole_head_seconds, defaultTimeLimits.wholeHeadMs),
    firstTokenMs: milliseconds(file.first_token_seconds, defaultTimeLimits.firstTokenMs),
    idleMs: milliseconds(file.idle_seconds, defaultTimeLimits.idleMs),
    totalMs: milliseconds(file.total_seconds, defaultTimeLimits.totalMs),
    keepAliveMs: milliseconds(file.keep_alive_seconds, defaultTimeLimits.keepAliveMs),
    slowClientMs: milliseconds(file.slow_client_seconds, defaultTimeLimits.slowClientMs)
  }
}
