import { assertEquals, assertNotEquals } from "@std/assert"
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator"
import { GatewayError } from "../../../../src/domain/GatewayError.ts"
import type { Delta } from "../../../../src/domain/Delta.ts"
import { UpstreamFault } from "../../../../src/domain/UpstreamFault.ts"
import { eventsOf } from "../../../../src/api/openai/responses/events.ts"
import { headOf, type Loose, outline, parse, streamed } from "./asked.ts"

const text = (text: string): Delta => ({ _tag: "Text", choice: 0, text })
const refusal = (text: string): Delta => ({ _tag: "Refusal", choice: 0, text })
const thought = (text: string): Delta => ({ _tag: "Reasoning", choice: 0, text })
const signature = { dialect: "anthropic", value: "sig" } as const
const signed: Delta = { _tag: "ReasoningSignature", choice: 0, signature }
const redacted: Delta = { _tag: "ReasoningRedacted", choice: 0, data: signature }
const call = (index: number, name = "weather"): Delta => ({
  _tag: "ToolCallStart",
  choice: 0,
  index,
  id: `call_${index}`,
  name
})
const args = (index: number, fragment: string): Delta => ({
  _tag: "ToolCallArguments",
  choice: 0,
  index,
  fragment
})

const last = (events: ReadonlyArray<unknown>): Loose => events.at(-1)

/**
 * Whatever is streamed, the official accumulator must come to what the last event says; and nothing
 * may be told of an item after its end.
 */
const folded = (events: ReturnType<typeof streamed>): Loose => {
  let snapshot: Parameters<typeof accumulateResponse>[1]
  const over = new Map<number, Loose>()
  for (const event of events.slice(0, -1)) {
    snapshot = accumulateResponse(event, snapshot)
    const { type, output_index: index, item }: Loose = event
    if (index === undefined) continue
    assertEquals(over.has(index), false, `${type} of item ${index} after its end`)
    if (type === "response.output_item.done") over.set(index, item)
  }
  assertEquals(Array.from(over).sort(([a], [b]) => a - b).map(([, item]) => item), snapshot?.output)
  return snapshot?.output
}

Deno.test("a text is streamed between the events that OpenAI has around it", () => {
  const events = streamed([text("Hel"), text("lo")])
  assertEquals(outline(events), [
    "created in_progress",
    "in_progress in_progress",
    "output_item.added 0 message",
    "content_part.added 0 output_text",
    "output_text.delta 0 Hel",
    "output_text.delta 0 lo",
    "output_text.done 0 Hello",
    "content_part.done 0 output_text",
    "output_item.done 0 message",
    "completed completed"
  ])
  assertEquals(events.map((event: Loose) => event.sequence_number), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const [created, , added, , delta]: ReadonlyArray<Loose> = events
  assertEquals([created.response.id, created.response.output, created.response.usage], [
    "resp_test",
    [],
    null
  ])
  assertEquals(delta.item_id, added.item.id)
  assertEquals([delta.content_index, delta.logprobs], [0, []])
  const { response } = last(events)
  assertEquals([response.error, response.incomplete_details, response.model], [null, null, "m"])
  assertEquals(response.usage, {
    input_tokens: 11,
    input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 18
  })
  assertEquals(folded(events), response.output)
})

Deno.test("reasoning is streamed as the summary of an item of its own, and signed at its end", () => {
  const events = streamed([thought("Let "), thought("me"), signed, redacted, text("Hi")])
  assertEquals(outline(events).slice(2, -1), [
    "output_item.added 0 reasoning",
    "reasoning_summary_part.added 0 summary_text",
    "reasoning_summary_text.delta 0 Let ",
    "reasoning_summary_text.delta 0 me",
    "reasoning_summary_text.done 0 Let me",
    "reasoning_summary_part.done 0 summary_text",
    "output_item.done 0 reasoning",
    "output_item.added 1 reasoning",
    "output_item.done 1 reasoning",
    "output_item.added 2 message",
    "content_part.added 2 output_text",
    "output_text.delta 2 Hi",
    "output_text.done 2 Hi",
    "content_part.done 2 output_text",
    "output_item.done 2 message"
  ])
  const { response: { output } } = last(events)
  assertEquals(output.slice(0, 2), [
    {
      id: "rs_test_0",
      type: "reasoning",
      summary: [{ type: "summary_text", text: "Let me" }],
      encrypted_content: "anthropic:sig"
    },
    { id: "rs_test_1", type: "reasoning", summary: [], encrypted_content: "redacted:anthropic:sig" }
  ])
  assertEquals(folded(events), output)
})

Deno.test("each tool call is an item, whole before the next begins", () => {
  const events = streamed([
    text("Let me look"),
    call(0),
    args(0, '{"city":'),
    args(0, '"Paris"}'),
    call(1, "time"),
    args(1, "{}")
  ], "tool_calls")
  assertEquals(outline(events).slice(7), [
    "output_item.done 0 message",
    "output_item.added 1 function_call",
    'function_call_arguments.delta 1 {"city":',
    'function_call_arguments.delta 1 "Paris"}',
    'function_call_arguments.done 1 {"city":"Paris"}',
    "output_item.done 1 function_call",
    "output_item.added 2 function_call",
    "function_call_arguments.delta 2 {}",
    "function_call_arguments.done 2 {}",
    "output_item.done 2 function_call",
    "completed completed"
  ])
  const { response: { output } } = last(events)
  assertEquals(output[1], {
    id: "fc_test_1",
    type: "function_call",
    status: "completed",
    arguments: '{"city":"Paris"}',
    call_id: "call_0",
    name: "weather"
  })
  assertEquals(folded(events), output)
})

Deno.test("fragments of calls that are written side by side go each to its own call", () => {
  const events = streamed([
    call(0),
    args(0, '{"a":'),
    call(1),
    args(1, '{"b":'),
    args(0, "1}"),
    args(1, "2}"),
    text("done")
  ])
  const { response: { output } } = last(events)
  assertEquals(output.map((item: Loose) => item.arguments ?? item.content[0].text), [
    '{"a":1}',
    '{"b":2}',
    "done"
  ])
  assertEquals(folded(events), output)
})

Deno.test("a tool that was called without arguments has empty ones, in fragments and at the end", () => {
  const events = streamed([call(0), call(1), args(1, '{"x":1}')], "tool_calls")
  const fragments = events.filter(({ type }) => type === "response.function_call_arguments.delta")
  assertEquals(
    fragments.map((event: Loose) => [event.output_index, event.delta]).toSorted(),
    [[0, "{}"], [1, '{"x":1}']]
  )
  const { response: { output } } = last(events)
  assertEquals(output.map((item: Loose) => item.arguments), ["{}", '{"x":1}'])
  assertEquals(folded(events), output)
})

Deno.test("a refusal is a part of the message, beside what was said before it", () => {
  const events = streamed([text("I"), refusal("I can"), refusal("not")])
  assertEquals(outline(events).slice(2), [
    "output_item.added 0 message",
    "content_part.added 0 output_text",
    "output_text.delta 0 I",
    "output_text.done 0 I",
    "content_part.done 0 output_text",
    "content_part.added 0 refusal",
    "refusal.delta 0 I can",
    "refusal.delta 0 not",
    "refusal.done 0 I cannot",
    "content_part.done 0 refusal",
    "output_item.done 0 message",
    "completed completed"
  ])
  assertEquals(folded(events), last(events).response.output)
})

Deno.test("thoughts between words keep their place", () => {
  const events = streamed([
    thought("a"),
    signed,
    text("b"),
    thought("c"),
    signed,
    call(0),
    args(0, "{}"),
    text("d")
  ])
  const { response: { output } } = last(events)
  assertEquals(
    output.map((item: Loose) => item.summary?.[0].text ?? item.arguments ?? item.content[0].text),
    ["a", "b", "c", "{}", "d"]
  )
  assertEquals(folded(events), output)
})

Deno.test("likelihoods stand with the text that they are about", () => {
  const token = (token: string) => ({ token, logprob: -0.5, bytes: [1], top_logprobs: [] })
  const events = streamed([
    { _tag: "Logprobs", choice: 0, tokens: [token("Hel"), token("l")] },
    text("Hell"),
    { _tag: "Logprobs", choice: 0, tokens: [token("o")] },
    text("o")
  ])
  const deltas: ReadonlyArray<Loose> = events.filter(({ type }) =>
    type === "response.output_text.delta"
  )
  assertEquals(deltas.map(({ logprobs }) => logprobs), [[token("Hel"), token("l")], [token("o")]])
  const { response: { output } } = last(events)
  assertEquals(output[0].content[0].logprobs, [token("Hel"), token("l"), token("o")])
  assertEquals(folded(events), output)
})

Deno.test("an answer that was cut short is incomplete, and so is its last item", () => {
  for (
    const [reason, told] of [
      ["length", "max_output_tokens"],
      ["content_filter", "content_filter"]
    ] as const
  ) {
    const events = streamed([text("Let me"), call(0), args(0, '{"ci')], reason)
    const { type, response } = last(events)
    assertEquals([type, response.status], ["response.incomplete", "incomplete"])
    assertEquals(response.incomplete_details, { reason: told })
    assertEquals(response.output.map((item: Loose) => item.status), ["completed", "incomplete"])
    assertEquals(response.output[1].arguments, '{"ci')
    assertEquals(folded(events), response.output)
  }
})

Deno.test("an answer of nothing is a whole response of nothing", () => {
  const events = streamed([])
  assertEquals(outline(events), [
    "created in_progress",
    "in_progress in_progress",
    "completed completed"
  ])
  assertEquals(last(events).response.output, [])
})

Deno.test("an answer that breaks off ends in a failed response, with what there was", () => {
  const events = eventsOf(headOf())
  const fault = (of: "stream_cut" | "rate_limited") =>
    new GatewayError({
      reason: {
        _tag: "ProviderFailed",
        model: "m",
        fault: new UpstreamFault({ class: of, message: "It broke" })
      }
    })
  const wire = parse([
    events.open({ model: "m", usage: undefined }),
    events.delta(text("Hel")),
    events.fail(fault("stream_cut"))
  ].join(""))
  const { type, response } = last(wire)
  assertEquals([type, response.status], ["response.failed", "failed"])
  assertEquals(response.error, { code: "server_error", message: "It broke" })
  assertEquals(response.output.map((item: Loose) => [item.status, item.content[0].text]), [
    ["incomplete", "Hel"]
  ])
  assertEquals(wire.filter(({ type }) => type.endsWith(".done")), [])
  const [limited]: ReadonlyArray<Loose> = parse(eventsOf(headOf()).fail(fault("rate_limited")))
  assertEquals(limited.response.error.code, "rate_limit_exceeded")
})

Deno.test("text that would break a line of the stream stays in one event", () => {
  const odd = "a\u2028b\u2029c\u0085d\r\ne\n\nf"
  const raw = eventsOf(headOf()).delta(text(odd))
  assertEquals(raw.split(/\r\n|[\n\r\u0085\u2028\u2029]/), raw.split("\n"))
  assertNotEquals(raw, "")
  assertEquals(last(parse(raw)).delta, odd)
})

Deno.test("only the first answer is told", () => {
  const other: Delta = { _tag: "Text", choice: 1, text: "other" }
  assertEquals(eventsOf(headOf()).delta(other), "")
})
