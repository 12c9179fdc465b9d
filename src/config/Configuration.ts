/**
 * The configuration that holds now.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Traffic } from "./Traffic.ts"

/** The configuration that holds now. */
export class Configuration extends Context.Service<Configuration, {
  /** Another object after each change: a request keeps the one that it started with. */
  readonly current: () => Traffic
}>()("penstock/config/Configuration") {
  /** One that never changes. */
  static readonly layerFixed = (traffic: Traffic) =>
    Layer.succeed(Configuration, { current: () => traffic })
}
