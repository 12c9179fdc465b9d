/**
 * Writing the rows of a day that is over into a file of their own.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { dateOf } from "../calendar.ts"
import { rowsOf } from "./rows.ts"
import { messageOf } from "../store/sqliteError.ts"

/** A day's file cannot be written. */
export class CannotExport extends Data.TaggedError("CannotExport")<{
  readonly message: string
}> {}

/** A day to be written, or what came to it after it was. */
export interface Due {
  readonly day: number
  /** Its last row. */
  readonly last: number
  /** The last of its rows that is in a file; 0 where none is. */
  readonly exported: number
}

/**
 * Writes `due` into `folder`, and then notes in the books that it was. A crash leaves the whole file
 * or none. What comes to a day afterwards, such as a request that could not be written down for
 * hours, gets a file beside the day's.
 */
export const exportDay = Effect.fn("exportDay")(
  function* (
    sql: SqlClient,
    folder: string,
    { day, last, exported }: Due
  ): Effect.fn.Return<void, SqlError | CannotExport> {
    const name = `requests-${dateOf(day)}${exported === 0 ? "" : `-after-${exported}`}.ndjson`
    const rows = rowsOf(sql, { period: { start: day, end: day }, after: exported, upTo: last })
    yield* attempt(folder, () => Deno.mkdir(folder, { recursive: true, mode: 0o700 }))
    yield* writeWhole(folder, name, rows)
    yield* sql.unsafe(
      "INSERT INTO exports (day, last) VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
      [day, last]
    )
  }
)

const writeWhole = Effect.fnUntraced(function* (
  folder: string,
  name: string,
  lines: Stream.Stream<string, SqlError>
): Effect.fn.Return<void, SqlError | CannotExport> {
  const path = `${folder}/${name}`
  const draft = `${path}.draft`
  // What a crash left behind; made anew, so that neither its mode nor a link at its name counts.
  yield* attempt(draft, () => Deno.remove(draft).catch(unlessThere))
  yield* Effect.acquireUseRelease(
    attempt(draft, () => Deno.open(draft, { createNew: true, write: true, mode: 0o600 })),
    (file) =>
      Effect.andThen(
        Stream.runForEachArray(
          lines,
          (some) => attempt(draft, () => put(file, encoder.encode(some.join("\n") + "\n")))
        ),
        attempt(draft, () => file.sync())
      ),
    (file) => Effect.sync(() => file.close())
  )
  yield* attempt(path, () => Deno.rename(draft, path))
  // So that the new name outlives a power cut; not every system can.
  yield* Effect.ignore(
    attempt(
      folder,
      () => Deno.open(folder).then((opened) => opened.sync().finally(() => opened.close()))
    )
  )
})

const encoder = new TextEncoder()

const put = (file: Deno.FsFile, bytes: Uint8Array): Promise<void> =>
  file.write(bytes).then((written) =>
    written === bytes.length ? undefined : put(file, bytes.subarray(written))
  )

const unlessThere = (cause: unknown): void | Promise<never> =>
  cause instanceof Deno.errors.NotFound ? undefined : Promise.reject(cause)

const attempt = <A>(path: string, work: () => Promise<A>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => new CannotExport({ message: `Cannot write "${path}": ${messageOf(cause)}` })
  })
