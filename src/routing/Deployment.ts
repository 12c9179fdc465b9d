/**
 * A model at one of the providers that serve it.
 *
 * @module
 */
import { make as makeModel, type Model, type ModelSpec } from "../domain/Model.ts"
import type { ModelSettings } from "../config/ModelSettings.ts"
import { windowOf } from "../ledger/prices/windows.ts"
import type { ProviderActor } from "../provider/ProviderActor.ts"

/** A model at one of the providers that serve it. */
export interface Deployment {
  /**
   * `model@provider`, with `#2` where it is the second of that model at that provider: the same after
   * every change of the configuration.
   */
  readonly id: string
  /** With this provider's own name for it. */
  readonly model: Model
  readonly provider: ProviderActor
  /**
   * Whether the provider's own list has it. Absent where there is no list, or where the operator says
   * that it is served there.
   */
  readonly listed: boolean | undefined
  /** Whether the operator lets the model be used. */
  readonly enabled: boolean
  /** Its share of the model's traffic. Default: 1. */
  readonly weight: number
  /** For the strategy `priority`: the least goes first. Default: 1. */
  readonly priority: number
}

/** Where a model is served, and what is known of it there. */
export interface Place {
  readonly provider: ProviderActor
  readonly spec: ModelSpec
  /** What this provider calls the model, where the operator says. */
  readonly upstreamModel?: string | undefined
  /** Whether this provider's list has it; absent where nothing tells, or nothing has to. */
  readonly listed?: boolean | undefined
  readonly weight?: number | undefined
  readonly priority?: number | undefined
}

/** A model at `place`, as `own` has it, and by an id that none of those `before` it has. */
export const deploy = (
  { provider, spec, upstreamModel, listed, weight = 1, priority = 1 }: Place,
  own: ModelSettings | undefined,
  enabled: boolean,
  before: ReadonlyArray<Deployment>
): Deployment => {
  const sameProvider = before.filter((other) => other.provider === provider).length
  const { id: at, pricing } = provider.settings.provider
  const id = `${spec.id}@${at}`
  const name = upstreamModel ?? spec.upstreamModel
  return {
    id: sameProvider === 0 ? id : `${id}#${sameProvider + 1}`,
    provider,
    listed,
    enabled,
    weight,
    priority,
    model: makeModel(at, {
      ...spec,
      name: own?.name ?? spec.name,
      upstreamModel: name,
      contextWindow: own?.contextWindow ?? spec.contextWindow ??
        (pricing === undefined ? undefined : windowOf(pricing, name ?? spec.id)),
      maxOutputTokens: own?.maxOutputTokens ?? spec.maxOutputTokens,
      capabilities: own?.capabilities ?? spec.capabilities,
      // What an operator says of it is all that it does.
      unknownCapabilities: own?.capabilities ? undefined : spec.unknownCapabilities,
      rates: own?.rates ?? spec.rates
    })
  }
}
