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
import type { Settings } from "../config/Settings.ts"
import { writtenIn } from "../config/written.ts"
import type { DialectName } from "../domain/Message.ts"
import { openai } from "../protocol/openai/mod.ts"
import * as catalog from "./catalog/mod.ts"
import { bearer, type Provider } from "./Provider.ts"
import { defaultSize, type ProviderSettings } from "./ProviderSettings.ts"
import { quirksOf } from "./quirksOf.ts"
import { setUp } from "./setUp.ts"
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
      if (known.some((provider) => provider.id === id)) {
        if (options.quirks !== undefined) return yield* stray(source, id)
        continue
      }
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

/** Those of the catalogue are known, and only one dialect has any. */
const stray = (source: string, id: string) =>
  Effect.fail(wrong(
    source,
    `providers.${id}.quirks`,
    "only a provider of your own that speaks the openai dialect has quirks"
  ))

const simulated = (seed: number): ProviderSettings => ({
  provider: simulator.provider(seed),
  baseUrl: "http://simulator",
  apiKey: undefined,
  secrets: [],
  size: defaultSize,
  healthCheck: "none",
  probeModel: undefined,
  readiness: { ready: true },
  explicit: false
})

/** A provider that only the file knows. */
const own = (
  source: string,
  id: string,
  { dialect, base_url, name, pricing, discover, quirks }: ProviderOptions
): Effect.Effect<Provider, ConfigError> => {
  const missing = (key: string) =>
    Effect.fail(wrong(
      source,
      `providers.${id}.${key}`,
      "a provider that Penstock does not know needs one"
    ))
  if (dialect === undefined) return missing("dialect")
  if (base_url === undefined) return missing("base_url")
  if (quirks !== undefined && dialect !== "openai") return stray(source, id)
  const alike = likes[dialect]
  return Effect.succeed({
    id,
    name: name ?? id,
    dialect: quirks === undefined ? alike.dialect : openai(quirksOf(quirks)),
    baseUrl: base_url,
    environment: { apiKey: [], baseUrl: undefined },
    authorize: alike.authorize,
    models: [],
    pricing,
    discovers: discover ?? alike.discovers ?? true,
    healthCheck: alike.healthCheck
  })
}

/** Whom a provider of the operator's own is like: how a key is shown, and whether there is a list. */
const likes: Record<
  DialectName,
  Pick<Provider, "dialect" | "authorize" | "discovers" | "healthCheck">
> = {
  openai: { dialect: openai(), authorize: bearer },
  anthropic: catalog.anthropic,
  gemini: catalog.google,
  bedrock: catalog.bedrock,
  cohere: catalog.cohere
}
