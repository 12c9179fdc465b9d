/**
 * What an operator may turn, with everything that was left out filled in.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type ConfigError, wrong } from "./ConfigError.ts"
import type { ConfigFile, ModelOptions, ProviderOptions } from "./ConfigFile.ts"
import { nonEmptyVariable, variable } from "./environment.ts"
import type { ModelSettings } from "./ModelSettings.ts"
import { readConfigFile } from "./readFile.ts"
import { defaultTimeLimits, type TimeLimits } from "./TimeLimits.ts"

/** What an operator may turn; the file counts before the environment. */
export interface Settings {
  /** The file that was read, where one was. */
  readonly file: string | undefined
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
  readonly times: TimeLimits
  readonly simulator: {
    /** Default: on until a real provider is configured. */
    readonly enabled: boolean | undefined
    /** Default: 1. */
    readonly seed: number
  }
  readonly providers: ReadonlyMap<string, ProviderOptions>
  readonly models: ReadonlyMap<string, ModelSettings>
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
  const { server, auth, limits, simulator } = file ?? {}
  return {
    file: file && path,
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
    times: timeLimits(file?.timeouts ?? {}),
    simulator: {
      enabled: simulator?.enabled ?? (yield* switchVariable("PENSTOCK_SIMULATOR")),
      seed: simulator?.seed ?? 1
    },
    providers: new Map(Object.entries(file?.providers ?? {})),
    models: new Map(
      Object.entries(file?.models ?? {}).map(([id, options]) => [id, modelSettings(options)])
    )
  }
})

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

const modelSettings = ({ price, ...options }: ModelOptions): ModelSettings => ({
  enabled: options.enabled,
  provider: options.provider,
  upstreamModel: options.upstream_model,
  name: options.name,
  contextWindow: options.context_window,
  maxOutputTokens: options.max_output_tokens,
  capabilities: options.capabilities,
  rates: price && {
    input: price.input_per_1m_tokens,
    output: price.output_per_1m_tokens,
    cachedInput: price.cached_input_per_1m_tokens,
    cacheWrite: price.cache_write_per_1m_tokens,
    reasoning: price.reasoning_per_1m_tokens
  }
})
