/**
 * Taking up edits of the configuration file while the gateway runs.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Issue } from "../domain/GatewayError.ts"
import { checkProviders } from "./check.ts"
import { ConfigError } from "./ConfigError.ts"
import type { ConfigStore } from "./ConfigStore.ts"
import type { ModelSettings } from "./ModelSettings.ts"
import { readConfigFile } from "./readFile.ts"
import { type ConfigSource, trafficOf } from "./Settings.ts"
import { restartDifferences } from "./trafficDifferences.ts"
import { nothingWritten, quoted } from "./written.ts"

/** What a file may name that it does not define itself. */
export interface Surroundings {
  /** The ids of the providers that were started. */
  readonly providers: ReadonlySet<string>
  /** The ids of the models that those have. */
  readonly models: () => ReadonlySet<string>
}

/** Looks at the file once a second, for ever. */
export const watchFile = (
  store: ConfigStore["Service"],
  source: ConfigSource,
  surroundings: Surroundings
): Effect.Effect<never> =>
  Effect.suspend(() => {
    const look = makeLook(store, source, surroundings)
    return Effect.forever(Effect.andThen(Effect.sleep("1 second"), look))
  })

/**
 * One look at the file, to be repeated. It is taken up once it has stood unchanged from one look to
 * the next: half of a file can be a valid one. A file that cannot be used changes nothing, and is
 * told in the log and as the store's fault.
 */
export const makeLook = (
  store: ConfigStore["Service"],
  source: ConfigSource,
  surroundings: Surroundings
): Effect.Effect<void> => {
  /** At the last look, and when something was last made of it. */
  let seen: string | undefined
  let handled: string | undefined
  /** Whether it ever was in force. */
  let { isThere } = source
  return Effect.flatMap(stampOf(source.path), (stamp) => {
    const isSettled = stamp === seen
    seen = stamp
    if (!isSettled || stamp === handled) return Effect.void
    handled = stamp
    // A file that need not be there.
    if (stamp === absent && !isThere) return Effect.sync(() => store.setFileFault(undefined))
    return Effect.map(takeUp(store, source, surroundings), (isTaken) => {
      isThere ||= isTaken
    })
  })
}

const absent = "absent"

const stampOf = (path: string): Effect.Effect<string> =>
  Effect.promise(() =>
    Deno.stat(path).then(
      ({ mtime, size, ino }) => `${mtime?.getTime()} ${size} ${ino}`,
      (cause) => cause instanceof Deno.errors.NotFound ? absent : "unreadable"
    )
  )

/** Whether the file is in force now. */
const takeUp = Effect.fn("watchFile.takeUp")(
  function* (store: ConfigStore["Service"], source: ConfigSource, surroundings: Surroundings) {
    const { path } = source
    const contents = yield* readConfigFile(path, true)
    if (contents === undefined) return false
    const { models, written } = yield* trafficOf(path, contents)
    const strangers = checkProviders(models, surroundings.providers, written)
    if (strangers.length > 0) {
      const isNew = ({ provider }: Stranger) => contents.providers?.[provider] !== undefined
      return yield* refused(
        path,
        strangers.map((one) => isNew(one) ? { ...one, message: newcomer(one, written) } : one)
      )
    }
    const { version, changes } = yield* Effect.catch(
      store.putFile(contents, knownModels(models, surroundings)),
      ({ issues }) => refused(path, issues)
    )
    store.setFileFault(undefined)
    if (changes.length > 0) {
      const paths = changes.map(({ path }) => path).join(", ")
      yield* Effect.logInfo(`The edit of ${path} is in force as version ${version}: ${paths}`)
    }
    const waiting = restartDifferences(Redacted.value(source.contents), contents)
    if (waiting.length > 0) {
      yield* Effect.logWarning(
        `The edit of ${path} waits for a restart in these parts, which are read at the start: ${
          waiting.join(", ")
        }`
      )
    }
    return true
  },
  (effect, store, { path }) =>
    Effect.catch(effect, ({ faults }) => {
      const fault = faults.map(({ path, message }) => `${path}: ${message}`).join("; ")
      store.setFileFault(fault.slice(0, 1000))
      return Effect.as(
        Effect.logError(
          `The edit of ${path} is not in force, and what was before it still holds: ${fault}`
        ),
        false
      )
    })
)

type Stranger = ReturnType<typeof checkProviders>[number]

const newcomer = ({ provider }: Stranger, written = nothingWritten): string =>
  `provider ${quoted(provider, written)} is new, and providers are read at the start: ` +
  "start Penstock again, and it is there"

const refused = (source: string, issues: ReadonlyArray<Issue>) =>
  Effect.fail(
    new ConfigError({
      source,
      faults: issues.map(({ path, message }) => ({ path: path.join("."), message }))
    })
  )

/** The models that there are, should the file hold. */
const knownModels = (
  own: ReadonlyMap<string, ModelSettings>,
  { models }: Surroundings
): ReadonlySet<string> => {
  const known = new Set(models())
  for (const [id, { provider, deployments }] of own) if (provider ?? deployments) known.add(id)
  return known
}
