/**
 * Providers that serve models on paper only: enough to find out who would be asked.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { ModelSpec } from "../../src/domain/Model.ts"
import type { ListedModel } from "../../src/protocol/Dialect.ts"
import { openai } from "../../src/protocol/openai/mod.ts"
import { bearer } from "../../src/provider/Provider.ts"
import type { ProviderActor } from "../../src/provider/ProviderActor.ts"
import { defaultSize, type Readiness } from "../../src/provider/ProviderSettings.ts"
import { unchecked } from "../../src/provider/ProviderHealth.ts"
import type { Providers } from "../../src/provider/Providers.ts"

/** A provider that is never called. */
export interface FakeActor extends ProviderActor {
  /** From now on it says that it serves `models`. */
  readonly discover: (...models: ReadonlyArray<string | ListedModel>) => void
  /** From now on it takes calls, or takes none. */
  readonly run: (running: boolean) => void
}

/** A provider whose catalogue is `models`. */
export const fakeActor = (
  id: string,
  models: ReadonlyArray<ModelSpec> = [],
  readiness: Readiness = { ready: true }
): FakeActor => {
  let discovered: ReadonlyMap<string, ListedModel> = new Map()
  let running = true
  return {
    settings: {
      provider: {
        id,
        name: id,
        dialect: openai(),
        baseUrl: "http://nowhere",
        environment: { apiKey: [], baseUrl: undefined },
        authorize: bearer,
        models
      },
      baseUrl: "http://nowhere",
      apiKey: undefined,
      secrets: [],
      size: defaultSize,
      healthCheck: "none",
      probeModel: undefined,
      readiness,
      explicit: true
    },
    complete: () => Effect.die("never called"),
    stream: () => Effect.die("never called"),
    embed: () => Effect.die("never called"),
    count: () => Effect.die("never called"),
    tell: () => Effect.void,
    isRunning: () => running,
    health: () => unchecked,
    answers: () => 0,
    discovered: () => discovered,
    discover: (...models) => {
      const told = models.map((one) => typeof one === "string" ? { id: one } : one)
      discovered = new Map(told.map((model) => [model.id, model]))
    },
    run: (value) => {
      running = value
    }
  }
}

/** All of `actors`. */
export const providersOf = (...all: ReadonlyArray<ProviderActor>): Providers["Service"] => ({
  all,
  get: (id) => all.find((one) => one.settings.provider.id === id)
})
