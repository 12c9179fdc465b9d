import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert"
import type { Settled } from "../../../src/ledger/Entry.ts"
import type { TraceContext } from "../../../src/telemetry/traces/TraceContext.ts"
import { Tracer, Traces } from "../../../src/telemetry/traces/Traces.ts"
import { test } from "../../kit/effect.ts"
import { settled } from "../settled.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const spanId = "b7ad6b7169203331"
const traceparent = `00-${traceId}-${spanId}-01`

const tracing = (isSampled: boolean) => {
  const recorded: Array<readonly [Settled, TraceContext]> = []
  return {
    recorded,
    layer: Traces.layer.pipe(Layer.provide(Layer.succeed(Tracer, {
      isSampled: () => isSampled,
      record: (...told) => void recorded.push(told)
    })))
  }
}

test("while nothing is exported a trace is begun only where the client began it, for the log", () =>
  Effect.gen(function* () {
    const { begin } = yield* Traces
    assertEquals(begin(null, null), undefined)
    assertEquals(begin("garbled", "a=1"), undefined)
    const context = begin(traceparent, "a=1")
    assertEquals(context?.traceId, traceId)
    assertEquals(context?.parentSpanId, spanId)
    assertEquals(context?.sampled, false)
  }).pipe(Effect.provide(Traces.layer)))

test("a client's trace goes on, with a span of our own and what others left there", () => {
  const { layer, recorded } = tracing(true)
  return Effect.gen(function* () {
    const { begin, tell } = yield* Traces
    const context = begin(traceparent, "a=1,b=2")
    assertEquals(context?.traceId, traceId)
    assertEquals(context?.parentSpanId, spanId)
    assertEquals(context?.traceState, "a=1,b=2")
    assertNotEquals(context?.spanId, spanId)
    const over = settled()
    tell(over, context)
    assertEquals(recorded, [[over, context!]])
  }).pipe(Effect.provide(layer))
})

test("where no client began a trace we do, and take no other's state into it", () => {
  const { layer } = tracing(true)
  return Effect.gen(function* () {
    const { begin } = yield* Traces
    const context = begin(null, "a=1")
    assertMatch(context?.traceId ?? "", /^[0-9a-f]{32}$/)
    assertEquals(context?.parentSpanId, undefined)
    assertEquals(context?.traceState, undefined)
    assertEquals(context?.sampled, true)
  }).pipe(Effect.provide(layer))
})

test("of what is not sampled, or has no context, nothing is recorded", () => {
  const { layer, recorded } = tracing(false)
  return Effect.gen(function* () {
    const { begin, tell } = yield* Traces
    tell(settled(), begin(traceparent, null))
    tell(settled(), undefined)
    assertEquals(recorded, [])
  }).pipe(Effect.provide(layer))
})
