import type Anthropic from "@anthropic-ai/sdk"
import { assertEquals } from "@std/assert"
import { fold } from "../../../src/domain/Answer.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { Reasoning } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { namedEvents, replay, utf8 } from "../../kit/replay.ts"
import { message, model, withSdk } from "./sdk.ts"

/** What the SDK and we must agree on. */
const read = (deltas: ReadonlyArray<Delta>) => {
  const answer = fold(deltas)!
  const { text, toolCalls, reasoning, finishReason } = answer.choices[0]!
  return {
    text,
    calls: toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) })),
    reasoning,
    finishReason,
    usage: answer.usage
  }
}

const ofSdk = ({ content, stop_reason, usage }: Anthropic.Message): ReturnType<typeof read> => ({
  text: content.map((block) => block.type === "text" ? block.text : "").join(""),
  calls: content.flatMap((block) =>
    block.type === "tool_use"
      ? [{ id: block.id, name: block.name, arguments: block.input, signature: undefined }]
      : []
  ),
  reasoning: content.flatMap((block): ReadonlyArray<Reasoning> => {
    const sign = (value: string) => ({ dialect: "anthropic", value }) as const
    if (block.type === "redacted_thinking") return [{ type: "redacted", data: sign(block.data) }]
    if (block.type !== "thinking") return []
    return [{ type: "text", text: block.thinking, signature: sign(block.signature) }]
  }),
  finishReason: ({
    end_turn: "stop",
    stop_sequence: "stop",
    pause_turn: "stop",
    max_tokens: "length",
    model_context_window_exceeded: "length",
    tool_use: "tool_calls",
    refusal: "content_filter"
  } as const)[stop_reason!],
  usage: {
    promptTokens: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) +
      (usage.cache_creation_input_tokens ?? 0),
    completionTokens: usage.output_tokens,
    cachedTokens: usage.cache_read_input_tokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
    reasoningTokens: usage.output_tokens_details?.thinking_tokens ?? 0,
    source: "reported"
  }
})

const replies: Record<string, object> = {
  "text": message,
  "nothing, refused": { ...message, content: [], stop_reason: "refusal" },
  "several texts, cut by the budget": {
    ...message,
    content: [{ type: "text", text: "春" }, { type: "text", text: "天\r\n😀" }],
    stop_reason: "max_tokens"
  },
  "thinking and tool calls": {
    ...message,
    content: [
      { type: "thinking", thinking: "Hm…\n", signature: "c2ln" },
      { type: "redacted_thinking", data: "cmVk" },
      { type: "thinking", thinking: "", signature: "c2lnMg==" },
      { type: "text", text: "I'll look." },
      { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } },
      { type: "tool_use", id: "t1", name: "look", input: { at: [1, { deep: "二" }], n: null } },
      { type: "tool_use", id: "t2", name: "wait", input: {} }
    ],
    stop_reason: "tool_use",
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 30,
      output_tokens: 40,
      output_tokens_details: { thinking_tokens: 5 }
    }
  }
}

// deno-lint-ignore no-explicit-any -- a reply is taken apart by hand here
const eventsOf = ({ content, stop_reason, usage, ...rest }: any): string => {
  const message = {
    ...rest,
    content: [],
    stop_reason: null,
    usage: { ...usage, output_tokens: 1, output_tokens_details: null }
  }
  const begin = { type: "message_start", message }
  const over = { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage }
  const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)]
  // deno-lint-ignore no-explicit-any -- as above
  const blockEvents = (block: any, index: number) => {
    const delta = (delta: object) => ({ type: "content_block_delta", index, delta })
    const start = (content_block: object) => ({ type: "content_block_start", index, content_block })
    const stop = { type: "content_block_stop", index }
    switch (block.type) {
      case "text":
        return [
          start({ ...block, text: "" }),
          ...halves(block.text).map((text) => delta({ type: "text_delta", text })),
          stop
        ]
      case "thinking":
        return [
          start({ ...block, thinking: "", signature: "" }),
          ...halves(block.thinking).map((thinking) => delta({ type: "thinking_delta", thinking })),
          delta({ type: "signature_delta", signature: block.signature }),
          stop
        ]
      case "redacted_thinking":
        return [start(block), stop]
      default: {
        const json = JSON.stringify(block.input)
        return [
          start({ ...block, input: {} }),
          ...(json === "{}" ? [""] : halves(json))
            .map((partial_json) => delta({ type: "input_json_delta", partial_json })),
          stop
        ]
      }
    }
  }
  return namedEvents(
    begin,
    { type: "ping" },
    ...content.flatMap(blockEvents),
    over,
    { type: "message_stop" }
  )
}

const ask = { model, max_tokens: 9, messages: [{ role: "user", content: "Hi" } as const] }

for (const [name, reply] of Object.entries(replies)) {
  Deno.test(`we read what the official SDK reads: ${name}`, async () => {
    const deltas = anthropic.decode(reply)
    if (deltas instanceof UpstreamFault) throw deltas
    await withSdk(JSON.stringify(reply), async (sdk) => {
      assertEquals(read(deltas), ofSdk(await sdk.messages.create(ask)))
    })
  })

  Deno.test(`we read what the official SDK reads: ${name}, streamed`, async () => {
    const events = eventsOf(reply)
    const { deltas, fault } = replay(anthropic, [utf8(events)])
    assertEquals(fault, undefined)
    await withSdk(events, async (sdk) => {
      assertEquals(read(deltas), ofSdk(await sdk.messages.stream(ask).finalMessage()))
    })
  })
}
