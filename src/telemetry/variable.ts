/**
 * Reading the environment variables of OpenTelemetry.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * The variable `name`; an empty one, and one that may not be read, is as good as none: telemetry stops
 * nothing.
 */
export const variable = Effect.fnUntraced(
  function* (name: string): Effect.fn.Return<string | undefined> {
    const provider = yield* ConfigProvider.ConfigProvider
    const node = Option.getOrUndefined(yield* Effect.option(provider.load([name])))
    return node?._tag === "Value" ? node.value?.trim() || undefined : undefined
  }
)
