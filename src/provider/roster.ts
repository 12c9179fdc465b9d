/**
 * The catalogue's providers and the operator's own, set up as the settings say.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { checkProviders } from "../config/check.ts"
import { type ConfigError, wrong } from "../config/ConfigError.ts"
import type { ProviderOptions } from "../config/ConfigFile.ts"
import { nonEmptyVariable } from "../config/environment.ts"
import type { Settings } from "../config/Settings.ts"
import { writtenIn } from "../config/written.ts"
import { anthropic } from "../protocol/anthropic/mod.ts"
import type { Dialect } from "../protocol/Dialect.ts"
import { gemini } from "../protocol/gemini/mod.ts"
import { openai } from "../protocol/openai/mod.ts"
import * as catalog from "./catalog/mod.ts"
import { bearer, type Provider } from "./Provider.ts"
import { defaultSize, type ProviderSettings, type Readiness } from "./ProviderSettings.ts"
import { simulator } from "./simulator/mod.ts"

/** Every provider, in the order in which they keep a model id that two of them have. */
export const roster = Effect.fnUntraced(
  function* (settings: Settings): Effect.fn.Return<ReadonlyArray<ProviderSettings>, ConfigError> {
    const source = settings.file ?? "the environment"
    const known = Object.values(catalog)
    const real: Array<ProviderSettings> = []
    for (const provider of known) {
      const options = settings.providers.get(provider.id) ?? {}
      real.push(yield* setUp(source, provider, options, settings.models))
    }
    for (const [id, options] of settings.providers) {
      if (id === simulator.id) {
        const path = `providers.${simulator.id}`
        return yield* wrong(source, path, 'the simulator is set up under "simulator"')
      }
      if (known.some((provider) => provider.id === id)) continue
      real.push(yield* setUp(source, yield* own(source, id, options), options, settings.models))
    }
    const configured = real.some(({ readiness, explicit }) => readiness.ready && explicit)
    const all = settings.simulator.enabled ?? !configured
      ? [...real, simulated(settings.simulator.seed)]
      : real
    const ids = new Set(all.map(({ provider }) => provider.id))
    const written = writtenIn(Redacted.value(settings.source.contents))
    const [stranger] = checkProviders(settings.models, ids, written)
    if (stranger) {
      const path = stranger.path.join(".")
      const isOff = stranger.provider === simulator.id
      return yield* wrong(source, path, isOff ? "the simulator is off" : stranger.message)
    }
    return all
  }
)

const simulated = (seed: number): ProviderSettings => ({
  provider: simulator.provider(seed),
  baseUrl: "http://simulator",
  apiKey: undefined,
  size: defaultSize,
  healthCheck: "none",
  probeModel: undefined,
  readiness: { ready: true },
  explicit: false
})

const setUp = Effect.fnUntraced(
  function* (
    source: string,
    provider: Provider,
    options: ProviderOptions,
    models: Settings["models"]
  ): Effect.fn.Return<ProviderSettings, ConfigError> {
    const { id, environment } = provider
    const variable = environment.baseUrl
    const fromEnvironment = variable ? yield* nonEmptyVariable(variable) : undefined
    const place = options.base_url === undefined
      ? { source: "the environment", path: variable ?? id }
      : { source, path: `providers.${id}.base_url` }
    const address = options.base_url ?? fromEnvironment
    const apiKey = options.api_key?.trim() || (yield* firstSet(environment.apiKey))
    if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
      const path = options.api_key ? `providers.${id}.api_key` : environment.apiKey.join(" or ")
      return yield* wrong(source, path, "a key has only visible ASCII characters, and no spaces")
    }
    return {
      provider: {
        ...provider,
        name: options.name ?? provider.name,
        pricing: options.pricing ?? provider.pricing,
        discovers: options.discover ?? provider.discovers
      },
      baseUrl: yield* baseUrl(place, address ?? provider.baseUrl, provider.basePath ?? ""),
      apiKey: apiKey === undefined ? undefined : Redacted.make(apiKey, { label: `${id} API key` }),
      size: {
        ...defaultSize,
        concurrency: options.concurrency ?? defaultSize.concurrency,
        waiting: options.waiting ?? defaultSize.waiting,
        waitMs: options.wait_seconds === undefined
          ? defaultSize.waitMs
          : options.wait_seconds * 1000
      },
      healthCheck: options.health_check ?? "models",
      probeModel: probeModel(provider, models),
      readiness: readiness(provider, options, apiKey),
      explicit: address !== undefined || apiKey !== undefined
    }
  }
)

/** A model that the operator has `provider` serve, else the first that it is known for. */
const probeModel = (provider: Provider, models: Settings["models"]): string | undefined => {
  for (const [id, own] of models) {
    const places = own.deployments ?? [own]
    const place = places.find((one) => one.provider === provider.id)
    if (place && own.enabled !== false) return place.upstreamModel ?? id
  }
  // A model that reasons has nothing to say in one token.
  const known = provider.models.find(({ capabilities }) => !capabilities.includes("reasoning")) ??
    provider.models[0]
  return known && (known.upstreamModel ?? known.id)
}

const readiness = (
  { name, id, environment }: Provider,
  options: ProviderOptions,
  apiKey: string | undefined
): Readiness => {
  if (options.enabled === false) {
    return { ready: false, reason: "disabled", message: `Provider "${id}" is disabled` }
  }
  const [variable] = environment.apiKey
  if (variable === undefined || apiKey !== undefined) return { ready: true }
  return {
    ready: false,
    reason: "not_configured",
    message: `${name} has no API key: set ${variable} and start Penstock again`
  }
}

const firstSet = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  for (const name of names) {
    const value = yield* nonEmptyVariable(name)
    if (value !== undefined) return value
  }
  return undefined
})

/** A provider that only the file knows. */
const own = (
  source: string,
  id: string,
  { dialect, base_url, name, pricing, discover }: ProviderOptions
): Effect.Effect<Provider, ConfigError> => {
  const missing = (key: string) =>
    Effect.fail(wrong(
      source,
      `providers.${id}.${key}`,
      "a provider that Penstock does not know needs one"
    ))
  if (dialect === undefined) return missing("dialect")
  if (base_url === undefined) return missing("base_url")
  const alike = { openai: catalog.openai, anthropic: catalog.anthropic, gemini: catalog.google }
  return Effect.succeed({
    id,
    name: name ?? id,
    dialect: dialects[dialect],
    baseUrl: base_url,
    environment: { apiKey: [], baseUrl: undefined },
    authorize: dialect === "openai" ? bearer : alike[dialect].authorize,
    models: [],
    pricing,
    discovers: discover ?? true
  })
}

const dialects: Record<Dialect["name"], Dialect> = { openai: openai(), anthropic, gemini }

/** An address of ours to add paths to: it may hold nothing but scheme, host, port and path. */
const baseUrl = (
  { source, path }: { readonly source: string; readonly path: string },
  address: string,
  basePath: string
): Effect.Effect<string, ConfigError> => {
  const url = URL.parse(address)
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    return Effect.fail(
      wrong(source, path, "expected an address that begins with https:// or http://")
    )
  }
  if (url.username || url.password || url.search || url.hash) {
    return Effect.fail(
      wrong(source, path, "an address may have no user, password, query or fragment")
    )
  }
  const trimmed = url.href.replace(/\/+$/, "")
  return Effect.succeed(trimmed.endsWith(basePath) ? trimmed : trimmed + basePath)
}
