import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assertEquals } from "@std/assert"
import { type Outcome, outcomes } from "../../../src/ledger/Entry.ts"
import * as Logs from "../../../src/telemetry/logs/logs.ts"
import { RequestLog } from "../../../src/telemetry/logs/RequestLog.ts"
import { test } from "../../kit/effect.ts"
import { called, settled } from "../settled.ts"

/** What is logged of requests that ended with each outcome, by how much is to be logged. */
const linesOf = Effect.fnUntraced(function* (
  which: "all" | "failed" | "none",
  program: (log: RequestLog["Service"]) => void
) {
  let text = ""
  const sink = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes)
    return Promise.resolve()
  }
  yield* Effect.provide(
    Effect.map(RequestLog, program),
    RequestLog.layer(which).pipe(Layer.provide(Logs.layer(sink)))
  )
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line))
})

test("which requests are logged is a setting: all, those without an answer, or none", () =>
  Effect.gen(function* () {
    const logged = (which: "all" | "failed" | "none") =>
      Effect.map(
        linesOf(which, ({ tell }) => {
          for (const outcome of outcomes) tell(settled({ outcome }), undefined)
        }),
        (lines) => lines.map(({ outcome }): Outcome => outcome)
      )
    assertEquals(yield* logged("all"), [...outcomes])
    assertEquals(
      yield* logged("failed"),
      outcomes.filter((outcome) => outcome !== "ok" && outcome !== "filtered")
    )
    assertEquals(yield* logged("none"), [])
  }))

test("a line says how a request went, in numbers", () =>
  Effect.gen(function* () {
    const failed = called({ outcome: "rate_limited", status: 429, charge: undefined, number: 1 })
    const over = settled({
      streamed: true,
      firstTokenMs: 12.34567,
      calls: [failed, called({ number: 2 })]
    })
    const [line] = yield* linesOf("all", ({ tell }) =>
      tell(over, {
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        sampled: false
      }))
    const { time: _, ...rest } = line
    assertEquals(rest, {
      level: "info",
      message: "A request is over",
      request_id: "req_1",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      span_id: "b7ad6b7169203331",
      outcome: "ok",
      asked: "gpt-4",
      model: "gpt-4",
      provider: "openai",
      caller: "key_1",
      streamed: true,
      attempts: 2,
      last_attempt: "answered",
      duration_ms: 100,
      first_token_ms: 12.3,
      queue_ms: 4,
      upstream_ms: 90,
      input_tokens: 10,
      output_tokens: 21,
      cached_tokens: 0,
      usage_source: "reported",
      cost_nanodollars: 1000
    })
  }))

test("what is not known is left out, and never 0", () =>
  Effect.gen(function* () {
    const { charge, ...call } = called({ outcome: "server", status: 503 })
    const over = settled({
      outcome: "upstream_error",
      provider: undefined,
      calls: [{
        ...call,
        charge: undefined
      }]
    })
    const unpriced = settled({
      calls: [called(), called({ charge: { ...charge!, cost: undefined, rates: undefined } })]
    })
    const [line, other] = yield* linesOf("all", ({ tell }) => {
      tell(over, undefined)
      tell(unpriced, undefined)
    })
    for (const absent of ["trace_id", "provider", "cost_nanodollars", "input_tokens"]) {
      assertEquals(absent in line, false, absent)
    }
    assertEquals(line.last_status, 503)
    assertEquals(line.level, "warn")
    assertEquals("cost_nanodollars" in other, false)
    assertEquals(other.output_tokens, 42)
  }))
