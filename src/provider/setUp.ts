/**
 * One provider, set up as the settings and the environment say.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type ConfigError, wrong } from "../config/ConfigError.ts"
import type { ProviderOptions } from "../config/ConfigFile.ts"
import type { Capability } from "../domain/Model.ts"
import { nonEmptyVariable } from "../config/environment.ts"
import type { Settings } from "../config/Settings.ts"
import { baseUrl } from "./baseUrl.ts"
import type { Connection, Said } from "./Connection.ts"
import type { Provider } from "./Provider.ts"
import { defaultSize, type ProviderSettings, type Readiness } from "./ProviderSettings.ts"

/** `provider` as the operator set it up; `source` is where its options stand. */
export const setUp = Effect.fnUntraced(
  function* (
    source: string,
    provider: Provider,
    options: ProviderOptions,
    models: Settings["models"]
  ): Effect.fn.Return<ProviderSettings, ConfigError> {
    const { id, environment } = provider
    const variable = environment.baseUrl
    const fromEnvironment = variable ? yield* nonEmptyVariable(variable) : undefined
    const where = options.base_url === undefined
      ? { source: "the environment", path: variable ?? id }
      : { source, path: `providers.${id}.base_url` }
    const address = options.base_url ?? fromEnvironment
    const apiKey = options.api_key?.trim() || (yield* firstSet(environment.apiKey))
    if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
      const path = options.api_key ? `providers.${id}.api_key` : environment.apiKey.join(" or ")
      return yield* wrong(source, path, "a key has only visible ASCII characters, and no spaces")
    }
    const key = apiKey === undefined ? undefined : Redacted.make(apiKey, { label: `${id} API key` })
    const said = yield* optionsOf(source, provider, options)
    const resolved = address === undefined && (provider.connect || provider.needsAddress)
      ? undefined
      : yield* baseUrl(where, address ?? provider.baseUrl, provider.basePath ?? "")
    const connected = provider.connect?.({ baseUrl: resolved, apiKey: key, options: said })
    const connection = typeof connected === "object" ? connected : undefined
    return {
      provider: {
        ...provider,
        name: options.name ?? provider.name,
        pricing: options.pricing ?? provider.pricing,
        discovers: options.discover ?? provider.discovers ?? true
      },
      baseUrl: resolved ?? provider.baseUrl,
      apiKey: key,
      connection,
      secrets: [
        ...(key ? [key] : []),
        ...secretsOf(provider, said),
        ...(connection?.secrets?.() ?? [])
      ],
      size: {
        ...defaultSize,
        concurrency: options.concurrency ?? defaultSize.concurrency,
        waiting: options.waiting ?? defaultSize.waiting,
        waitMs: options.wait_seconds === undefined
          ? defaultSize.waitMs
          : options.wait_seconds * 1000
      },
      healthCheck: options.health_check ?? provider.healthCheck ?? "models",
      probeModel: probeModel(provider, models),
      readiness: readiness(provider, options, { apiKey, resolved, connected }),
      explicit: address !== undefined || apiKey !== undefined ||
        secretsOf(provider, said).length > 0
    }
  }
)

/** A model that the operator has `provider` serve, else the first that it is known for. */
const probeModel = (provider: Provider, models: Settings["models"]): string | undefined => {
  for (const [id, own] of models) {
    const places = own.deployments ?? [own]
    const place = places.find((one) => one.provider === provider.id)
    const isAble = own.capabilities === undefined || writes(own.capabilities)
    if (place && isAble && own.enabled !== false) return place.upstreamModel ?? id
  }
  const writing = provider.models.filter(({ capabilities }) => writes(capabilities))
  // A model that reasons has nothing to say in one token.
  const known = writing.find(({ capabilities }) => !capabilities.includes("reasoning")) ??
    writing[0]
  return known && (known.upstreamModel ?? known.id)
}

/** Whether a model answers: others make vectors. */
const writes = (capabilities: ReadonlyArray<Capability>): boolean =>
  capabilities.some((one) => one === "text-generation" || one === "conversation")

/** What was found out of how a provider is reached. */
interface Found {
  readonly apiKey: string | undefined
  readonly resolved: string | undefined
  readonly connected: Connection | string | undefined
}

const readiness = (
  { name, id, environment, needsAddress }: Provider,
  options: ProviderOptions,
  { apiKey, resolved, connected }: Found
): Readiness => {
  if (options.enabled === false) {
    return { ready: false, reason: "disabled", message: `Provider "${id}" is disabled` }
  }
  const missing = (what: string): Readiness => ({
    ready: false,
    reason: "not_configured",
    message: `${name} ${what}`
  })
  if (needsAddress && resolved === undefined) {
    return missing(`has no address: set ${environment.baseUrl} and start Penstock again`)
  }
  if (typeof connected === "object") return { ready: true }
  if (connected !== undefined) return missing(connected)
  const [variable] = environment.apiKey
  if (variable === undefined || apiKey !== undefined || environment.keyOptional) {
    return { ready: true }
  }
  return missing(`has no API key: set ${variable} and start Penstock again`)
}

const firstSet = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  for (const name of names) {
    const value = yield* nonEmptyVariable(name)
    if (value !== undefined) return value
  }
  return undefined
})

/** What the file says of a provider's options, else the environment, else the catalogue. */
const optionsOf = Effect.fnUntraced(function* (
  source: string,
  { id, options: known = {} }: Provider,
  { options: given = {} }: ProviderOptions
): Effect.fn.Return<Said["options"], ConfigError> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    const names = Object.keys(known).join(", ")
    const path = `providers.${id}.options.${name}`
    const message = names === "" ? "this provider has no options" : `it has the options ${names}`
    return yield* wrong(source, path, message)
  }
  const said: Record<string, Redacted.Redacted | undefined> = {}
  for (const [name, option] of Object.entries(known)) {
    const value = given[name]?.trim() || (yield* firstSet(option.variables)) || option.default
    said[name] = value === undefined ? undefined : Redacted.make(value, { label: `${id} ${name}` })
  }
  return said
})

const secretsOf = (
  { options = {} }: Provider,
  said: Said["options"]
): ReadonlyArray<Redacted.Redacted> =>
  Object.entries(options).flatMap(([name, { secret }]) => secret ? said[name] ?? [] : [])
