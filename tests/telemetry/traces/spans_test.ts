import { assertEquals } from "@std/assert"
import { callSpan, requestSpan } from "../../../src/telemetry/traces/spans.ts"
import { called, settled } from "../settled.ts"

const operation = "gen_ai.operation.name"

Deno.test("a span is named for what was asked for, and of which model", () => {
  for (const [over, name] of [[{}, "chat"], [{ operation: "embeddings" }, "embeddings"]] as const) {
    const request = settled(over)
    const spans = [requestSpan(request), callSpan(request, called())]
    assertEquals(spans.map((span) => span.name), [`${name} gpt-4`, `${name} gpt-4`])
    assertEquals(spans.map(({ attributes }) => attributes[operation]), [name, name])
  }
})
