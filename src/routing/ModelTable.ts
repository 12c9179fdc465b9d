/**
 * Which models there are, and who serves each.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Configuration } from "../config/Configuration.ts"
import { Providers } from "../provider/Providers.ts"
import type { Deployment } from "./Deployment.ts"
import { make, type Snapshot } from "./Snapshot.ts"

export type { Deployment } from "./Deployment.ts"
export type { ModelEntry, Snapshot } from "./Snapshot.ts"

/** Which models there are, and who serves each. */
export class ModelTable extends Context.Service<ModelTable, {
  /** As of now. The same object until the configuration changes or a provider tells of its models. */
  readonly snapshot: () => Snapshot
  /** The first deployment of the model that clients call `id`. */
  readonly lookup: (id: string) => Deployment | undefined
  /** The first deployment of every model, those that providers told of at the end. */
  readonly all: () => ReadonlyArray<Deployment>
}>()("penstock/routing/ModelTable") {
  /** The catalogue's models as the configuration changes them, and the models that it adds. */
  static readonly layer = Layer.effect(
    ModelTable,
    Effect.gen(function* () {
      const configuration = yield* Configuration
      const providers = yield* Providers
      /** What every provider told when the last snapshot was made. */
      let told: ReadonlyArray<unknown> = []
      let last: Snapshot | undefined

      const isNews = () => providers.all.some((one, index) => one.discovered() !== told[index])

      const snapshot = (): Snapshot => {
        const traffic = configuration.current()
        if (last?.traffic === traffic && !isNews()) return last
        told = providers.all.map((one) => one.discovered())
        last = make(traffic, providers)
        return last
      }

      return ModelTable.of({
        snapshot,
        lookup: (id) => snapshot().find(id)?.deployments[0],
        all: () => snapshot().entries.map(({ deployments: [first] }) => first)
      })
    })
  )
}
