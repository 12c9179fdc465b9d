/**
 * From `penstock.yaml` to its contents.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { ConfigError, wrong } from "./ConfigError.ts"
import { ConfigFile } from "./ConfigFile.ts"
import { variable } from "./environment.ts"
import { remember } from "./written.ts"

/** Reads the file at `path`; `undefined` where it is not there and need not be. */
export const readConfigFile = Effect.fnUntraced(
  function* (
    path: string,
    required: boolean
  ): Effect.fn.Return<ConfigFile | undefined, ConfigError> {
    const text = yield* Effect.matchEffect(readText(path), {
      onSuccess: Effect.succeed,
      onFailure: (cause) =>
        cause instanceof Deno.errors.NotFound && !required
          ? Effect.undefined
          : Effect.fail(wrong(path, "file", `it cannot be read: ${reasonOf(cause)}`))
    })
    return text === undefined ? undefined : yield* parseConfigFile(path, text)
  }
)

/** The configuration that `text` holds: YAML, of which JSON is a part, with `${NAME}` filled in. */
export const parseConfigFile = Effect.fnUntraced(
  function* (path: string, text: string): Effect.fn.Return<ConfigFile, ConfigError> {
    const document = yield* Effect.try({
      try: () => path.endsWith(".json") ? JSON.parse(text) : Yaml.parse(text),
      catch: (cause) => wrong(path, "file", withoutQuotes(reasonOf(cause)))
    })
    const found: Found = { unset: [], written: new Map() }
    // A file of nothing but comments.
    const filled = yield* fill(found, [], document ?? {})
    const { unset, written } = found
    if (unset.length > 0) return yield* new ConfigError({ source: path, faults: unset })
    const file = yield* Effect.mapError(decode(filled), ({ issue }) =>
      new ConfigError({
        source: path,
        faults: issuesOf(issue).issues.map(({ path = [], message }) => ({
          path: path.map(String).join(".") || "file",
          message: message === "Expected no excess property" ? "there is no such setting" : message
        }))
      }))
    remember(file, written)
    return file
  }
)

const decode = Schema.decodeUnknownEffect(ConfigFile, { errors: "all", onExcessProperty: "error" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const readText = (path: string) =>
  Effect.tryPromise({ try: () => Deno.readTextFile(path), catch: (cause) => cause })

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : "the reason is not known"

/** What is wrong with a file, without what stands there: it may be a part of a secret. */
const withoutQuotes = (reason: string): string =>
  reason.replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, "").replace(/'\*.*'/s, "")

/** One setting that is wrong. */
type Fault = ConfigError["faults"][number]

/** What was found while `${NAME}` was filled in. */
interface Found {
  /** Each variable that is not set. */
  readonly unset: Array<Fault>
  /** For each text that was filled in, as it stands in the file. */
  readonly written: Map<string, string>
}

/** `value` with each `${NAME}` in its texts replaced by that environment variable. */
const fill = (
  found: Found,
  path: ReadonlyArray<string>,
  value: unknown
): Effect.Effect<unknown, ConfigError> => {
  if (typeof value === "string") {
    return value.includes("${") ? fillText(found, path, value) : Effect.succeed(value)
  }
  if (Array.isArray(value)) {
    return Effect.forEach(value, (item, index) => fill(found, [...path, String(index)], item))
  }
  if (typeof value !== "object" || value === null) return Effect.succeed(value)
  return Effect.map(
    Effect.forEach(
      Object.entries(value),
      ([key, item]) =>
        Effect.map(fill(found, [...path, key], item), (filled) => [key, filled] as const)
    ),
    Object.fromEntries
  )
}

const fillText = Effect.fnUntraced(
  function* ({ unset, written }: Found, path: ReadonlyArray<string>, text: string) {
    let filled = ""
    let end = 0
    for (const match of text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
      const [whole, name = ""] = match
      const value = yield* variable(name)
      if (value === undefined) {
        const message = `the environment variable ${name} is not set`
        unset.push({ path: path.join("."), message })
      }
      filled += text.slice(end, match.index) + (value ?? "")
      end = match.index + whole.length
    }
    filled += text.slice(end)
    if (end > 0) written.set(filled, text)
    return filled
  }
)
