/**
 * One change of the traffic configuration: what is told of it, and how to undo it.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { Difference } from "./difference.ts"
import { LoadBalancingOptions, PolicyOptions } from "./PolicyOptions.ts"
import type { Changes } from "./resolve.ts"

/** What is told of one change. */
export const Revision = Schema.Struct({
  /** That it led to. */
  version: Schema.Natural,
  /** ISO 8601, UTC. */
  at: Schema.String,
  /** Who made it: the id of a key, `jwt:` and the `sub` of a token, or `file`. */
  by: Schema.String,
  action: Schema.Literals(["put", "rollback", "file"]),
  changes: Schema.Array(Difference)
})

/** What stood where something was changed: `null` where nothing did. */
export const Undo = Schema.Struct({
  models: Schema.Record(Schema.String, Schema.NullOr(PolicyOptions)),
  load_balancing: Schema.optionalKey(LoadBalancingOptions)
})

/** A change as it is kept. */
export const KeptRevision = Schema.Struct({ ...Revision.fields, undo: Undo })
/** A change as it is kept. */
export type KeptRevision = typeof KeptRevision.Type

/** The most revisions that are kept. */
export const mostRevisions = 100

/** The runtime changes as they were after `version`; `undefined` where that is not kept. */
export const rolledBack = (
  changes: Changes,
  revisions: ReadonlyArray<KeptRevision>,
  version: number
): Changes | undefined => {
  const [oldest] = revisions
  const newest = revisions.at(-1)
  const isKept = Number.isInteger(version) && oldest && newest &&
    version >= oldest.version - 1 && version <= newest.version
  if (!isKept) return undefined
  const models = new Map(changes.models)
  let { loadBalancing } = changes
  for (const { undo } of revisions.filter((one) => one.version > version).toReversed()) {
    for (const [id, before] of Object.entries(undo.models)) {
      if (before === null) models.delete(id)
      else models.set(id, before)
    }
    loadBalancing = undo.load_balancing ?? loadBalancing
  }
  return { models, loadBalancing }
}

/** How to come from `after` back to `before`. */
export const undoOf = (before: Changes, after: Changes): typeof Undo.Type => {
  const ids = Array.from(new Set([...before.models.keys(), ...after.models.keys()]))
  return {
    models: Object.fromEntries(
      ids.filter((id) => !alike(before.models.get(id), after.models.get(id)))
        .map((id) => [id, before.models.get(id) ?? null])
    ),
    ...(alike(before.loadBalancing, after.loadBalancing)
      ? {}
      : { load_balancing: before.loadBalancing })
  }
}

const alike = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
