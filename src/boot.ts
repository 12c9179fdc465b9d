/**
 * Switches off Effect's capture of Node's `AsyncResource`, which it does for each step of each fiber:
 * a quarter of the CPU of a streamed event. To be imported before anything of Effect, which looks for
 * it once. See `docs/decisions/0010-async-resource-capture-is-off.md`.
 *
 * @module
 */
import process from "node:process"

const original = process.getBuiltinModule

Reflect.set(
  process,
  "getBuiltinModule",
  (id: string) => id === "node:async_hooks" ? undefined : Reflect.apply(original, process, [id])
)

/** Gives Node's modules back to whoever asks for them later. */
export const restore = (): void => {
  Reflect.set(process, "getBuiltinModule", original)
}
