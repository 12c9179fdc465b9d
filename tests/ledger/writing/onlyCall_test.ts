import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rowsOf } from "../../../src/ledger/reading/rows.ts"
import type { Called } from "../../../src/ledger/Entry.ts"
import { test } from "../../kit/effect.ts"
import { called, charge, ledgerOver, opened, rows, settled, unpriced } from "../store.ts"

const charges = {
  none: undefined,
  unpriced: charge(7, 9, unpriced),
  priced: charge(12, 30)
}

/** A call as `attempts` has it. */
const rowOf = (seq: number, call: Called) => {
  const { usage, cost } = call.charge ?? {}
  return {
    seq,
    number: call.number,
    deployment: call.deployment,
    model: call.model,
    provider: call.provider,
    started_ms: call.startedMs,
    resumed: call.resumed ?? null,
    outcome: call.outcome,
    status: call.status ?? null,
    duration_ms: call.durationMs,
    queue_ms: call.queueMs,
    first_token_ms: call.firstTokenMs ?? null,
    showed: call.showed ? 1 : 0,
    prompt_tokens: usage?.promptTokens ?? 0,
    completion_tokens: usage?.completionTokens ?? 0,
    cached_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    source: usage?.source ?? "unknown",
    input_nanos: cost?.inputNanos ?? null,
    output_nanos: cost?.outputNanos ?? null,
    price: cost ? 1 : null
  }
}

/** Every call that there can be, by what decides whether it needs a row of its own, and what differs. */
const everyCall: ReadonlyArray<Called> = [1, 2].flatMap((number) =>
  [undefined, "prefill" as const].flatMap((resumed) =>
    ["gpt-5", "other"].flatMap((model) =>
      ["openai", "other"].flatMap((provider) =>
        [charges.none, charges.unpriced, charges.priced].flatMap((charge) =>
          ["answered" as const, "overloaded" as const].flatMap((outcome) =>
            [undefined, 529].flatMap((status) =>
              [undefined, 120].flatMap((firstTokenMs) =>
                [true, false].map((showed) =>
                  called(number, {
                    resumed,
                    model,
                    provider,
                    charge,
                    outcome,
                    status,
                    firstTokenMs,
                    showed
                  })
                )
              )
            )
          )
        )
      )
    )
  )
)

test("whatever is known of a request's calls is told of them, in a row of their own or not", () =>
  Effect.gen(function* () {
    const { ledger, database, reader } = yield* ledgerOver()
    const requests = [
      [],
      ...everyCall.map((call) => [call]),
      ...everyCall.map((call) => [call, called(3)])
    ]
    for (const calls of requests) yield* ledger.open(opened("req")).settle(settled("req", calls))
    const expected = requests.map((calls, at) => calls.map((call) => rowOf(at + 1, call)))
    assertEquals(
      rows(database, "SELECT * FROM attempts ORDER BY seq, number"),
      expected.flat()
    )
    const lines = yield* Stream.runCollect(rowsOf(reader, { period: { start: 1, end: 1 } }))
    assertEquals(
      lines.map((line) => JSON.parse(line).attempts),
      expected.map((calls) =>
        calls.map(({ seq: _, price, showed, ...row }) => ({
          ...row,
          showed: showed === 1,
          rates: price === null ? null : { input: 1, output: 2 }
        }))
      )
    )
    // One that was first, charged, not resumed, and of the model and the provider of its request.
    const [own] = rows(database, "SELECT count(*) AS n FROM requests WHERE deployment IS NOT NULL")
    assertEquals(own, { n: everyCall.length / 2 / 2 / 2 / 2 * 2 / 3 })
  }))
