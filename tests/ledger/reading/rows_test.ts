import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { assert, assertEquals } from "@std/assert"
import { RowBody } from "../../../src/api/native/RowBody.ts"
import { noTotals, plus } from "../../../src/ledger/reading/Totals.ts"
import { rowsOf, type RowsQuery } from "../../../src/ledger/reading/rows.ts"
import { usageOf } from "../../../src/ledger/reading/usage.ts"
import { law, test } from "../../kit/effect.ts"
import { books, epoch, plain, settledOf, Sketch } from "../books.ts"

const decodeRow = Schema.decodeUnknownSync(Schema.fromJsonString(RowBody), {
  onExcessProperty: "error"
})
const decode = (line: string) => decodeRow(line)

const period = { start: epoch, end: epoch + 200 }

test("a row is told whole: its times as text, its money in nano-dollars, its calls with their prices", () =>
  Effect.gen(function* () {
    const { sql, settle } = yield* books()
    const settled = settledOf({ ...plain, day: 71, at: 43_200_000 }, 'a "quoted"\nid')
    yield* settle({ ...settled, traceId: "0af7651916cd43dd8448eb211c80319c", firstTokenMs: 1.25 })
    const lines = yield* Stream.runCollect(rowsOf(sql, { period }))
    assertEquals(lines.length, 1)
    assertEquals(decode(lines[0]!), {
      seq: 1,
      id: 'a "quoted"\nid',
      at: "2024-02-29T12:00:00.000Z",
      caller: "ada",
      asked: "gpt-4",
      streamed: false,
      version: 3,
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      outcome: "ok",
      model: "gpt-4",
      provider: "openai",
      calls: 1,
      prompt_tokens: 10,
      completion_tokens: 5,
      cached_tokens: 5,
      cache_write_tokens: 0,
      reasoning_tokens: 2,
      source: "reported",
      input_nanos: 999,
      output_nanos: 999,
      duration_ms: 12.5,
      first_token_ms: 1.25,
      queue_ms: 0,
      upstream_ms: 10,
      attempts: [{
        number: 1,
        deployment: "gpt-4@openai",
        model: "gpt-4",
        provider: "openai",
        started_ms: 0,
        resumed: null,
        outcome: "answered",
        status: null,
        duration_ms: 10,
        queue_ms: 0,
        first_token_ms: null,
        showed: true,
        prompt_tokens: 10,
        completion_tokens: 5,
        cached_tokens: 5,
        cache_write_tokens: 0,
        reasoning_tokens: 2,
        source: "reported",
        input_nanos: 999,
        output_nanos: 999,
        rates: { input: 1, output: 2 }
      }]
    })
    assert(!lines[0]!.includes("\n"))
  }))

test("a request that is under way is not told, and what has no price has none", () =>
  Effect.gen(function* () {
    const { sql, ledger, settle } = yield* books()
    const { calls: [call], ...opened } = settledOf(plain, "open")
    const { outcome: _, ...asked } = call!
    yield* ledger.open(opened).ask({ ...asked, charge: call!.charge! })
    yield* settle(
      settledOf({ ...plain, calls: [{ ...plain.calls[0]!, nanos: undefined }] }, "unpriced")
    )
    const rows = (yield* Stream.runCollect(rowsOf(sql, { period }))).map(decode)
    assertEquals(rows.map(({ id }) => id), ["unpriced"])
    assertEquals([rows[0]!.input_nanos, rows[0]!.attempts[0]!.rates], [null, null])
  }))

const Paging = Schema.Struct({
  requests: Schema.Array(Sketch).check(Schema.isMaxLength(30)),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 })),
  start: Schema.Int.check(Schema.isBetween({ minimum: -5, maximum: 105 })),
  days: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 110 })),
  model: Schema.UndefinedOr(Sketch.fields.model)
})

law(
  "page by page all rows of the days are told once, in order, and add up to the usage",
  Paging,
  ({ requests, limit, start, days, model }) =>
    Effect.scoped(Effect.gen(function* () {
      const { sql, fill } = yield* books()
      yield* fill(requests)
      const period = { start: epoch + start, end: epoch + start + days - 1 }
      const all: Array<string> = []
      let after: RowsQuery["after"]
      while (true) {
        const page = yield* Stream.runCollect(rowsOf(sql, { period, model, limit, after }))
        assert(page.length <= limit)
        all.push(...page)
        if (page.length === 0) break
        after = decode(page.at(-1)!).seq
      }
      assertEquals(all, yield* Stream.runCollect(rowsOf(sql, { period, model })))
      const rows = all.map(decode)
      assertEquals(
        rows.map(({ id }) => id),
        requests.flatMap((one, at) =>
          one.day >= start && one.day < start + days && (!model || one.model === model)
            ? [`req_${at}`]
            : []
        )
      )
      const { byModel } = yield* usageOf(sql, { period, model })
      const total = byModel.reduce((sum, { totals }) => plus(sum, totals), noTotals)
      const sum = (of: (row: typeof RowBody.Type) => number) =>
        rows.reduce((all, row) => all + BigInt(of(row)), 0n)
      assertEquals(total.requests, BigInt(rows.length))
      assertEquals(total.prompt_tokens, sum((row) => row.prompt_tokens))
      assertEquals(total.completion_tokens, sum((row) => row.completion_tokens))
      assertEquals(total.unpriced, sum(({ input_nanos }) => input_nanos === null ? 1 : 0))
      assertEquals(
        total.input_nanos,
        sum(({ attempts }) => attempts.reduce((all, one) => all + (one.input_nanos ?? 0), 0))
      )
      return true
    }))
)

test("rows that are deleted while they are told are left out, and no other", () =>
  Effect.gen(function* () {
    const { sql, fill } = yield* books()
    yield* fill(Array.from({ length: 1000 }, (_, at) => ({ ...plain, day: at % 2 })))
    let seen = 0
    const lines = yield* Stream.runCollect(
      Stream.tap(
        rowsOf(sql, { period }),
        () =>
          ++seen === 1
            ? Effect.asVoid(sql.unsafe("DELETE FROM requests WHERE seq % 4 = 1"))
            : Effect.void
      )
    )
    const kept = Array.from({ length: 1000 }, (_, at) => at + 1).filter((seq) =>
      // The first page was read before.
      seq <= 200 || seq % 4 !== 1
    )
    assertEquals(lines.map((line) => decode(line).seq), kept)
  }))

test("other work goes on between pages, and nothing is read for nobody", () =>
  Effect.gen(function* () {
    const { sql, fill } = yield* books()
    yield* fill(Array.from({ length: 2000 }, () => plain))
    let told = 0
    const reading = yield* Effect.forkChild(
      Stream.runForEachArray(rowsOf(sql, { period }), (page) =>
        Effect.sync(() => {
          told += page.length
        }))
    )
    while (told === 0) yield* Effect.yieldNow
    assert(told < 2000, String(told))
    yield* Fiber.interrupt(reading)
    const then = told
    for (let at = 0; at < 50; at++) yield* Effect.yieldNow
    assertEquals(told, then)
  }))
