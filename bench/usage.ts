/**
 * How long usage takes to tell in a year of many requests: `deno run -A bench/usage.ts [rows]`, by
 * default 10 million. It makes the books by SQL in a temporary folder (about 2 GB), and removes them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { dateOf, parseDate } from "../src/ledger/calendar.ts"
import { sums } from "../src/ledger/store/schema.ts"
import { openStore } from "../src/ledger/store/Store.ts"
import { costOf, dollarsText, noTotals, plus } from "../src/ledger/reading/Totals.ts"
import { groupings, usageOf, type UsageQuery } from "../src/ledger/reading/usage.ts"

const count = Number(Deno.args[0] ?? 10_000_000)
const rounds = 15
const first = parseDate("2025-01-01") ?? NaN
const last = first + 364

/** Every key asks every model of every provider each day: as many sums as there can be. */
const fill = `
  INSERT INTO requests (
    seq, id, at, day, caller, asked, streamed, version, outcome, model, provider, calls,
    prompt_tokens, completion_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, source,
    input_nanos, output_nanos, duration_ms, queue_ms, upstream_ms
  )
  WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${count})
  SELECT n + 1, printf('req_%032x', n), ${first} * 86400000 + n * 31536000000 / ${count},
    ${first} + n * 365 / ${count}, printf('key-%08d', abs(random()) % 100), 'model', 1, 1,
    iif(n % 50, 'ok', 'upstream_error'), 'model-' || (abs(random()) % 5),
    'provider-' || (abs(random()) % 2), 1, abs(random()) % 4000, abs(random()) % 1000, 0, 0, 0,
    'reported', abs(random()) % 20000000, abs(random()) % 20000000, 1200.5, 0, 1190.5
  FROM n`

const month = "(strftime('%Y', day * 86400, 'unixepoch') - 1970) * 12 + " +
  "strftime('%m', day * 86400, 'unixepoch') - 1"
const added = sums.map((sum) => `sum(${sum})`).join(", ")
/** The latest are in no sums yet, as in a gateway that is busy. */
const summed = count - 256
const rollUps = [
  `INSERT INTO days SELECT day, caller, model, provider, count(*), sum(outcome <> 'ok'), 0, 0,
    ${
    added.split(", ").slice(4).join(", ")
  } FROM requests WHERE seq <= ${summed} GROUP BY 1, 2, 3, 4`,
  `INSERT INTO day_models SELECT day, model, provider, ${added} FROM days GROUP BY 1, 2, 3`,
  `INSERT INTO months SELECT ${month}, caller, model, provider, ${added} FROM days GROUP BY 1, 2, 3, 4`,
  `INSERT INTO spans SELECT day, min(seq), max(seq) FROM requests WHERE seq <= ${summed} GROUP BY day`,
  `UPDATE rollup SET last = ${summed}`
]

const periods = [
  ["the year", first, last],
  ["30 days", first + 100, first + 129],
  ["all but its first and last day", first + 1, last - 1],
  ["17 January to 15 December", first + 16, last - 16]
] as const

const measure = Effect.gen(function* () {
  const dataDir = yield* Effect.acquireRelease(
    Effect.sync(() => Deno.makeTempDirSync({ prefix: "penstock-usage-" })),
    (path) => Effect.sync(() => Deno.removeSync(path, { recursive: true }))
  )
  const { database, reader } = yield* openStore({ dataDir })
  const started = performance.now()
  database.exec(fill)
  for (const text of rollUps) database.exec(text)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const rowsIn = (table: string) =>
    database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]
  console.log(
    `${count} requests of 100 keys, 5 models, 2 providers in ${seconds} s; ` +
      ["days", "day_models", "months"].map((table) => `${table} ${rowsIn(table)}`).join(", ")
  )

  console.log("| period | group_by | model | first, ms | median, ms | worst, ms |")
  console.log("| --- | --- | --- | --- | --- | --- |")
  for (const [name, start, end] of periods) {
    for (const model of [undefined, "model-1"]) {
      for (const groupBy of [undefined, ...groupings]) {
        const query: UsageQuery = { period: { start, end }, model, groupBy }
        const times: Array<number> = []
        for (let round = 0; round < rounds; round++) {
          const before = performance.now()
          yield* usageOf(reader, query)
          times.push(performance.now() - before)
        }
        const [coldest = NaN] = times
        times.sort((a, b) => a - b)
        const shown = [coldest, times[rounds >> 1] ?? NaN, times.at(-1) ?? NaN]
          .map((ms) => ms.toFixed(1)).join(" | ")
        console.log(`| ${name} | ${groupBy ?? ""} | ${model ?? ""} | ${shown} |`)
      }
    }
  }

  const before = performance.now()
  const text = database.prepare(
    "SELECT CAST(sum(input_nanos + output_nanos) AS TEXT) AS nanos FROM requests"
  ).get()?.["nanos"]
  const { byModel } = yield* usageOf(reader, { period: { start: first, end: last } })
  const told = costOf(byModel.reduce((all, { totals }) => plus(all, totals), noTotals))
  console.log(
    `${dateOf(first)} to ${dateOf(last)} cost ${dollarsText(told ?? 0n)} dollars; the rows say ${
      dollarsText(BigInt(String(text)))
    }, in ${((performance.now() - before) / 1000).toFixed(1)} s`
  )
})

await Effect.runPromise(Effect.scoped(measure))
