import { assertEquals, assertNotEquals } from "@std/assert"
import * as Counter from "../../../src/telemetry/metrics/Counter.ts"
import * as Series from "../../../src/telemetry/metrics/Series.ts"
import { settled } from "../settled.ts"

Deno.test("answers and vectors of one model are told apart", () => {
  const labels = ["provider", "model", "outcome", "streamed"]
  const seriesOf = Series.make(Counter.make(labels))
  const chat = seriesOf(settled())
  const vectors = seriesOf(settled({ operation: "embeddings" }))
  assertNotEquals(chat, vectors)
  assertEquals(
    [chat, vectors].map(({ attributes }) => attributes["gen_ai.operation.name"]),
    ["chat", "embeddings"]
  )
  assertEquals(seriesOf(settled({ operation: "chat" })), chat)
})
