import * as Schema from "effect/Schema"
import { equal } from "@std/assert"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { law } from "../../kit/effect.ts"
import { replay, type Replayed, split, utf8 } from "../../kit/replay.ts"

const Piece = Schema.Union([
  Schema.String,
  Schema.Literals([
    "春天到了",
    "😀👩‍👩‍👧",
    "é",
    "\u2028",
    "\r\n",
    "data: {}\n\n",
    ": x",
    "\ufeff",
    '"\\'
  ])
])
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 }))

/** An answer, how it is framed, and where its bytes are cut. */
const Case = Schema.Struct({
  thought: Schema.Array(Piece),
  text: Schema.Array(Piece),
  fragments: Schema.Array(Piece),
  newline: Schema.Literals(["\n", "\r\n", "\r"]),
  comment: Schema.Literals(["", ":", ": keep-alive", "retry: 5", "id: 7"]),
  colon: Schema.Literals([":", ": "]),
  cuts: Schema.Array(Count)
})

interface Event {
  readonly type: string
  readonly [key: string]: unknown
}

const delta = (index: number, delta: object): Event => ({
  type: "content_block_delta",
  index,
  delta
})

const events = (
  { thought, text, fragments }: typeof Case.Type
): ReadonlyArray<Event> => [
  { type: "message_start", message: { usage: { input_tokens: 3, output_tokens: 1 } } },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
  ...thought.map((thinking) => delta(0, { type: "thinking_delta", thinking })),
  delta(0, { type: "signature_delta", signature: "s" }),
  { type: "content_block_stop", index: 0 },
  { type: "ping" },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  ...text.map((text) => delta(1, { type: "text_delta", text })),
  { type: "content_block_stop", index: 1 },
  {
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "t", name: "n", input: {} }
  },
  ...fragments.map((partial_json) => delta(2, { type: "input_json_delta", partial_json })),
  { type: "content_block_stop", index: 2 },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } },
  { type: "message_stop" }
]

const bytesOf = (answer: typeof Case.Type): Uint8Array =>
  utf8(
    events(answer).map((event) =>
      [
        answer.comment,
        `event${answer.colon}${event.type}`,
        `data${answer.colon}${JSON.stringify(event)}`,
        "",
        ""
      ].slice(answer.comment === "" ? 1 : 0).join(answer.newline)
    ).join("")
  )

const cutAt = (bytes: Uint8Array, cuts: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const places = [
    0,
    ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b),
    bytes.length
  ]
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place))
}

/** What must come out, worked out from the answer and not from its bytes. */
const expected = ({ thought, text, fragments }: typeof Case.Type): Replayed => ({
  deltas: [
    usage(1),
    ...nonEmpty(thought).map((text) => ({ _tag: "Reasoning", choice: 0, text }) as const),
    { _tag: "ReasoningSignature", choice: 0, signature: { dialect: "anthropic", value: "s" } },
    ...nonEmpty(text).map((text) => ({ _tag: "Text", choice: 0, text }) as const),
    { _tag: "ToolCallStart", choice: 0, index: 0, id: "t", name: "n" },
    ...(nonEmpty(fragments).length > 0 ? nonEmpty(fragments) : ["{}"]).map((fragment) =>
      ({ _tag: "ToolCallArguments", choice: 0, index: 0, fragment }) as const
    ),
    usage(9),
    { _tag: "Finish", choice: 0, reason: "tool_calls" }
  ],
  fault: undefined
})

const nonEmpty = (texts: ReadonlyArray<string>) => texts.filter((text) => text !== "")

const usage = (completionTokens: number) => ({
  _tag: "Usage",
  usage: {
    promptTokens: 3,
    completionTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported"
  }
} as const)

law("an answer reads the same however its bytes are cut and its lines end", Case, (answer) => {
  const bytes = bytesOf(answer)
  const cuts = [[bytes], cutAt(bytes, answer.cuts), ...[1, 2, 3, 5, 7].map((n) => split(bytes, n))]
  return cuts.every((pieces) => equal(replay(anthropic, pieces), expected(answer)))
})

law("no event makes the reader throw, and no body the decoder", Schema.Json, (json) => {
  const reader = anthropic.reader()
  const types = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "error"
  ]
  for (const type of types) {
    for (const key of ["message", "content_block", "delta", "usage", "error"]) {
      reader.read(type, JSON.stringify({ type, index: 0, [key]: json }), [])
    }
  }
  reader.read("", JSON.stringify(json), [])
  anthropic.decode(json)
  anthropic.decode({ content: json, stop_reason: json, usage: json })
  anthropic.decode({ content: [json], usage: { input_tokens: json }, stop_reason: "end_turn" })
  anthropic.readModels({ data: json })
  anthropic.fault(400, new Headers(), JSON.stringify({ error: json }))
  return true
})
