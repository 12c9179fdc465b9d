import { assert, assertEquals, assertLess } from "@std/assert"
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { roughPrompt } from "../../../src/ledger/tokens/prompt.ts"

const asking = (
  messages: ReadonlyArray<Message>,
  parameters: Parameters = {}
): CompletionRequest => ({ model: "any", messages, parameters, dropUnsupported: false })

const saying = (text: string) => asking([{ role: "user", content: [{ type: "text", text }] }])

Deno.test("roughPrompt() counts every message, whoever wrote it", () => {
  const content = [{ type: "text", text: "abcd" }] as const
  const request = asking([
    { role: "system", content },
    { role: "user", content },
    { role: "assistant", content, reasoning: [], toolCalls: [] },
    { role: "tool", toolCallId: "c", content }
  ])
  assertEquals(roughPrompt(request), 4 * (4 + 1))
})

Deno.test("roughPrompt() counts an image as one, however many bytes it has", () => {
  const url = `data:image/png;base64,${"A".repeat(9999)}`
  const request = asking([{ role: "user", content: [{ type: "image", url }] }])
  assertEquals(roughPrompt(request), 4 + 85)
})

Deno.test("roughPrompt() counts tools, and the form that an answer must have", () => {
  const schema = { type: "object", properties: { name: { type: "string" } } }
  const bare = roughPrompt(saying("x"))
  const tools = [{ name: "a", parameters: schema }]
  const responseFormat = { type: "json_schema", name: "b", schema } as const
  const { messages } = saying("x")
  assert(roughPrompt(asking(messages, { tools })) >= bare + 15)
  assert(roughPrompt(asking(messages, { responseFormat })) >= bare + 10)
})

Deno.test("roughPrompt() guesses of long texts how much is wide", () => {
  assertEquals(roughPrompt(saying("a".repeat(1_000_001))), 4 + 250_001)
  assertEquals(roughPrompt(saying("人".repeat(1_000_001))), 4 + 1_000_001)
  const mixed = "Hello 人工智能! ".repeat(50_000)
  const exact = 50_000 * (4 + 8 / 4)
  assertLess(Math.abs(roughPrompt(saying(mixed)) / exact - 1), 0.05)
})
