/**
 * How an operator set up one model.
 *
 * @module
 */
import type { Rates } from "../domain/Cost.ts"
import type { Capability } from "../domain/Model.ts"

/** What an operator says of a model; what is absent stays as the catalogue has it. */
export interface ModelSettings {
  /** Default: true. */
  readonly enabled?: boolean | undefined
  /** The provider that serves it; needed for a model that the catalogue does not have. */
  readonly provider?: string | undefined
  /** What the provider calls it. Default: its id. */
  readonly upstreamModel?: string | undefined
  readonly name?: string | undefined
  readonly contextWindow?: number | undefined
  readonly maxOutputTokens?: number | undefined
  readonly capabilities?: ReadonlyArray<Capability> | undefined
  /** What it costs, whatever the price list says. */
  readonly rates?: Rates | undefined
}
