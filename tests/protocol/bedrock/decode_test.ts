import { assertEquals } from "@std/assert"
import { fold } from "../../../src/domain/Answer.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"

const answer = (content: ReadonlyArray<unknown>, more: object = {}) => ({
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
  usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
  ...more
})

const read = (body: unknown) => {
  const deltas = bedrock.decode(body)
  return deltas instanceof UpstreamFault ? deltas.class : fold(deltas)
}

Deno.test("text, thoughts and tool calls of a whole answer are read, in their order", () => {
  const body = answer([
    { reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } },
    { reasoningContent: { redactedContent: "AAAA" } },
    { text: "One " },
    { text: "two" },
    { toolUse: { toolUseId: "a", name: "look", input: { x: [1, null] } } },
    { toolUse: { toolUseId: "b", name: "wait" } },
    { toolUse: { toolUseId: "c", name: "own", input: {}, type: "server_tool_use" } },
    { cachePoint: { type: "default" } }
  ], { stopReason: "tool_use" })
  assertEquals(read(body), {
    choices: [{
      index: 0,
      text: "One two",
      reasoning: [
        { type: "text", text: "Hm", signature: { dialect: "bedrock", value: "s" } },
        { type: "redacted", data: { dialect: "bedrock", value: "AAAA" } }
      ],
      toolCalls: [
        { id: "a", name: "look", arguments: '{"x":[1,null]}', signature: undefined },
        { id: "b", name: "wait", arguments: "{}", signature: undefined }
      ],
      finishReason: "tool_calls"
    }],
    usage: {
      promptTokens: 3,
      completionTokens: 5,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      source: "reported"
    }
  })
})

Deno.test("what went through the cache is part of the prompt", () => {
  const usage = {
    inputTokens: 3,
    outputTokens: 5,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 20,
    totalTokens: 128
  }
  const deltas = bedrock.decode(answer([{ text: "x" }], { usage }))
  const told = deltas instanceof UpstreamFault ? undefined : fold(deltas)?.usage
  assertEquals([told?.promptTokens, told?.cachedTokens, told?.cacheWriteTokens], [123, 100, 20])
})

Deno.test("an answer without usage is read, without a usage", () => {
  for (const usage of [undefined, {}, { inputTokens: 1 }, { inputTokens: -1, outputTokens: 2 }]) {
    const deltas = bedrock.decode(answer([{ text: "x" }], { usage }))
    assertEquals(deltas instanceof UpstreamFault ? 0 : deltas.length, 2)
  }
})

Deno.test("the stop text that was met is told", () => {
  const body = answer([{ text: "x" }], {
    stopReason: "stop_sequence",
    additionalModelResponseFields: { stop_sequence: "END" }
  })
  const deltas = bedrock.decode(body)
  assertEquals(deltas instanceof UpstreamFault ? deltas : deltas.at(-1), {
    _tag: "Finish",
    choice: 0,
    reason: "stop",
    stop: "END"
  })
})

Deno.test("what is no answer is a bad response", () => {
  const deep = JSON.parse(`${'{"0":'.repeat(50_000)}1${"}".repeat(50_000)}`)
  const bodies = [
    undefined,
    [],
    { message: "Hello" },
    answer([], { stopReason: undefined }),
    answer([{ text: "x" }], { stopReason: "malformed_tool_use" }),
    answer([{ toolUse: { toolUseId: "a", name: "f", input: deep } }])
  ]
  for (const body of bodies) assertEquals(read(body), "bad_response")
})

Deno.test("models are listed by their ids", () => {
  const modelSummaries = [{ modelId: "amazon.nova-pro-v1:0" }, {}, { modelId: "b" }]
  assertEquals(bedrock.readModels({ modelSummaries }), [{ id: "amazon.nova-pro-v1:0" }, {
    id: "b"
  }])
})
