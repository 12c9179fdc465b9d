/**
 * Reading environment variables, one by one: the gateway may not list them.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ConfigError, wrong } from "./ConfigError.ts"

/** The process's variables. One that the process may not read is a failure, not an absence. */
export const layer: Layer.Layer<never> = ConfigProvider.layer(
  ConfigProvider.make((path) =>
    Effect.try({
      try: () => {
        const value = Deno.env.get(path.join("_"))
        return value === undefined ? undefined : ConfigProvider.makeValue(value)
      },
      catch: (cause) => new ConfigProvider.SourceError({ message: "not readable", cause })
    })
  )
)

/** The variable `name`; `undefined` where it is not set. */
export const variable = (name: string): Effect.Effect<string | undefined, ConfigError> =>
  Effect.gen(function* () {
    const provider = yield* ConfigProvider.ConfigProvider
    const node = yield* provider.load([name])
    return node?._tag === "Value" ? node.value : undefined
  }).pipe(Effect.mapError(() =>
    wrong(
      "the environment",
      name,
      `Penstock may not read this variable: use a name that begins with PENSTOCK_, or add it to ` +
        `--allow-env`
    )
  ))

/** The variable `name`, where an empty one is as good as none. */
export const nonEmptyVariable = (name: string): Effect.Effect<string | undefined, ConfigError> =>
  Effect.map(variable(name), (value) => value?.trim() || undefined)
