/**
 * A setting that is wrong.
 *
 * @module
 */
import * as Data from "effect/Data"

/** A setting that is wrong: the gateway does not start. The message holds no value of a secret. */
export class ConfigError extends Data.TaggedError("ConfigError")<{
  /** The file, or `the environment`. */
  readonly source: string
  /** Each fault, by the setting's path or variable. */
  readonly faults: ReadonlyArray<{ readonly path: string; readonly message: string }>
}> {
  override get message(): string {
    const lines = this.faults.map(({ path, message }) => `  ${path}: ${message}`)
    return `Cannot use the configuration in ${this.source}:\n${lines.join("\n")}`
  }
}

/** One setting that is wrong. */
export const wrong = (source: string, path: string, message: string): ConfigError =>
  new ConfigError({ source, faults: [{ path, message }] })
