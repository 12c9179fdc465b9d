import { assertEquals, assertLess } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { rebuild } from "../../src/ledger/reading/rebuild.ts"
import { liveTest, test } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import {
  asked,
  called,
  charge,
  ledgerOver,
  opened,
  rows,
  settled,
  settleDown,
  unpriced
} from "./store.ts"

const requests = "SELECT * FROM requests"
const attempts = "SELECT * FROM attempts ORDER BY seq, number"
const open = "SELECT * FROM open ORDER BY page, number"

test("a request is open from its first call on, and closed with all that is known of it", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    const page = ledger.open(opened("req_1", { traceId: "0af7651916cd43dd8448eb211c80319c" }))
    assertEquals(rows(database, open), [])

    yield* page.ask(asked())
    const [row] = rows(database, open)
    assertEquals([row?.["id"], row?.["prompt_tokens"], row?.["source"], row?.["input_nanos"]], [
      "req_1",
      10,
      "estimated",
      10_000
    ])
    assertEquals(rows(database, requests), [])

    yield* page.settle(
      settled("req_1", [called()], { traceId: "0af7651916cd43dd8448eb211c80319c" })
    )
    assertEquals(rows(database, open), [])
    assertEquals(rows(database, requests), [{
      seq: 1,
      id: "req_1",
      at: 129_600_000,
      day: 1,
      caller: "ada",
      asked: "auto",
      streamed: 1,
      version: 3,
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      outcome: "ok",
      model: "gpt-5",
      provider: "openai",
      calls: 1,
      prompt_tokens: 12,
      completion_tokens: 30,
      cached_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      source: "reported",
      input_nanos: 12_000,
      output_nanos: 60_000,
      duration_ms: 812.5,
      first_token_ms: 121,
      queue_ms: 0.25,
      upstream_ms: 799.75,
      deployment: "openai/gpt-5",
      started_ms: 1.5,
      call_outcome: "answered",
      status: null,
      call_ms: 800,
      call_queue_ms: 0.25,
      call_first_token_ms: 120,
      showed: 1,
      price: 1
    }])
    assertEquals(rows(database, "SELECT * FROM retried"), [])
    assertEquals(rows(database, attempts), [{
      seq: 1,
      number: 1,
      deployment: "openai/gpt-5",
      model: "gpt-5",
      provider: "openai",
      started_ms: 1.5,
      resumed: null,
      outcome: "answered",
      status: null,
      duration_ms: 800,
      queue_ms: 0.25,
      first_token_ms: 120,
      showed: 1,
      prompt_tokens: 12,
      completion_tokens: 30,
      cached_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      source: "reported",
      input_nanos: 12_000,
      output_nanos: 60_000,
      price: 1
    }])
    assertEquals(ledger.state(), {
      state: "open",
      waiting: 0,
      failures: 0,
      recovered: 0,
      lost: 0
    })
  }))

test("a request is closed once, however often that is told", () =>
  Effect.gen(function* () {
    const { ledger, database, reader } = yield* ledgerOver()
    const page = ledger.open(opened("req_1"))
    yield* page.ask(asked())
    yield* Effect.all([page.settle(settled("req_1")), page.settle(settled("req_1"))], {
      concurrency: "unbounded"
    })
    yield* page.settle(settled("req_1", [], { outcome: "client_abort" }))
    page.checkpoint(1, charge(99, 99))
    assertEquals((yield* Effect.flip(page.ask(asked(2)))).why, "failed")
    yield* TestClock.adjust("1 second")
    yield* settleDown
    assertEquals(rows(database, requests).map(({ outcome }) => outcome), ["ok"])
    assertEquals([rows(database, attempts).length, rows(database, open).length], [1, 0])
    assertEquals(rows(database, "SELECT sum(requests) AS n FROM days"), [{ n: 1 }])
    assertEquals(yield* rebuild(reader, 0), [])
  }))

test("a request that called nobody has a row, and one whose calls were never noted has them too", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    yield* ledger.open(opened("req_1")).settle(
      settled("req_1", [], { outcome: "timeout", provider: undefined, model: "auto" })
    )
    yield* ledger.open(opened("req_2")).settle(settled("req_2", [called(1), called(2)]))
    assertEquals(
      rows(database, requests).map((
        { calls, source, input_nanos }
      ) => [calls, source, input_nanos]),
      [[0, "unknown", 0], [2, "reported", 24_000]]
    )
    yield* TestClock.adjust("1 second")
    yield* settleDown
    assertEquals(rows(database, "SELECT provider, failed FROM days ORDER BY provider"), [
      { provider: "", failed: 1 },
      { provider: "openai", failed: 0 }
    ])
  }))

test("what was counted and what was reported is mixed, and what has no price is never 0", () =>
  Effect.gen(function* () {
    const { ledger, database, reader } = yield* ledgerOver()
    const estimated = charge(1, 1, { usage: { ...charge(1, 1).usage, source: "estimated" } })
    yield* ledger.open(opened("req_1")).settle(settled("req_1", [
      called(1, { outcome: "overloaded", status: 529, charge: undefined }),
      called(2, { charge: estimated }),
      called(3, { charge: charge(2, 2, unpriced) })
    ]))
    const [row] = rows(database, requests)
    assertEquals([row?.["source"], row?.["input_nanos"], row?.["prompt_tokens"]], [
      "mixed",
      null,
      3
    ])
    assertEquals(
      rows(database, attempts).map((
        { source, input_nanos, price }
      ) => [source, input_nanos, price]),
      [["unknown", null, null], ["estimated", 1000, 1], ["reported", null, null]]
    )
    yield* TestClock.adjust("1 second")
    yield* settleDown
    assertEquals(rows(database, "SELECT unpriced, estimated, input_nanos FROM days"), [
      { unpriced: 1, estimated: 1, input_nanos: 1000 }
    ])
    assertEquals(yield* rebuild(reader, 0), [])
  }))

test("a price is in the books once, whoever names it", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    for (const input of [1, 3, 1, 3]) {
      const priced = called(1, { charge: charge(1, 1, { rates: { input, output: 2 } }) })
      yield* ledger.open(opened("req")).settle(settled("req", [priced]))
    }
    assertEquals(rows(database, "SELECT price, rates FROM prices ORDER BY price"), [
      { price: 1, rates: '{"input":1,"output":2}' },
      { price: 2, rates: '{"input":3,"output":2}' }
    ])
    assertEquals(rows(database, attempts).map(({ price }) => price), [1, 2, 1, 2])
  }))

test("what a call has taken so far is written with the next commit, or a second later", () =>
  Effect.gen(function* () {
    const { ledger, database, begins } = yield* ledgerOver()
    const tokens = () => rows(database, open).map((row) => row["completion_tokens"])
    const page = ledger.open(opened("req_1"))
    yield* page.ask(asked())
    yield* page.ask(asked(2))
    const { count } = begins
    for (let n = 1; n <= 5; n++) page.checkpoint(2, charge(10, n))
    yield* settleDown
    assertEquals(tokens(), [0, 0])
    yield* TestClock.adjust("1 second")
    yield* settleDown
    assertEquals([tokens(), begins.count], [[0, 5], count + 1])

    page.checkpoint(1, charge(10, 7))
    yield* ledger.open(opened("req_2")).ask(asked())
    assertEquals([tokens(), begins.count], [[7, 5, 0], count + 2])
    assertEquals(ledger.state().waiting, 0)
  }))

test("who stops waiting leaves nothing behind: a call that was not made is not in the books", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    const [page, other] = [ledger.open(opened("req_1")), ledger.open(opened("req_2"))]
    yield* other.ask(asked())
    const asking = yield* Effect.forkChild(
      Effect.all([page.ask(asked()), other.ask(asked(2))], { concurrency: "unbounded" }),
      { startImmediately: true }
    )
    yield* Fiber.interrupt(asking)
    assertEquals([ledger.state().waiting, rows(database, open).length], [0, 1])

    const settling = yield* Effect.forkChild(other.settle(settled("req_2")), {
      startImmediately: true
    })
    yield* Fiber.interrupt(settling)
    yield* page.settle(settled("req_1", []))
    assertEquals(rows(database, requests).map(({ id, calls }) => [id, calls]), [
      ["req_2", 1],
      ["req_1", 0]
    ])
    assertEquals(rows(database, open), [])
  }))

test("a call that was noted and then not made is taken back with the end of its request", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    const page = ledger.open(opened("req_1"))
    yield* page.ask(asked(1))
    yield* page.ask(asked(2))
    yield* page.settle(settled("req_1", [called(1)]))
    assertEquals([rows(database, open).length, rows(database, attempts).length], [0, 1])
  }))

test("all that comes in one turn is one transaction", () =>
  Effect.gen(function* () {
    const { ledger, database, begins } = yield* ledgerOver()
    const pages = Array.from({ length: 500 }, (_, n) => ledger.open(opened(`req_${n}`)))
    const together = { concurrency: "unbounded", discard: true } as const
    yield* Effect.forEach(pages, (page) => page.ask(asked()), together)
    assertEquals(begins.count, 1)
    yield* Effect.forEach(pages, (page, n) => page.settle(settled(`req_${n}`)), together)
    yield* settleDown
    // So many are added to the sums at once, apart from all that somebody waits for.
    assertEquals(begins.count, 3)
    assertEquals(rows(database, "SELECT sum(requests) AS n FROM months"), [{ n: 500 }])
  }))

test("an entry that cannot be written holds up no other, and is told", () =>
  Effect.gen(function* () {
    const { ledger, database, reader } = yield* ledgerOver()
    const poison = charge(1.5, 0)
    const pages = Array.from({ length: 6 }, (_, n) => ledger.open(opened(`req_${n}`)))
    const asks = yield* Effect.all(
      pages.map((page, n) =>
        Effect.exit(page.ask(n === 2 ? asked(1, { charge: poison }) : asked()))
      ),
      { concurrency: "unbounded" }
    )
    assertEquals(
      asks.map(({ _tag }) => _tag).join(" "),
      "Success Success Failure Success Success Success"
    )
    yield* Effect.all(
      pages.map((page, n) =>
        page.settle(settled(`req_${n}`, [n === 4 ? called(1, { charge: poison }) : called()]))
      ),
      { concurrency: "unbounded" }
    )
    assertEquals(rows(database, requests).map(({ id }) => id), [
      "req_0",
      "req_1",
      "req_2",
      "req_3",
      "req_5"
    ])
    const { state, lost, waiting } = ledger.state()
    assertEquals({ state, lost, waiting }, { state: "open", lost: 1, waiting: 0 })
    // What was taken back for it is in the sums once.
    yield* TestClock.adjust("1 second")
    yield* settleDown
    assertEquals(rows(database, "SELECT sum(requests) AS n FROM days"), [{ n: 5 }])
    assertEquals(yield* rebuild(reader, 0), [])
  }))

test("a sum that no column holds stays at the largest, and holds up nobody", () =>
  Effect.gen(function* () {
    const { ledger, database } = yield* ledgerOver()
    const absurd = charge(Number.MAX_SAFE_INTEGER, 0, unpriced)
    for (let turn = 0; turn < 3; turn++) {
      yield* Effect.forEach(
        Array.from({ length: 400 }, (_, n) => `req_${n}`),
        (id) => ledger.open(opened(id)).settle(settled(id, [called(1, { charge: absurd })])),
        { concurrency: "unbounded", discard: true }
      )
      yield* TestClock.adjust("1 second")
      yield* settleDown
    }
    assertEquals(
      rows(database, "SELECT requests AS n, CAST(prompt_tokens AS TEXT) AS tokens FROM days"),
      [{ n: 1200, tokens: "9223372036854775807" }]
    )
    assertEquals([ledger.state().state, ledger.state().failures], ["open", 0])
  }))

test("what waits is written before the books are closed, and the WAL file with it", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    yield* Effect.scoped(Effect.gen(function* () {
      const { ledger } = yield* ledgerOver({ dataDir })
      const page = ledger.open(opened("req_1"))
      yield* page.ask(asked())
      yield* Effect.forkChild(page.settle(settled("req_1")), { startImmediately: true })
    }))
    assertEquals(rows(dataDir, requests).map(({ id }) => id), ["req_1"])
    assertEquals(
      Array.from(Deno.readDirSync(dataDir), ({ name }) => name).sort(),
      ["ledger.db", "ledger.lock"]
    )
  }))

liveTest("a request costs few statements: thousands a second", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const { ledger } = yield* ledgerOver({ dataDir })
    const one = Effect.suspend(() => {
      const page = ledger.open(opened("req"))
      return Effect.andThen(page.ask(asked()), page.settle(settled("req")))
    })
    const start = performance.now()
    yield* Effect.all(Array.from({ length: 50 }, () => Effect.repeat(one, { times: 39 })), {
      concurrency: "unbounded"
    })
    // Far from what it does, so that a loaded machine does not matter.
    assertLess(performance.now() - start, 4000)
  }))
