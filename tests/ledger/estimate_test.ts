import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { addText, emptyTally, estimate } from "../../src/ledger/estimate.ts"
import { law } from "../kit/effect.ts"

const tallyOf = (text: string) => {
  const tally = emptyTally()
  addText(tally, text)
  return tally
}

const saying = (...texts: ReadonlyArray<string>): CompletionRequest => ({
  model: "any",
  messages: texts.map((text) => ({ role: "user", content: [{ type: "text", text }] })),
  parameters: {},
  dropUnsupported: false
})

Deno.test("estimate() is marked as one, and guesses no cache and no reasoning", () => {
  assertEquals(estimate(saying("12345678"), tallyOf("1234")), {
    promptTokens: 6,
    completionTokens: 1,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "estimated"
  })
})

Deno.test("estimate() takes a CJK character for a token, and four Latin letters", () => {
  assertEquals(estimate(saying("x"), tallyOf("人工智能")).completionTokens, 4)
  assertEquals(estimate(saying("x"), tallyOf("人工abcd智能")).completionTokens, 5)
  assertEquals(estimate(saying("x"), tallyOf("abcde")).completionTokens, 2)
})

Deno.test("estimate() counts every message, whoever wrote it, and nothing for an image", () => {
  const request: CompletionRequest = {
    ...saying(),
    messages: [
      { role: "system", content: [{ type: "text", text: "abcd" }] },
      {
        role: "user",
        content: [{ type: "image", url: `data:image/png;base64,${"A".repeat(9999)}` }]
      },
      {
        role: "assistant",
        content: [{ type: "text", text: "abcd" }],
        reasoning: [],
        toolCalls: []
      },
      { role: "tool", toolCallId: "c", content: [{ type: "text", text: "abcd" }] }
    ]
  }
  assertEquals(estimate(request, tallyOf("")).promptTokens, 4 * 4 + 3)
})

law(
  "estimate() grows with what was said, and is a whole number from 0",
  Schema.Struct({ asked: Schema.String, written: Schema.String, more: Schema.String }),
  ({ asked, written, more }) => {
    const less = estimate(saying(asked), tallyOf(written))
    const all = estimate(saying(asked + more), tallyOf(written + more))
    return Number.isInteger(less.promptTokens) && Number.isInteger(less.completionTokens) &&
      less.completionTokens >= 0 && all.promptTokens >= less.promptTokens &&
      all.completionTokens >= less.completionTokens && all.completionTokens <= written.length +
          more.length
  }
)
