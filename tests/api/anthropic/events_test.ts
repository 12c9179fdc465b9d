import Anthropic from "@anthropic-ai/sdk"
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import { eventsOf } from "../../../src/api/anthropic/events.ts"
import { toMessage } from "../../../src/api/anthropic/message.ts"
import { type Answer, fold, toDeltas } from "../../../src/domain/Answer.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import { finishReasons } from "../../../src/domain/FinishReason.ts"
import { invalidRequest } from "../../../src/domain/GatewayError.ts"
import { dialectNames } from "../../../src/domain/Message.ts"
import type { Usage } from "../../../src/domain/Usage.ts"
import { law, test } from "../../kit/effect.ts"

const usage: Usage = {
  promptTokens: 30,
  completionTokens: 7,
  cachedTokens: 10,
  cacheWriteTokens: 5,
  reasoningTokens: 2,
  source: "reported"
}

/** All that a client is sent of an answer of these deltas. */
const written = (deltas: ReadonlyArray<Delta>, start?: Usage): string => {
  const events = eventsOf("req_1")
  const finishes = deltas.flatMap((delta) => delta._tag === "Finish" ? [delta] : [])
  return [
    events.open({ model: "m", usage: start }),
    ...deltas.map(events.delta),
    ...events.finish({ model: "m", finishes, usage, cost: undefined })
  ].join("")
}

/** The same as the official SDK adds it up. */
const accumulated = async (sse: string) => {
  const headers = { "content-type": "text/event-stream" }
  const client = new Anthropic({
    apiKey: "k",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(sse, { headers }))
  })
  const { parsed_output: _, ...message } = await client.messages
    .stream({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "Hi" }] })
    .finalMessage()
  // What it lazily parses becomes plain.
  return JSON.parse(JSON.stringify(message))
}

/** Each event's name and what it is about. */
const outline = (sse: string): ReadonlyArray<string> =>
  sse.split("\n\n").filter((event) => event !== "").map((event) => {
    const [name, data] = event.split("\n")
    const { type, index, delta, content_block } = JSON.parse(data!.slice("data: ".length))
    assertEquals(name, `event: ${type}`)
    const what = content_block?.type ?? delta?.text ?? delta?.thinking ?? delta?.signature ??
      delta?.partial_json
    return [type.replace("content_block_", ""), index, what].filter((it) => it !== undefined)
      .join(" ")
  })

const Signature = Schema.Struct({
  dialect: Schema.Literals(dialectNames),
  value: Schema.NonEmptyString
})
const ToolCall = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  arguments: Schema.Record(Schema.String, Schema.String),
  signature: Schema.optionalKey(Signature)
})
const Told = Schema.Struct({
  text: Schema.String,
  refusal: Schema.optionalKey(Schema.String),
  stop: Schema.optionalKey(Schema.String),
  reasoning: Schema.Array(Schema.Union([
    Schema.Struct({
      type: Schema.Literal("text"),
      text: Schema.String,
      signature: Schema.optionalKey(Signature)
    }),
    Schema.Struct({ type: Schema.Literal("redacted"), data: Signature })
  ])),
  toolCalls: Schema.Array(ToolCall),
  finishReason: Schema.Literals(finishReasons),
  /** Into pieces of so many characters each delta is cut. */
  size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))
})

/** The same in smaller pieces. */
const cut = (delta: Delta, size: number): ReadonlyArray<Delta> => {
  const pieces = (text: string) => text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []
  switch (delta._tag) {
    case "Text":
    case "Refusal":
    case "Reasoning":
      return pieces(delta.text).map((text) => ({ ...delta, text }))
    case "ToolCallArguments":
      return pieces(delta.fragment).map((fragment) => ({ ...delta, fragment }))
    default:
      return [delta]
  }
}

law("the events add up to the whole answer, by the official SDK", Told, ({ size, ...told }) => {
  const toolCalls = told.toolCalls.map((call) => ({
    ...call,
    arguments: JSON.stringify(call.arguments)
  }))
  const given: Answer = { choices: [{ index: 0, ...told, toolCalls }], usage }
  const deltas = toDeltas(given).flatMap((delta) => cut(delta, size))
  const answer = fold(deltas)
  if (answer === undefined) throw new Error("It is not whole")
  const whole = toMessage("req_1", { model: "m", answer, usage, cost: undefined })
  return Effect.map(
    Effect.promise(() => accumulated(written(deltas))),
    (message) => Equal.equals(message, JSON.parse(JSON.stringify(whole)))
  )
})

const text = (text: string): Delta => ({ _tag: "Text", choice: 0, text })
const call = (index: number): Delta => ({
  _tag: "ToolCallStart",
  choice: 0,
  index,
  id: `call_${index}`,
  name: "f"
})
const more = (index: number, fragment: string): Delta => ({
  _tag: "ToolCallArguments",
  choice: 0,
  index,
  fragment
})
const finish: Delta = { _tag: "Finish", choice: 0, reason: "tool_calls" }

Deno.test("blocks follow one another with contiguous indexes", () => {
  const deltas: ReadonlyArray<Delta> = [
    { _tag: "Reasoning", choice: 0, text: "Hm" },
    { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "openai", value: "s" } },
    text("a"),
    text("b"),
    call(0),
    more(0, "{}"),
    text("c"),
    finish
  ]
  assertEquals(outline(written(deltas)), [
    "message_start",
    "ping",
    "start 0 thinking",
    "delta 0 Hm",
    "delta 0 openai:s",
    "stop 0",
    "start 1 text",
    "delta 1 a",
    "delta 1 b",
    "stop 1",
    "start 2 tool_use",
    "delta 2 {}",
    "stop 2",
    "start 3 text",
    "delta 3 c",
    "stop 3",
    "message_delta",
    "message_stop"
  ])
})

Deno.test("tool calls that are written at once are told one after the other", () => {
  const deltas = [
    call(0),
    call(1),
    more(0, '{"a":'),
    more(1, '{"b":'),
    text("meanwhile"),
    more(0, "1}"),
    more(1, "2}"),
    finish
  ]
  const events = eventsOf("req_1")
  events.open({ model: "m", usage: undefined })
  const told = deltas.map((delta) => outline(events.delta(delta)))
  assertEquals(told, [
    ["start 0 tool_use"],
    [],
    ['delta 0 {"a":'],
    [],
    [],
    ["delta 0 1}", "stop 0", "start 1 tool_use", 'delta 1 {"b":'],
    ["delta 1 2}", "stop 1", "start 2 text", "delta 2 meanwhile"],
    []
  ])
})

Deno.test("a tool without arguments, told in no words at all, does not hold up the end", () => {
  assertEquals(outline(written([call(0), call(1), more(1, "{}"), text("x"), finish])).slice(2), [
    "start 0 tool_use",
    "stop 0",
    "start 1 tool_use",
    "delta 1 {}",
    "stop 1",
    "start 2 text",
    "delta 2 x",
    "stop 2",
    "message_delta",
    "message_stop"
  ])
})

Deno.test("the signature of a tool call is told in a redacted block before it", () => {
  const signed: Delta = { ...call(0), signature: { dialect: "gemini", value: "s" } } as Delta
  const sse = written([signed, more(0, "{}"), finish])
  assertEquals(outline(sse).slice(2, 6), [
    "start 0 redacted_thinking",
    "stop 0",
    "start 1 tool_use",
    "delta 1 {}"
  ])
  assert(sse.includes('"data":"tool:gemini:s"'))
})

test("what was counted is told at the start where it is known, and at the end in any case", () =>
  Effect.promise(async () => {
    const sse = written([text("Hi"), { _tag: "Finish", choice: 0, reason: "stop", stop: "END" }], {
      ...usage,
      promptTokens: 20,
      completionTokens: 1,
      reasoningTokens: 0
    })
    assert(
      sse.includes(
        '"usage":{"input_tokens":5,"cache_creation_input_tokens":5,"cache_read_input_tokens":10,"output_tokens":1}'
      )
    )
    const message = await accumulated(sse)
    assertEquals(message.usage, {
      input_tokens: 15,
      cache_creation_input_tokens: 5,
      cache_read_input_tokens: 10,
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 2 }
    })
    assertEquals([message.stop_reason, message.stop_sequence], ["stop_sequence", "END"])
  }))

Deno.test("an answer that breaks off ends in an error, and a silence is filled with pings", () => {
  const events = eventsOf("req_1")
  assertEquals(events.keepAlive, 'event: ping\ndata: {"type":"ping"}\n\n')
  assertEquals(
    events.fail(invalidRequest("No")),
    'event: error\ndata: {"type":"error","error":{"type":"invalid_request_error","message":"No"},"request_id":"req_1"}\n\n'
  )
})
