import * as Schema from "effect/Schema"
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert"
import {
  boundedTraceState,
  newSpanId,
  newTraceId,
  parseTraceparent,
  printTraceparent
} from "../../../src/telemetry/traces/TraceContext.ts"
import { law } from "../../kit/effect.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const spanId = "b7ad6b7169203331"

/** A number of so many digits, never 0. */
const hexadecimal = (digits: number) =>
  Schema.String.check(Schema.isPattern(new RegExp(`^[0-9a-f]{${digits - 1}}[1-9a-f]$`)))

law(
  "what is printed as a traceparent is read back",
  Schema.Struct({ traceId: hexadecimal(32), spanId: hexadecimal(16), sampled: Schema.Boolean }),
  (parent) => {
    const read = parseTraceparent(printTraceparent(parent))
    return read?.traceId === parent.traceId && read.spanId === parent.spanId &&
      read.sampled === parent.sampled
  }
)

law(
  "any text is read as a traceparent, or as none, and never fails",
  Schema.String,
  (text) => {
    const read = parseTraceparent(text)
    return read === undefined || /^[0-9a-f]{32}$/.test(read.traceId)
  }
)

Deno.test("a traceparent is read by the letter of the specification", () => {
  assertEquals(parseTraceparent(`00-${traceId}-${spanId}-01`), { traceId, spanId, sampled: true })
  assertEquals(parseTraceparent(`00-${traceId}-${spanId}-00`)?.sampled, false)
  // Flags that are not known yet say nothing of whether it is sampled.
  assertEquals(parseTraceparent(`00-${traceId}-${spanId}-fe`)?.sampled, false)
  // A later version may say more at the end.
  assertEquals(parseTraceparent(`cc-${traceId}-${spanId}-01-more`)?.spanId, spanId)
  const none = [
    "",
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `cc-${traceId}-${spanId}-01more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    ` 00-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01\n`
  ]
  for (const header of none) assertEquals(parseTraceparent(header), undefined, header)
})

Deno.test("a tracestate is kept as it came, unless it is long or garbled", () => {
  assertEquals(boundedTraceState("a=1,b=2"), "a=1,b=2")
  assertEquals(boundedTraceState("x".repeat(512)), "x".repeat(512))
  assertEquals(boundedTraceState("x".repeat(513)), undefined)
  assertEquals(boundedTraceState("a=\u00e9"), undefined)
  assertEquals(boundedTraceState(""), undefined)
  assertEquals(boundedTraceState(null), undefined)
})

Deno.test("new ids are as long as they must be, and not alike", () => {
  assertMatch(newTraceId(), /^[0-9a-f]{32}$/)
  assertMatch(newSpanId(), /^[0-9a-f]{16}$/)
  assertNotEquals(newTraceId(), newTraceId())
})
