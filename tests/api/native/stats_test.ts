import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { RowBody } from "../../../src/api/native/RowBody.ts"
import { UsageBody } from "../../../src/api/native/UsageBody.ts"
import { liveTest } from "../../kit/effect.ts"
import { apiKey, hello, start, temporaryFolder } from "../../kit/gateway.ts"
import { books, plain, settledOf, type Sketch } from "../../ledger/books.ts"
import { ask, askJson, postJson } from "../upstreams.ts"

const exactly = { onExcessProperty: "error" } as const
const decodeUsage = Schema.decodeUnknownSync(UsageBody, exactly)
const decodeRow = Schema.decodeUnknownSync(Schema.fromJsonString(RowBody), exactly)

/** A gateway that starts with these requests in its books. */
const startWith = Effect.fnUntraced(function* (sketches: ReadonlyArray<Sketch>) {
  const dataDir = yield* temporaryFolder
  yield* Effect.scoped(Effect.flatMap(books(dataDir), ({ fill }) => fill(sketches)))
  return yield* start({
    env: { PENSTOCK_SIMULATOR: "on", PENSTOCK_DATA_DIR: dataDir },
    // They came years ago.
    config: { ledger: { retention_days: null } }
  })
})

const priced = (nanos: Sketch["calls"][number]["nanos"]) => [
  { prompt: 100, completion: 20, source: "reported" as const, nanos }
]

/** 2023-12-20 is day 0, and 2024-01-01 is day 12. */
const some: ReadonlyArray<Sketch> = [
  { ...plain, day: 11, calls: priced(999) },
  { ...plain, day: 12, calls: priced(123_456_789) },
  { ...plain, day: 12, caller: "bob", model: "claude-3", provider: "anthropic", calls: priced(1) },
  { ...plain, day: 14, model: "house/one", calls: priced(undefined) },
  { ...plain, day: 14, outcome: "upstream_error", provider: "none", calls: [] }
]

liveTest(
  "usage is answered as the contract says, with more beside it",
  () =>
    Effect.gen(function* () {
      const { api, url } = yield* startWith(some)
      const query = "start_date=2024-01-01&end_date=2024-01-31"
      const { status, body } = yield* askJson(`${api}/stats/usage?${query}`)
      assertEquals(status, 200)
      assertEquals(body, {
        period: { start: "2024-01-01", end: "2024-01-31" },
        total_requests: 4,
        total_tokens: 360,
        total_cost: 0.24691358,
        failed: 1,
        unpriced: 1,
        estimated: 0,
        prompt_tokens: 300,
        completion_tokens: 60,
        cached_tokens: 150,
        cache_write_tokens: 0,
        reasoning_tokens: 30,
        by_model: {
          "claude-3": { requests: 1, tokens: 120, cost: 2e-9 },
          "gpt-4": { requests: 2, tokens: 120, cost: 0.246913578 },
          "house/one": { requests: 1, tokens: 120, cost: null }
        }
      })
      decodeUsage(body)
      const older = yield* askJson(`${url}/api/llm/stats/usage?${query}&model=`)
      assertEquals(older.body, body)
      const one = yield* askJson(`${api}/stats/usage?${query}&model=claude-3`)
      assertEquals([one.body.total_requests, Object.keys(one.body.by_model)], [1, ["claude-3"]])
      const none = yield* askJson(`${api}/stats/usage?${query}&model=gpt-99&group_by=day`)
      assertEquals([none.body.total_cost, none.body.by_model, none.body.groups], [0, {}, []])
    })
)

liveTest("usage is split up by day, key, provider or model", () =>
  Effect.gen(function* () {
    const { api } = yield* startWith(some)
    const groups = Effect.fnUntraced(function* (by: string) {
      const place = `${api}/stats/usage?start_date=2023-12-01&end_date=2024-01-31&group_by=${by}`
      const { body } = yield* askJson(place)
      decodeUsage(body)
      return body.groups.map((group: Record<string, unknown>) => [
        group[by],
        group["requests"],
        group["cost"]
      ])
    })
    assertEquals(yield* groups("day"), [
      ["2023-12-31", 1, 0.000001998],
      ["2024-01-01", 2, 0.24691358],
      ["2024-01-03", 2, null]
    ])
    assertEquals(yield* groups("key"), [["ada", 4, 0.246915576], ["bob", 1, 2e-9]])
    assertEquals(yield* groups("provider"), [
      [null, 1, 0],
      ["anthropic", 1, 2e-9],
      ["openai", 3, 0.246915576]
    ])
    assertEquals(yield* groups("model"), [
      ["claude-3", 1, 2e-9],
      ["gpt-4", 3, 0.246915576],
      ["house/one", 1, null]
    ])
  }))

liveTest("what was settled just now is in it, today by default", () =>
  Effect.gen(function* () {
    const { api } = yield* startWith([])
    const empty = yield* askJson(`${api}/stats/usage`)
    const today = new Date().toISOString().slice(0, 10)
    assertEquals(empty.body.period, { start: `${today.slice(0, 8)}01`, end: today })
    assertEquals([empty.body.total_requests, empty.body.total_cost], [0, 0])
    for (let count = 1; count <= 5; count++) {
      const { body: { usage } } = yield* postJson(`${api}/generate`, hello("simulator"))
      const { body } = yield* askJson(`${api}/stats/usage`)
      assertEquals([body.total_requests, body.total_tokens], [count, count * usage.total_tokens])
    }
  }))

liveTest("what is wrong in the address is told with its place", () =>
  Effect.gen(function* () {
    const { api } = yield* startWith([])
    const wrong: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
      ["usage?start_date=2025-02-30", ["start_date"]],
      ["usage?start_date=2025-02-28T00:00:00Z&end_date=x", ["start_date", "end_date"]],
      ["usage?start_date=&end_date=2025-01-31", ["start_date"]],
      ["usage?start_date=2025-02-02&end_date=2025-02-01", ["start_date"]],
      ["usage?start_date=2999-01-01", ["start_date"]],
      ["usage?start_date=2014-01-01&end_date=2025-01-01", ["start_date"]],
      ["usage?start_date=2025-01-01&start_date=2025-01-02", ["start_date"]],
      ["usage?group_by=week", ["group_by"]],
      ["usage?format=xml", ["format"]],
      ["rows?start_date=1", ["start_date"]],
      ["rows?limit=0", ["limit"]],
      ["rows?limit=1e3", ["limit"]],
      ["rows?after=-1", ["after"]]
    ]
    for (const [path, places] of wrong) {
      const { status, body, headers } = yield* askJson(`${api}/stats/${path}`)
      const { code, details, request_id } = body.error
      assertEquals(
        [status, code, details.reason],
        [400, "INVALID_REQUEST", "invalid_request"],
        path
      )
      assertEquals(details.issues.map(({ path }: { path: string }) => path), places, path)
      assertEquals(request_id, headers.get("x-request-id"))
    }
    const { body } = yield* askJson(`${api}/stats/usage?end_date=2024-02-29`)
    assertEquals(body.period, { start: "2024-02-01", end: "2024-02-29" })
  }))

liveTest(
  "a client that would have a table gets one, and every other gets JSON",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startWith(some)
      const place = `${api}/stats/usage?start_date=2024-01-01&end_date=2024-01-31`
      const type = Effect.fnUntraced(function* (accept: string, query = "") {
        const { headers } = yield* ask(place + query, { headers: { accept } })
        return headers.get("content-type")?.split(";")[0]
      })
      const csv = yield* ask(place, { headers: { accept: "text/csv" } })
      assertEquals(csv.headers.get("content-type"), "text/csv; charset=utf-8; header=present")
      assertEquals(
        csv.headers.get("content-disposition"),
        'attachment; filename="usage-2024-01-01-2024-01-31-by-model.csv"'
      )
      assertEquals(csv.text.split("\r\n"), [
        "model,requests,tokens,cost,failed,unpriced,estimated,prompt_tokens,completion_tokens," +
        "cached_tokens,cache_write_tokens,reasoning_tokens",
        "claude-3,1,120,0.000000002,0,0,0,100,20,50,0,10",
        "gpt-4,2,120,0.246913578,1,0,0,100,20,50,0,10",
        "house/one,1,120,,0,1,0,100,20,50,0,10",
        ""
      ])
      const days = yield* ask(`${place}&group_by=day&format=csv`)
      assertEquals(days.text.split("\r\n").map((line) => line.split(",")[0]), [
        "day",
        "2024-01-01",
        "2024-01-03",
        ""
      ])
      assertEquals(yield* type("text/csv, */*;q=0.1"), "text/csv")
      assertEquals(yield* type("Text/CSV;q=0.5, application/json;q=0.4"), "text/csv")
      for (
        const accept of [
          "*/*",
          "text/html",
          "application/pdf",
          "text/csv;q=0",
          "text/csv;q=0.4, application/json",
          "text/csvx",
          "nonsense;;;"
        ]
      ) assertEquals(yield* type(accept), "application/json", accept)
      assertEquals(yield* type("text/csv", "&format=json"), "application/json")
    })
)

liveTest(
  "a name that is a formula, or breaks the table, does neither in it",
  () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      const callers = ["=1+1", "@SUM(A1)", 'say "hi", now', "two\nlines", "plain", "\tx"]
      yield* Effect.scoped(Effect.gen(function* () {
        const { settle } = yield* books(dataDir)
        for (const caller of callers) yield* settle({ ...settledOf(plain), caller })
      }))
      const { api } = yield* start({ env: { PENSTOCK_DATA_DIR: dataDir } })
      const { text } = yield* ask(
        `${api}/stats/usage?start_date=2023-12-20&end_date=2023-12-20&group_by=key&format=csv`
      )
      const rest = ",1,15,0.000001998,0,0,0,10,5,5,0,2\r\n"
      assertEquals(
        text.slice(text.indexOf("\r\n") + 2),
        ["'\tx", "'=1+1", "'@SUM(A1)", "plain", '"say ""hi"", now"', '"two\nlines"']
          .map((cell) => cell + rest).join("")
      )
    })
)

liveTest(
  "rows are streamed as lines of JSON, and gone on with behind any of them",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startWith(some)
      const rows = Effect.fnUntraced(function* (query: string) {
        const place = `${api}/stats/rows?start_date=2024-01-01&end_date=2024-01-31${query}`
        const { status, headers, text } = yield* ask(place)
        assertEquals([status, headers.get("content-type")], [200, "application/x-ndjson"])
        assertMatch(headers.get("x-request-id") ?? "", /./)
        return text.split("\n").slice(0, -1).map((line) => decodeRow(line))
      })
      const all = yield* rows("")
      assertEquals(all.map(({ id, at }) => `${id} ${at}`), [
        "req_1 2024-01-01T00:00:00.000Z",
        "req_2 2024-01-01T00:00:00.000Z",
        "req_3 2024-01-03T00:00:00.000Z",
        "req_4 2024-01-03T00:00:00.000Z"
      ])
      const first = yield* rows("&limit=3")
      assertEquals(first, all.slice(0, 3))
      assertEquals(yield* rows(`&limit=3&after=${first[2]!.seq}`), all.slice(3))
      assertEquals(yield* rows(`&after=${all[3]!.seq}`), [])
      assertEquals((yield* rows("&model=claude-3")).map(({ id }) => id), ["req_2"])
      const head = yield* ask(`${api}/stats/rows`, { method: "HEAD" })
      assertEquals([head.status, head.text], [200, ""])
    })
)

liveTest("whoever leaves in the middle of the rows disturbs nobody", () =>
  Effect.gen(function* () {
    const { api } = yield* startWith(Array.from({ length: 6000 }, () => ({ ...plain, day: 12 })))
    const leave = new AbortController()
    const response = yield* Effect.promise(() =>
      fetch(`${api}/stats/rows?start_date=2024-01-01&end_date=2024-01-01`, {
        headers: { "x-api-key": apiKey },
        signal: leave.signal
      })
    )
    const reader = response.body!.getReader()
    const { value } = yield* Effect.promise(() => reader.read())
    assert(value!.length > 0)
    leave.abort()
    yield* Effect.promise(() => reader.read().catch(() => {}))
    const whole = yield* ask(`${api}/stats/rows?start_date=2024-01-01&end_date=2024-01-01`)
    assertEquals(whole.text.split("\n").length, 6001)
  }))

liveTest(
  "by default rows of years ago are deleted, and their sums are told",
  () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* Effect.scoped(Effect.flatMap(books(dataDir), ({ fill }) => fill(some)))
      const { api } = yield* start({ env: { PENSTOCK_DATA_DIR: dataDir } })
      const days = "start_date=2023-12-01&end_date=2024-01-31"
      // The very last one stays.
      yield* ask(`${api}/stats/rows?${days}`).pipe(
        Effect.delay("20 millis"),
        Effect.repeat({ until: ({ text }) => text.split("\n").length === 2 }),
        Effect.timeout("10 seconds")
      )
      assertEquals((yield* askJson(`${api}/stats/usage?${days}`)).body.total_requests, 5)
    })
)

liveTest(
  "the document tells of the tables and the lines, and of the scope",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startWith([])
      const { body } = yield* askJson(`${url}/openapi.json`)
      const types = (path: string) => {
        const { get } = body.paths[`/api/v1/llm/stats/${path}`]
        assertEquals(get["x-penstock-scope"], "usage:read")
        return Object.keys(get.responses["200"].content)
      }
      assertEquals(types("usage"), ["application/json", "text/csv"])
      assertEquals(types("rows"), ["application/x-ndjson"])
    })
)
