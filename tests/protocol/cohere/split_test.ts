import { equal } from "@std/assert"
import * as Schema from "effect/Schema"
import { cohere } from "../../../src/protocol/cohere/mod.ts"
import { law } from "../../kit/effect.ts"
import { replay, type Replayed, split, utf8 } from "../../kit/replay.ts"

const Piece = Schema.Union([
  Schema.String,
  Schema.Literals(["春天", "😀👩‍👩‍👧", "\u2028", "\r\n", "data: {}\n\n", ": x", "\ufeff", '"\\'])
])
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 }))

/** An answer, how it is framed, and where its bytes are cut. */
const Case = Schema.Struct({
  thought: Schema.Array(Piece),
  plan: Schema.Array(Piece),
  text: Schema.Array(Piece),
  fragments: Schema.Array(Schema.Literals(["", '{"a', '":', "1}", "n", "null"])),
  newline: Schema.Literals(["\n", "\r\n", "\r"]),
  named: Schema.Boolean,
  cuts: Schema.Array(Count)
})

const message = (type: string, message: object, index = 0) => ({ type, index, delta: { message } })

const events = ({ thought, plan, text, fragments }: typeof Case.Type) => [
  { type: "message-start", id: "x", delta: { message: { role: "assistant", content: [] } } },
  message("content-start", { content: { type: "thinking", thinking: "" } }),
  ...thought.map((thinking) => message("content-delta", { content: { thinking } })),
  { type: "content-end", index: 0 },
  ...plan.map((tool_plan) => message("tool-plan-delta", { tool_plan })),
  message("content-start", { content: { type: "text", text: "" } }, 1),
  ...text.map((text) => message("content-delta", { content: { text } }, 1)),
  { type: "content-end", index: 1 },
  { type: "citation-start", index: 0, delta: { message: { citations: { text: "no" } } } },
  { type: "citation-end", index: 0 },
  message("tool-call-start", {
    tool_calls: { id: "t", type: "function", function: { name: "n", arguments: "" } }
  }),
  ...fragments.map((part) =>
    message("tool-call-delta", { tool_calls: { function: { arguments: part } } })
  ),
  { type: "tool-call-end", index: 0 },
  {
    type: "message-end",
    delta: {
      finish_reason: "TOOL_CALL",
      usage: { tokens: { input_tokens: 9, output_tokens: 4 }, cached_tokens: 2 }
    }
  }
]

const bytesOf = (answer: typeof Case.Type): Uint8Array =>
  utf8(
    events(answer).map((event) =>
      [
        ...(answer.named ? [`event: ${event.type}`] : []),
        `data: ${JSON.stringify(event)}`,
        "",
        ""
      ].join(answer.newline)
    ).join("")
  )

const cutAt = (bytes: Uint8Array, cuts: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const places = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b)]
  return [...places, bytes.length].slice(1).map((place, at) => bytes.subarray(places[at], place))
}

/** Deltas of the same kind put together: how they were cut is of no interest. */
const joined = ({ deltas, fault }: Replayed) => {
  let [thought, text, args] = ["", "", ""]
  const rest = deltas.filter((delta) => {
    if (delta._tag === "Reasoning") thought += delta.text
    else if (delta._tag === "Text") text += delta.text
    else if (delta._tag === "ToolCallArguments") args += delta.fragment
    else return true
    return false
  })
  return { thought, text, args, rest, fault }
}

/** What must come out, worked out from the answer and not from its bytes. */
const expected = ({ thought, plan, text, fragments }: typeof Case.Type) => {
  const written = fragments.join("")
  return {
    thought: [...thought, ...plan].join(""),
    text: text.join(""),
    // What may still become `null` is held back, and is no object where it ends as that.
    args: "null".startsWith(written) ? "{}" : written,
    rest: [
      { _tag: "ToolCallStart", choice: 0, index: 0, id: "t", name: "n" },
      {
        _tag: "Usage",
        usage: {
          promptTokens: 9,
          completionTokens: 4,
          cachedTokens: 2,
          cacheWriteTokens: 0,
          reasoningTokens: 0,
          source: "reported"
        }
      },
      { _tag: "Finish", choice: 0, reason: "tool_calls" }
    ],
    fault: undefined
  }
}

law("an answer reads the same however its bytes are cut and its lines end", Case, (answer) => {
  const bytes = bytesOf(answer)
  const cuts = [[bytes], cutAt(bytes, answer.cuts), ...[1, 2, 3, 5, 7].map((n) => split(bytes, n))]
  return cuts.every((pieces) => equal(joined(replay(cohere, pieces)), expected(answer)))
})

law("no event makes the reader throw, and no body the decoder", Schema.Json, (json) => {
  const reader = cohere.reader()
  const types = "content-start content-delta tool-plan-delta tool-call-start tool-call-delta"
  for (const type of types.split(" ")) {
    reader.read(type, JSON.stringify({ type, index: json, delta: json }), [])
    reader.read(type, JSON.stringify({ type, delta: { message: json } }), [])
    for (const key of ["content", "tool_plan", "tool_calls"]) {
      reader.read(type, JSON.stringify({ type, delta: { message: { [key]: json } } }), [])
    }
  }
  reader.read("", JSON.stringify({ type: "message-end", delta: { usage: json } }), [])
  reader.read("", JSON.stringify(json), [])
  cohere.decode(json)
  cohere.decode({ message: json, finish_reason: "COMPLETE" })
  cohere.decode({ message: { content: json, tool_calls: [json] }, finish_reason: "X", usage: json })
  cohere.readModels({ models: json })
  cohere.readModels({ models: [{ name: "n", endpoints: ["chat"], features: json }] })
  cohere.embeddings!.decode({ embeddings: { float: json }, meta: json })
  cohere.fault(400, new Headers(), JSON.stringify({ message: json }))
  return true
})
