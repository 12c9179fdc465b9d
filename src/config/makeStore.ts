/**
 * How the traffic configuration is changed: checked, then kept, then in force.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Issue } from "../domain/GatewayError.ts"
import type { Kept } from "./changesFile.ts"
import { check, checkFallbacks, checkWeights, type Known } from "./check.ts"
import type { ConfigFile } from "./ConfigFile.ts"
import type { ConfigStore } from "./ConfigStore.ts"
import type { Difference } from "./difference.ts"
import { ConfigInvalid, type ConfigStoreError, UnknownVersion } from "./errors.ts"
import { mustMatch, partOf } from "./Part.ts"
import { type Changes, noChanges, resolve } from "./resolve.ts"
import { mostRevisions, type Revision, rolledBack, undoOf } from "./Revision.ts"
import { showLoadBalancing, showPolicy } from "./Shown.ts"
import { fileDifferences, policyIn, trafficDifferences } from "./trafficDifferences.ts"
import type { Traffic } from "./Traffic.ts"

/** The store over what the file says and what was kept; `save` keeps more. */
export const makeStore = (
  fileAtStart: ConfigFile,
  keptAtStart: Kept | undefined,
  save: (kept: Kept) => Effect.Effect<void, ConfigStoreError>
): ConfigStore["Service"] => {
  let file = fileAtStart
  let kept: Kept = keptAtStart ?? { version: 0, changes: noChanges, revisions: [] }
  let traffic = resolve(kept.version, file, kept.changes)
  let fault: string | undefined
  const oneAtATime = Semaphore.makeUnsafe(1)

  /** What is being changed, how, and what of that is wrong. */
  interface Change extends Pick<typeof Revision.Type, "action" | "by"> {
    readonly changes: Changes
    readonly dryRun: boolean
    readonly issues: (next: Traffic) => ReadonlyArray<Issue>
  }

  const make = Effect.fnUntraced(function* (change: Change) {
    const next = resolve(kept.version + 1, file, change.changes)
    const issues = change.issues(next)
    if (issues.length > 0) return yield* new ConfigInvalid({ issues })
    const changes = trafficDifferences(traffic, next)
    const undo = undoOf(kept.changes, change.changes)
    const isSame = Object.keys(undo.models).length === 0 && undo.load_balancing === undefined
    if (change.dryRun || isSame) return { next, outcome: { version: kept.version, changes } }
    const revision = yield* revised(change, changes)
    const after: Kept = {
      version: next.version,
      changes: change.changes,
      revisions: [...kept.revisions, { ...revision, undo }].slice(-mostRevisions)
    }
    yield* save(after)
    kept = after
    traffic = next
    return { next, outcome: { version: kept.version, changes } }
  })

  const revised = (
    { action, by }: Pick<Change, "action" | "by">,
    changes: ReadonlyArray<Difference>
  ): Effect.Effect<typeof Revision.Type> =>
    Effect.map(Clock.currentTimeMillis, (now) => ({
      version: kept.version + 1,
      at: DateTime.formatIso(DateTime.makeUnsafe(now)),
      by,
      action,
      changes
    }))

  /** What is wrong with `next` that was not wrong before: an old fault does not block a cure of another. */
  const newIssues = (next: Traffic, known: Known): ReadonlyArray<Issue> => {
    const old = new Set(check(traffic, known).map((issue) => JSON.stringify(issue)))
    return check(next, known).filter((issue) => !old.has(JSON.stringify(issue)))
  }

  const model = (id: string) => partOf(showPolicy(policyIn(traffic, id)))
  const loadBalancing = () => partOf(showLoadBalancing(traffic.loadBalancing))

  return {
    current: () => traffic,
    model,
    putModel: Effect.fn("ConfigStore.putModel")(
      function* (id, options, { ifMatch, known, ...terms }) {
        yield* mustMatch(ifMatch, model(id))
        const models = new Map(kept.changes.models)
        if (Object.keys(options).length === 0) models.delete(id)
        else models.set(id, options)
        const { next, outcome } = yield* make({
          ...terms,
          action: "put",
          changes: { ...kept.changes, models },
          issues: (next) => checkFallbacks(next, id, known)
        })
        return { ...outcome, ...partOf(showPolicy(policyIn(next, id))) }
      },
      // A change must not be on disk and not in force because its maker left in between.
      Effect.uninterruptible,
      oneAtATime.withPermits(1)
    ),
    loadBalancing,
    putLoadBalancing: Effect.fn("ConfigStore.putLoadBalancing")(
      function* (options, { ifMatch, known, ...terms }) {
        yield* mustMatch(ifMatch, loadBalancing())
        const { next, outcome } = yield* make({
          ...terms,
          action: "put",
          changes: { ...kept.changes, loadBalancing: options },
          issues: (next) => checkWeights(next, known)
        })
        return { ...outcome, ...partOf(showLoadBalancing(next.loadBalancing)) }
      },
      Effect.uninterruptible,
      oneAtATime.withPermits(1)
    ),
    history: () => kept.revisions.toReversed().map(({ undo: _, ...told }) => told),
    rollback: Effect.fn("ConfigStore.rollback")(
      function* (version, { known, ...terms }) {
        const changes = version === kept.version
          ? kept.changes
          : rolledBack(kept.changes, kept.revisions, version)
        if (!changes) return yield* new UnknownVersion({ version })
        const { outcome } = yield* make({
          ...terms,
          action: "rollback",
          changes,
          issues: (next) => newIssues(next, known)
        })
        return outcome
      },
      Effect.uninterruptible,
      oneAtATime.withPermits(1)
    ),
    putFile: Effect.fn("ConfigStore.putFile")(
      function* (contents, known) {
        const next = resolve(kept.version + 1, contents, kept.changes)
        const issues = newIssues(next, known)
        if (issues.length > 0) return yield* new ConfigInvalid({ issues })
        const changes = fileDifferences(file, contents)
        file = contents
        if (changes.length === 0) return { version: kept.version, changes }
        const revision = yield* revised({ action: "file", by: "file" }, changes)
        const undo = undoOf(noChanges, noChanges)
        kept = {
          ...kept,
          version: next.version,
          revisions: [...kept.revisions, { ...revision, undo }].slice(-mostRevisions)
        }
        traffic = next
        // The file itself is on disk: only that its edit is a version would be forgotten.
        yield* Effect.catch(save(kept), ({ message }) => Effect.logWarning(message))
        return { version: kept.version, changes }
      },
      Effect.uninterruptible,
      oneAtATime.withPermits(1)
    ),
    fileFault: () => fault,
    setFileFault: (next) => {
      fault = next
    }
  }
}
