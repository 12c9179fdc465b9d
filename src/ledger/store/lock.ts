/**
 * One gateway to a data folder: two that wrote the same books would take each other's requests for
 * those of a dead one.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { LedgerUnreadable } from "../errors.ts"
import { messageOf } from "./sqliteError.ts"

/**
 * Makes `folder` where it is absent, and has it for this process alone while the scope is open. The
 * system lets go of it when the process dies, however it does.
 */
export const lockFolder = (folder: string): Effect.Effect<void, LedgerUnreadable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({ try: () => take(folder), catch: (cause) => unusable(folder, cause) }),
    (file) => Effect.sync(() => file?.close())
  ).pipe(
    Effect.flatMap((file) => file ? Effect.void : Effect.fail(taken(folder)))
  )

const take = (folder: string): Deno.FsFile | undefined => {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = Deno.openSync(`${folder}/ledger.lock`, { create: true, write: true, mode: 0o600 })
  if (file.tryLockSync(true)) return file
  file.close()
}

const taken = (folder: string) =>
  new LedgerUnreadable({
    message: `Cannot open the ledger in "${folder}": another Penstock is running on that folder. ` +
      "Stop it, or set PENSTOCK_DATA_DIR to another folder for this one"
  })

const unusable = (folder: string, cause: unknown) =>
  new LedgerUnreadable({
    message: `Cannot open the ledger in "${folder}": ${messageOf(cause)}. Make the folder ` +
      "readable and writable for the user that runs Penstock, or set PENSTOCK_DATA_DIR to another"
  })
