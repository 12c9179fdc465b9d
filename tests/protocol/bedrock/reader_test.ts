import { assert, assertEquals, equal } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Delta } from "../../../src/domain/Delta.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"
import { law } from "../../kit/effect.ts"
import { event, exception } from "../../kit/fake/eventstream.ts"
import { replay, type Replayed, split } from "../../kit/replay.ts"

type Event = readonly [type: string, payload: object]

const bytesOf = (events: ReadonlyArray<Event>): Uint8Array =>
  new Uint8Array(
    events.flatMap(([type, payload]) => [
      ...(type.endsWith("Exception") ? exception(type, payload) : event(type, payload))
    ])
  )

const read = (...events: ReadonlyArray<Event>): Replayed => replay(bedrock, [bytesOf(events)])

const delta = (contentBlockIndex: number, delta: object): Event => [
  "contentBlockDelta",
  { contentBlockIndex, delta, p: "abc" }
]
const start = (contentBlockIndex: number, toolUse: object): Event => [
  "contentBlockStart",
  { contentBlockIndex, start: { toolUse } }
]
const stop = (contentBlockIndex: number): Event => ["contentBlockStop", { contentBlockIndex }]
const begin: Event = ["messageStart", { role: "assistant" }]
const over = (stopReason: string, more: object = {}): Event => [
  "messageStop",
  { stopReason, ...more }
]
const counted: Event = ["metadata", { usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 } }]

const usage = {
  _tag: "Usage",
  usage: {
    promptTokens: 3,
    completionTokens: 5,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported"
  }
} as const
const finish = (reason: "stop" | "length" | "tool_calls" | "content_filter") =>
  ({ _tag: "Finish", choice: 0, reason }) as const
const text = (text: string) => ({ _tag: "Text", choice: 0, text }) as const

Deno.test("the tokens that are told behind the end of a message are read", () => {
  assertEquals(
    read(
      begin,
      delta(0, { text: "Hi" }),
      delta(0, { text: "" }),
      stop(0),
      over("end_turn"),
      counted
    ),
    { deltas: [text("Hi"), finish("stop"), usage], fault: undefined }
  )
})

Deno.test("tokens told before the end, or not at all, do no harm", () => {
  assertEquals(read(delta(0, { text: "Hi" }), counted, over("end_turn")), {
    deltas: [text("Hi"), usage, finish("stop")],
    fault: undefined
  })
  assertEquals(read(delta(0, { text: "Hi" }), over("max_tokens")), {
    deltas: [text("Hi"), finish("length")],
    fault: undefined
  })
})

Deno.test("nothing is read behind the end", () => {
  const late = [delta(0, { text: "late" }), over("max_tokens"), ["modelX", {}]] as const
  const { deltas } = read(delta(0, { text: "Hi" }), over("end_turn"), ...late, counted, ...late)
  assertEquals(deltas, [text("Hi"), finish("stop"), usage])
})

Deno.test("tool calls are counted by themselves, with their arguments as they come", () => {
  const { deltas } = read(
    begin,
    delta(0, { text: "Let me" }),
    stop(0),
    start(1, { toolUseId: "a", name: "look" }),
    delta(1, { toolUse: { input: '{"x":' } }),
    delta(1, { toolUse: { input: "1}" } }),
    stop(1),
    start(2, { toolUseId: "b", name: "wait" }),
    stop(2),
    start(3, { toolUseId: "c", name: "own", type: "server_tool_use" }),
    delta(3, { toolUse: { input: "{}" } }),
    stop(3),
    over("tool_use"),
    counted
  )
  const args = (index: number, fragment: string) =>
    ({ _tag: "ToolCallArguments", choice: 0, index, fragment }) as const
  assertEquals(deltas, [
    text("Let me"),
    { _tag: "ToolCallStart", choice: 0, index: 0, id: "a", name: "look" },
    args(0, '{"x":'),
    args(0, "1}"),
    { _tag: "ToolCallStart", choice: 0, index: 1, id: "b", name: "wait" },
    args(1, "{}"),
    finish("tool_calls"),
    usage
  ])
})

Deno.test("thoughts are signed where their block ends, also where no end of it is told", () => {
  const signature = { dialect: "bedrock", value: "sig" } as const
  const thought = (content: object) => delta(0, { reasoningContent: content })
  const expected: ReadonlyArray<Delta> = [
    { _tag: "Reasoning", choice: 0, text: "Hm" },
    { _tag: "ReasoningSignature", choice: 0, signature },
    finish("stop")
  ]
  const thoughts = [thought({ text: "Hm" }), thought({ text: "" }), thought({ signature: "sig" })]
  assertEquals(read(...thoughts, stop(0), over("end_turn")).deltas, expected)
  assertEquals(read(...thoughts, over("end_turn")).deltas, expected)
  assertEquals(read(thought({ redactedContent: "AAAA" }), stop(0), over("end_turn")).deltas, [
    { _tag: "ReasoningRedacted", choice: 0, data: { dialect: "bedrock", value: "AAAA" } },
    finish("stop")
  ])
})

Deno.test("each reason to stop has its meaning, and a malformed answer is none", () => {
  const reasons = {
    end_turn: "stop",
    stop_sequence: "stop",
    tool_use: "tool_calls",
    max_tokens: "length",
    model_context_window_exceeded: "length",
    guardrail_intervened: "content_filter",
    content_filtered: "content_filter",
    something_new: "stop"
  } as const
  for (const [told, reason] of Object.entries(reasons)) {
    assertEquals(read(over(told)).deltas, [finish(reason)], told)
  }
  for (const told of ["malformed_model_output", "malformed_tool_use", ""]) {
    const { deltas, fault } = read(delta(0, { text: "Hi" }), over(told))
    assertEquals([deltas.length, fault?.class], [1, "bad_response"], told)
  }
})

Deno.test("the stop text that was met is told", () => {
  const fields = { additionalModelResponseFields: { delta: { stop_sequence: "END" } } }
  assertEquals(read(over("stop_sequence", fields)).deltas, [{ ...finish("stop"), stop: "END" }])
  const none = { additionalModelResponseFields: { delta: { stop_sequence: null } } }
  assertEquals(read(over("end_turn", none)).deltas, [finish("stop")])
})

Deno.test("an exception ends the answer with the fault that it tells", () => {
  const classes = {
    throttlingException: "rate_limited",
    modelStreamErrorException: "server",
    internalServerException: "server",
    validationException: "bad_request",
    serviceUnavailableException: "overloaded",
    modelTimeoutException: "timeout_headers",
    brandNewException: "server"
  }
  for (const [type, expected] of Object.entries(classes)) {
    const { deltas, fault } = read(
      delta(0, { text: "Hi" }),
      [type, { message: "So it is" }],
      over("end_turn")
    )
    assertEquals([deltas, fault?.class], [[text("Hi")], expected], type)
    assert(fault?.message.includes("So it is"))
  }
  const long = read(["validationException", { message: "Input is too long for requested model." }])
  assertEquals(long.fault?.class, "context_length")
})

Deno.test("an answer that is cut before its end is not whole", () => {
  const events = [begin, delta(0, { text: "Hi" }), stop(0), over("end_turn"), counted]
  const bytes = bytesOf(events)
  const end = bytes.length - event(...counted).length
  for (let length = 0; length <= bytes.length; length++) {
    const { fault } = replay(bedrock, [bytes.subarray(0, length)])
    assertEquals(fault?.class, length < end ? "stream_cut" : undefined, `${length} bytes`)
  }
})

const Words = Schema.Array(
  Schema.Union([Schema.String, Schema.Literals(["春天", "😀", '"\\', ""])])
)
const Cut = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 }))

law(
  "an answer reads the same however its bytes are cut",
  Schema.Struct({ thought: Words, words: Words, fragments: Words, cuts: Schema.Array(Cut) }),
  ({ thought, words, fragments, cuts }) => {
    const bytes = bytesOf([
      begin,
      ...thought.map((text) => delta(0, { reasoningContent: { text } })),
      delta(0, { reasoningContent: { signature: "s" } }),
      stop(0),
      ...words.map((text) => delta(1, { text })),
      stop(1),
      start(2, { toolUseId: "t", name: "n" }),
      ...fragments.map((input) => delta(2, { toolUse: { input } })),
      stop(2),
      over("tool_use"),
      counted
    ])
    const some = (texts: ReadonlyArray<string>) => texts.filter((text) => text !== "")
    const told = some(fragments)
    const expected: Replayed = {
      deltas: [
        ...some(thought).map((text) => ({ _tag: "Reasoning", choice: 0, text }) as const),
        { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "bedrock", value: "s" } },
        ...some(words).map(text),
        { _tag: "ToolCallStart", choice: 0, index: 0, id: "t", name: "n" },
        ...(told.length > 0 ? told : ["{}"]).map((fragment) =>
          ({ _tag: "ToolCallArguments", choice: 0, index: 0, fragment }) as const
        ),
        finish("tool_calls"),
        usage
      ],
      fault: undefined
    }
    const places = cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b)
    const pieces = [...places, bytes.length].map((to, at) =>
      bytes.subarray(places[at - 1] ?? 0, to)
    )
    return [[bytes], pieces, split(bytes, 1), split(bytes, 13)].every((pieces) =>
      equal(replay(bedrock, pieces), expected)
    )
  }
)

law("no event makes the reader throw, and no body the decoder", Schema.Json, (json) => {
  const reader = bedrock.reader()
  const types = [
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "metadata",
    "exception:x",
    "other",
    "messageStop"
  ]
  for (const type of types) {
    for (const key of ["start", "delta", "usage", "stopReason", "message"]) {
      for (const inner of [json, { toolUse: json }, { reasoningContent: json }, { text: json }]) {
        reader.read(type, JSON.stringify({ contentBlockIndex: 0, [key]: inner }), [])
      }
    }
    reader.read(type, JSON.stringify(json), [])
  }
  for (const block of [json, { text: json }, { toolUse: json }, { reasoningContent: json }]) {
    const decoded = bedrock.decode({
      output: { message: { content: [block] } },
      stopReason: json,
      usage: json,
      additionalModelResponseFields: json
    })
    assert(decoded instanceof UpstreamFault || Array.isArray(decoded))
  }
  bedrock.decode(json)
  bedrock.readModels({ modelSummaries: json })
  bedrock.counting!.decode(json)
  bedrock.fault(400, new Headers(), JSON.stringify({ message: json, __type: json }))
  return true
})
