import { assertEquals, assertNotEquals } from "@std/assert"
import * as Counter from "../../../src/telemetry/metrics/Counter.ts"
import { histograms } from "../../../src/telemetry/metrics/metrics.ts"
import * as Series from "../../../src/telemetry/metrics/Series.ts"
import * as Tally from "../../../src/telemetry/metrics/Tally.ts"
import { settled } from "../settled.ts"

Deno.test("answers and vectors of one model are told apart", () => {
  const labels = ["provider", "model", "outcome", "streamed"]
  const operations: Array<unknown> = []
  const seriesOf = Series.make(Counter.make(labels), {
    tally: ({ name }, attributes) => {
      if (name === histograms.duration.name) operations.push(attributes["gen_ai.operation.name"])
      return Tally.make()
    }
  })
  const chat = seriesOf(settled())
  const vectors = seriesOf(settled({ operation: "embeddings" }))
  assertNotEquals(chat, vectors)
  assertEquals(operations, ["chat", "embeddings"])
  assertEquals(seriesOf(settled({ operation: "chat" })), chat)
})
