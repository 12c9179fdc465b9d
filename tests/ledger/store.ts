/**
 * Books over a store of its own, for tests that break it or look into it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { DatabaseSync } from "node:sqlite"
import { assert } from "@std/assert"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { BacklogSize } from "../../src/ledger/writing/Backlog.ts"
import type { Asked, Called, Charge, Opened, Settled } from "../../src/ledger/Entry.ts"
import { writeIn } from "../../src/ledger/writing/makeLedger.ts"
import { openStore, type StoreOptions } from "../../src/ledger/store/Store.ts"

/** A ledger, the connection that it writes with, and how often that was asked to begin. */
export const ledgerOver = (
  options: StoreOptions = { dataDir: undefined },
  size: BacklogSize = {}
) =>
  Effect.gen(function* () {
    const { database, reader } = yield* openStore(options)
    const begins = { count: 0, crash: false }
    const ledger = yield* writeIn(watched(database, begins), { recovered: 0, size })
    return { ledger, database, reader, begins }
  }).pipe(Effect.provide(Layer.mergeAll(Supervisor.layer, Logger.layer([]))))

/** The same database; `begins.crash` has it fail in a way that no database fails. */
const watched = (database: DatabaseSync, begins: { count: number; crash: boolean }) =>
  new Proxy(database, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target)
      if (typeof value !== "function") return value
      if (name !== "prepare") return value.bind(target)
      return (sql: string) => {
        const statement = target.prepare(sql)
        if (!sql.startsWith("BEGIN")) return statement
        return {
          run: () => {
            if (begins.crash) throw new TypeError("A bug")
            begins.count++
            return statement.run()
          }
        }
      }
    }
  })

/** Lets whatever can go on without the clock do so. */
export const settleDown = Effect.promise(async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0))
})

/** Starts `effect` beside the test. */
export const begin = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.tap(Effect.forkScoped(effect, { startImmediately: true }), settleDown)

/** Whether it is over. */
export const isOver = (fiber: Fiber.Fiber<unknown, unknown>) => fiber.pollUnsafe() !== undefined

/** All rows that `sql` finds in the file of a folder, or in `database`. */
export const rows = (database: DatabaseSync | string, sql: string) => {
  if (database instanceof DatabaseSync) {
    return database.prepare(sql).all().map((row) => ({ ...row }))
  }
  const own = new DatabaseSync(`${database}/ledger.db`)
  const found = own.prepare(sql).all().map((row) => ({ ...row }))
  own.close()
  return found
}

/** A connection of another program to the file of a folder. */
export const stranger = (dataDir: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(`${dataDir}/ledger.db`)),
    (database) => Effect.sync(() => database.close())
  )

/** Copies what is on the disk, as a gateway leaves it that is killed now. */
export const kill = (from: string, to: string) => {
  Deno.mkdirSync(to, { recursive: true })
  for (const name of ["ledger.db", "ledger.db-wal"]) {
    Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`)
  }
  assert(Deno.statSync(`${to}/ledger.db`).size > 0)
}

/** What something took; by default at a price of 1 and 2 dollars a million. */
export const charge = (prompt: number, completion: number, more: Partial<Charge> = {}): Charge => ({
  usage: {
    promptTokens: prompt,
    completionTokens: completion,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported"
  },
  cost: { inputNanos: prompt * 1000, outputNanos: completion * 2000 },
  rates: { input: 1, output: 2 },
  ...more
})

/** Without a price. */
export const unpriced = { cost: undefined, rates: undefined }

/** A request that came in the middle of 2 January 1970. */
export const opened = (id: string, more: Partial<Opened> = {}): Opened => ({
  id,
  caller: "ada",
  at: 129_600_000,
  asked: "auto",
  streamed: true,
  version: 3,
  traceId: undefined,
  ...more
})

/** A call that is about to be made. */
export const asked = (number = 1, more: Partial<Asked> = {}): Asked => ({
  number,
  deployment: "openai/gpt-5",
  model: "gpt-5",
  provider: "openai",
  startedMs: 1.5,
  resumed: undefined,
  charge: charge(10, 0, { usage: { ...charge(10, 0).usage, source: "estimated" } }),
  ...more
})

/** A call that is over. */
export const called = (number = 1, more: Partial<Called> = {}): Called => {
  const { charge: _, ...call } = asked(number)
  return {
    ...call,
    outcome: "answered",
    status: undefined,
    durationMs: 800,
    queueMs: 0.25,
    firstTokenMs: 120,
    showed: true,
    charge: charge(12, 30),
    ...more
  }
}

/** A request that is over. */
export const settled = (
  id: string,
  calls: ReadonlyArray<Called> = [called()],
  more: Partial<Settled> = {}
): Settled => ({
  ...opened(id),
  outcome: "ok",
  model: "gpt-5",
  provider: "openai",
  durationMs: 812.5,
  firstTokenMs: 121,
  queueMs: 0.25,
  upstreamMs: 799.75,
  calls,
  ...more
})
