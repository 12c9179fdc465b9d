/**
 * What is wrong with the configuration that holds, or with the file that should.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { check } from "../../config/check.ts"
import { ConfigStore } from "../../config/ConfigStore.ts"
import { ModelTable, type Snapshot } from "../../routing/ModelTable.ts"

/** Tells what is wrong now, if anything. It names what the file says: it is not for everybody. */
export const configFault = Effect.gen(function* () {
  const store = yield* ConfigStore
  const table = yield* ModelTable
  let last: { readonly of: Snapshot; readonly fault: string | undefined } | undefined

  /** What the configuration names that is not there; looked for once for each state of both. */
  const standing = (snapshot: Snapshot): string | undefined => {
    if (last?.of === snapshot) return last.fault
    const [first] = check(snapshot.traffic, new Set(snapshot.entries.map(({ id }) => id)))
    last = { of: snapshot, fault: first && `${first.path.join(".")}: ${first.message}` }
    return last.fault
  }
  return (): string | undefined => store.fileFault() ?? standing(table.snapshot())
})
