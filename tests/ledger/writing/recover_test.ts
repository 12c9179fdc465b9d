import { assertEquals } from "@std/assert"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { SqlClient } from "effect/sql/SqlClient"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import { type Charge, outcomes, type Settled } from "../../../src/ledger/Entry.ts"
import { Ledger, type Page } from "../../../src/ledger/Ledger.ts"
import { rebuild } from "../../../src/ledger/reading/rebuild.ts"
import { law, test } from "../../kit/effect.ts"
import { temporaryFolder } from "../../kit/gateway.ts"
import {
  asked,
  called,
  charge,
  kill,
  ledgerOver,
  opened,
  rows,
  settled,
  settleDown,
  unpriced
} from "../store.ts"

/** A gateway's books, in the file of a folder. */
const books = Effect.fnUntraced(function* (dataDir: string) {
  const context = yield* Layer.build(
    Layer.orDie(Ledger.layer({ dataDir })).pipe(
      Layer.provideMerge([Supervisor.layer, Logger.layer([])])
    )
  )
  return { ledger: Context.get(context, Ledger), sql: Context.get(context, SqlClient) }
})

test("S4: requests that a gateway left open are closed as crashed, and charged for what is known", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const first = yield* ledgerOver({ dataDir: `${folder}/1` })
    const [done, noted, told, unknown] = ["done", "noted", "told", "unknown"].map((id) =>
      first.ledger.open(opened(id, { asked: "auto" }))
    )
    yield* done!.ask(asked())
    yield* done!.settle(settled("done"))
    yield* noted!.ask(asked())
    yield* told!.ask(asked(1, { provider: "anthropic" }))
    yield* told!.ask(asked(2))
    told!.checkpoint(2, charge(10, 44))
    yield* unknown!.ask(asked(1, { charge: charge(7, 0, unpriced) }))
    kill(`${folder}/1`, `${folder}/2`)

    const { ledger, sql } = yield* books(`${folder}/2`)
    assertEquals(ledger.state().recovered, 3)
    assertEquals(
      rows(`${folder}/2`, "SELECT * FROM requests ORDER BY seq").map((row) => [
        row["id"],
        row["outcome"],
        row["model"],
        row["provider"],
        row["calls"],
        row["prompt_tokens"],
        row["completion_tokens"],
        row["source"],
        row["input_nanos"],
        row["duration_ms"]
      ]),
      [
        ["done", "ok", "gpt-5", "openai", 1, 12, 30, "reported", 12_000, 812.5],
        ["noted", "crashed", "gpt-5", "openai", 1, 10, 0, "estimated", 10_000, null],
        ["told", "crashed", "gpt-5", "openai", 2, 20, 44, "mixed", 20_000, null],
        ["unknown", "crashed", "gpt-5", "openai", 1, 7, 0, "reported", null, null]
      ]
    )
    assertEquals(
      rows(`${folder}/2`, "SELECT seq, number, outcome, price FROM attempts ORDER BY seq, number")
        .map((row) => Object.values(row)),
      [[1, 1, "answered", 1], [2, 1, "crashed", 1], [3, 1, "crashed", 1], [3, 2, "crashed", 1], [
        4,
        1,
        "crashed",
        null
      ]]
    )
    assertEquals(
      rows(
        `${folder}/2`,
        "SELECT sum(requests) AS n, sum(failed) AS f, sum(unpriced) AS u FROM days"
      ),
      [{ n: 4, f: 3, u: 1 }]
    )
    assertEquals(yield* rebuild(sql, 0), [])
    yield* ledger.open(opened("next")).settle(settled("next"))
    assertEquals(rows(`${folder}/2`, "SELECT max(seq) AS last FROM requests"), [{ last: 5 }])
  }))

test("S4: what a dead gateway had not added to the sums is added once, however often it starts", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { ledger } = yield* ledgerOver({ dataDir: `${folder}/1` })
    const settle = (count: number) =>
      Effect.forEach(
        Array.from({ length: count }, (_, n) => `req_${n}`),
        (id) => ledger.open(opened(id)).settle(settled(id)),
        { concurrency: "unbounded", discard: true }
      )
    yield* settle(2)
    yield* TestClock.adjust("1 second")
    yield* settleDown
    yield* settle(150)
    const inSums = (dataDir: string) => [
      rows(dataDir, "SELECT sum(requests) AS n, sum(input_nanos) AS nanos FROM days")[0],
      rows(dataDir, "SELECT last FROM rollup")[0]?.["last"]
    ]
    kill(`${folder}/1`, `${folder}/2`)
    assertEquals(inSums(`${folder}/2`), [{ n: 2, nanos: 24_000 }, 2])
    for (let start = 0; start < 2; start++) {
      yield* Effect.scoped(Effect.gen(function* () {
        const { sql } = yield* books(`${folder}/2`)
        assertEquals(inSums(`${folder}/2`), [{ n: 152, nanos: 152 * 12_000 }, 152])
        assertEquals(yield* rebuild(sql, 0), [])
      }))
    }
  }))

test("S4: however many were open, each is closed once, and a second start finds nothing", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { ledger } = yield* ledgerOver({ dataDir: `${folder}/1` })
    yield* Effect.forEach(
      Array.from({ length: 1234 }, (_, n) => ledger.open(opened(`req_${n}`))),
      (page) => Effect.andThen(page.ask(asked()), page.ask(asked(2))),
      { concurrency: "unbounded" }
    )
    kill(`${folder}/1`, `${folder}/2`)
    const first = yield* books(`${folder}/2`)
    assertEquals(first.ledger.state().recovered, 1234)
    kill(`${folder}/2`, `${folder}/3`)
    const second = yield* books(`${folder}/3`)
    assertEquals(second.ledger.state().recovered, 0)
    assertEquals(
      rows(`${folder}/3`, "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM requests"),
      [{ n: 1234, ids: 1234 }]
    )
    assertEquals(rows(`${folder}/3`, "SELECT count(*) AS n FROM attempts"), [{ n: 2468 }])
    assertEquals(yield* rebuild(second.sql, 0), [])
  }))

const Step = Schema.Union([
  Schema.Struct({
    do: Schema.Literals(["ask", "checkpoint"]),
    page: Schema.Literals([0, 1, 2]),
    tokens: Schema.Literals([0, 1, 7, 1000]),
    source: Schema.Literals(["reported", "estimated", "mixed"]),
    isPriced: Schema.Boolean
  }),
  Schema.Struct({
    do: Schema.Literal("settle"),
    page: Schema.Literals([0, 1, 2]),
    outcome: Schema.Literals(outcomes),
    /** Whether the last call that was noted was not made after all. */
    isShort: Schema.Boolean
  }),
  Schema.Struct({ do: Schema.Literals(["wait", "die"]) })
])

/** What the books must hold of a request. */
interface Expected {
  readonly id: string
  readonly page: Page
  /** By the number of the call. */
  readonly durable: Map<number, Charge>
  readonly soon: Map<number, Charge>
}

law(
  "S4: after any life and any deaths, the books hold what was told to be durable, and its sums",
  Schema.Array(Step).check(Schema.isMaxLength(25)),
  (steps) =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      let life = 1
      let scope = yield* Scope.make()
      let { ledger, sql } = yield* Scope.provide(books(`${folder}/${life}`), scope)
      const pages = new Map<number, Expected>()
      const expected = new Map<string, ReturnType<typeof row>>()

      /** A commit takes along what waits. */
      const commit = () => {
        for (const { durable, soon } of pages.values()) {
          for (const [number, charge] of soon) durable.set(number, charge)
          soon.clear()
        }
      }
      const die = Effect.gen(function* () {
        kill(`${folder}/${life}`, `${folder}/${life + 1}`)
        yield* Scope.close(scope, Exit.void)
        life++
        scope = yield* Scope.make()
        ;({ ledger, sql } = yield* Scope.provide(books(`${folder}/${life}`), scope))
        assertEquals(
          ledger.state().recovered,
          Array.from(pages.values()).filter(({ durable }) => durable.size > 0).length
        )
        for (const { id, durable } of pages.values()) {
          if (durable.size > 0) expected.set(id, row("crashed", Array.from(durable.values())))
        }
        pages.clear()
      })

      for (const [at, step] of steps.entries()) {
        if (!("page" in step)) {
          if (step.do === "die") yield* die
          else {
            yield* TestClock.adjust("1 second")
            yield* settleDown
            commit()
          }
        } else {
          const id = `req_${at}`
          const known = pages.get(step.page)
          const page = known ??
            { id, page: ledger.open(opened(id)), durable: new Map(), soon: new Map() }
          pages.set(step.page, page)
          if (!("tokens" in step)) {
            const numbers = Array.from(page.durable.keys())
            const calls = (step.isShort ? numbers.slice(0, -1) : numbers).map((number) =>
              called(number, { charge: charge(number, number) })
            )
            yield* page.page.settle(settled(page.id, calls, { outcome: step.outcome }))
            expected.set(page.id, row(step.outcome, calls.map(({ charge }) => charge!)))
            pages.delete(step.page)
            commit()
          } else {
            const taken = charge(step.tokens, step.tokens, step.isPriced ? {} : unpriced)
            const given = { ...taken, usage: { ...taken.usage, source: step.source } }
            if (step.do === "ask") {
              const number = page.durable.size + 1
              yield* page.page.ask(asked(number, { charge: given }))
              page.durable.set(number, given)
              commit()
            } else if (page.durable.size > 0) {
              page.page.checkpoint(page.durable.size, given)
              page.soon.set(page.durable.size, given)
            }
          }
        }
      }
      yield* die
      const path = `${folder}/${life}`
      const found = rows(path, "SELECT * FROM requests ORDER BY id")
      assertEquals(
        found.map(({ id }) => id),
        Array.from(expected.keys()).sort()
      )
      for (const request of found) {
        const { outcome, calls, prompt_tokens, source, input_nanos } = request
        assertEquals(
          { outcome, calls, prompt_tokens, source, input_nanos },
          expected.get(String(request["id"]))
        )
      }
      assertEquals(rows(path, "SELECT * FROM open"), [])
      assertEquals(
        rows(
          path,
          `SELECT r.calls FROM requests r LEFT JOIN attempts a ON a.seq = r.seq
            GROUP BY r.seq HAVING count(a.number) <> r.calls`
        ),
        []
      )
      assertEquals(yield* rebuild(sql, 0), [])
      yield* Scope.close(scope, Exit.void)
      return true
    }))
)

/** What a row must say, reckoned in the plainest way. */
const row = (outcome: Settled["outcome"], charges: ReadonlyArray<Charge>) => {
  const sources = new Set(charges.map(({ usage }) => usage.source))
  const [source] = sources
  const costs = charges.map(({ cost }) => cost)
  return {
    outcome,
    calls: charges.length,
    prompt_tokens: charges.reduce((sum, { usage }) => sum + usage.promptTokens, 0),
    source: sources.size > 1 ? "mixed" : source ?? "unknown",
    input_nanos: costs.includes(undefined)
      ? null
      : costs.reduce((sum, cost) => sum + cost!.inputNanos, 0)
  }
}
