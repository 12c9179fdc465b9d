import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { fold } from "../../../src/domain/Answer.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { FinishReason } from "../../../src/domain/FinishReason.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { toAnswer } from "../../../src/api/gemini/answer.ts"
import { eventsOf } from "../../../src/api/gemini/events.ts"
import { asArray, asEvents, type Framing } from "../../../src/api/gemini/framing.ts"
import { readRequest } from "../../../src/api/gemini/read.ts"
import { law } from "../../kit/effect.ts"

const usage = {
  promptTokens: 10,
  completionTokens: 7,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  reasoningTokens: 2,
  source: "reported"
} as const
const usageMetadata = {
  promptTokenCount: 10,
  candidatesTokenCount: 5,
  totalTokenCount: 17,
  cachedContentTokenCount: 4,
  thoughtsTokenCount: 2
}

const finish = (choice = 0, reason: FinishReason = "stop"): Delta => ({
  _tag: "Finish",
  choice,
  reason
})
const text = (text: string, choice = 0): Delta => ({ _tag: "Text", choice, text })
const call = (index: number, id: string, ...fragments: ReadonlyArray<string>) => [
  { _tag: "ToolCallStart", choice: 0, index, id, name: `f${index}` } as const,
  ...fragments.map((fragment) =>
    ({ _tag: "ToolCallArguments", choice: 0, index, fragment }) as const
  )
]

interface Part {
  readonly text?: string
  readonly thought?: boolean
  readonly thoughtSignature?: string
  readonly functionCall?: unknown
}

/** The writes of a stream. */
const written = (
  deltas: ReadonlyArray<Delta>,
  showsThoughts = false,
  framing: Framing = asEvents()
): ReadonlyArray<string> => {
  const events = eventsOf("req_1", framing, showsThoughts)
  const writes = [events.open({ model: "m", usage: undefined })]
  for (const delta of deltas) writes.push(events.delta(delta))
  const finishes = deltas.filter((delta) => delta._tag === "Finish")
  return [...writes, ...events.finish({ model: "m", finishes, usage, cost: undefined })]
    .filter((write) => write !== "")
}

const chunksOf = (deltas: ReadonlyArray<Delta>, showsThoughts = false) =>
  written(deltas, showsThoughts).map((write) => {
    assertEquals([write.slice(0, 6), write.slice(-2), write.split("\n").length], [
      "data: ",
      "\n\n",
      3
    ])
    return JSON.parse(write.slice(6))
  })

const answerOf = (deltas: ReadonlyArray<Delta>, showsThoughts = false) =>
  JSON.parse(JSON.stringify(
    toAnswer(
      "req_1",
      { model: "m", answer: fold(deltas)!, usage, cost: undefined },
      showsThoughts
    )
  ))

/** Parts as a client puts them together: texts that follow each other are one. */
const joined = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> => {
  const whole: Array<Part> = []
  for (const part of parts) {
    const last = whole.at(-1)
    const goesOn = last && last.text !== undefined && part.text !== undefined &&
      (part.text === "" && part.thoughtSignature !== undefined ||
        last.thought === part.thought && last.thoughtSignature === undefined)
    if (goesOn) whole[whole.length - 1] = { ...last, ...part, text: last.text + part.text! }
    else whole.push(part)
  }
  return whole
}

Deno.test("a text is streamed in chunks like whole answers, the last with reason and usage", () => {
  const chunk = (parts: ReadonlyArray<Part>, rest: object) => ({
    candidates: [{ content: { parts, role: "model" }, index: 0, ...rest }],
    modelVersion: "m",
    responseId: "req_1"
  })
  assertEquals(chunksOf([text('a"\u2028'), text("b"), finish(0, "length")]), [
    chunk([{ text: 'a"\u2028' }], {}),
    chunk([{ text: "b" }], {}),
    { ...chunk([{ text: "" }], { finishReason: "MAX_TOKENS" }), usageMetadata }
  ])
})

Deno.test("without alt=sse the chunks are the elements of one array", () => {
  const writes = written([text("a"), text("b"), finish()], false, asArray())
  const chunks = JSON.parse(writes.join("\n"))
  assertEquals(chunks, chunksOf([text("a"), text("b"), finish()]))
  const events = eventsOf("req_1", asArray(), false)
  const broken = events.open({ model: "m", usage: undefined }) + events.delta(text("a")) +
    events.keepAlive + events.fail(interrupted)
  assertEquals(JSON.parse(broken)[1].error.code, 502)
})

const interrupted = new GatewayError({
  reason: {
    _tag: "ProviderFailed",
    model: "m",
    fault: new UpstreamFault({ class: "stream_cut", message: "It ended" })
  }
})

Deno.test("a break is told in a chunk of its own", () => {
  const events = eventsOf("req_1", asEvents(), false)
  const { error } = JSON.parse(events.fail(interrupted).slice(6))
  assertEquals([error.code, error.message, error.status], [502, "It ended", "UNAVAILABLE"])
})

Deno.test("calls are shown whole only, and in their order", () => {
  const deltas = [
    text("Let me see"),
    ...call(0, "a", '{"x"', ":1}"),
    ...call(1, "call_r_0_1"),
    ...call(2, "c", "{bad"),
    finish(0, "tool_calls")
  ]
  const parts = chunksOf(deltas).map(({ candidates }) => candidates[0].content.parts)
  assertEquals(parts, [
    [{ text: "Let me see" }],
    [{ functionCall: { id: "a", name: "f0", args: { x: 1 } } }],
    [
      // Its id was made up: Gemini gave none.
      { functionCall: { name: "f1", args: {} } },
      { functionCall: { id: "c", name: "f2", args: { INVALID_JSON: "{bad" } } }
    ],
    [{ text: "" }]
  ])
  assertEquals(chunksOf(deltas).at(-1).candidates[0].finishReason, "STOP")
})

Deno.test("fragments of two calls may come by turns", () => {
  const [a, a1, a2] = call(0, "a", '{"x":', "1}")
  const [b, b1, b2] = call(1, "b", '{"y":', "2}")
  const parts = chunksOf([a!, b!, a1!, b1!, a2!, b2!, finish()])[0].candidates[0].content.parts
  assertEquals(
    parts.map(({ functionCall }: { functionCall: { args: unknown } }) => functionCall.args),
    [{ x: 1 }, { y: 2 }]
  )
})

const anthropics = { dialect: "anthropic", value: "sig" } as const
const thinking: ReadonlyArray<Delta> = [
  { _tag: "Reasoning", choice: 0, text: "Hm" },
  { _tag: "Reasoning", choice: 0, text: "m" },
  { _tag: "ReasoningSignature", choice: 0, signature: anthropics },
  { _tag: "ReasoningRedacted", choice: 0, data: { dialect: "anthropic", value: "secret" } },
  text("So"),
  ...call(0, "a", "{}"),
  finish(0, "tool_calls")
]

Deno.test("thoughts are shown to those only who ask, and kept for the next turn in any case", () => {
  const reasoning = [
    { type: "text", text: "Hmm", signature: anthropics },
    { type: "redacted", data: { dialect: "anthropic", value: "secret" } }
  ]
  for (const shows of [true, false]) {
    const streamed = chunksOf(thinking, shows)
      .flatMap(({ candidates }): ReadonlyArray<Part> => candidates[0].content.parts)
    const whole: ReadonlyArray<Part> = answerOf(thinking, shows).candidates[0].content.parts
    assertEquals(streamed.some(({ thought }) => thought), shows)
    for (const parts of [streamed, whole]) {
      const contents = [{ parts: [{ text: "?" }] }, { role: "model", parts }]
      const request = readRequest({ contents }, "m", new Headers())
      const said = request instanceof GatewayError ? undefined : request.messages[1]
      assertEquals(said?.role === "assistant" && said.reasoning, reasoning)
    }
  }
})

Deno.test("Gemini's own signatures are where Gemini has them", () => {
  const signature = { dialect: "gemini", value: "c2ln" } as const
  const [start] = call(0, "a")
  const deltas: ReadonlyArray<Delta> = [
    text("Hi"),
    { _tag: "ReasoningSignature", choice: 0, signature },
    { ...start, signature } as Delta,
    finish()
  ]
  const parts = [
    { text: "Hi", thoughtSignature: "c2ln" },
    { functionCall: { id: "a", name: "f0", args: {} }, thoughtSignature: "c2ln" }
  ]
  assertEquals(answerOf(deltas).candidates[0].content.parts, parts)
  const streamed = chunksOf(deltas).flatMap(({ candidates }) => candidates[0].content.parts)
  assertEquals(joined(streamed.slice(0, -1)), parts)
})

Deno.test("how likely the tokens were is told with them", () => {
  const likely = (token: string) => ({ token, logprob: -1, bytes: null, top_logprobs: [] })
  const deltas: ReadonlyArray<Delta> = [
    { _tag: "Logprobs", choice: 0, tokens: [likely("a")] },
    text("a"),
    text("b"),
    { _tag: "Logprobs", choice: 0, tokens: [likely("c")] },
    finish()
  ]
  const told = chunksOf(deltas).map(({ candidates: [{ logprobsResult }] }) =>
    logprobsResult?.chosenCandidates
  )
  const result = (token: string) => ({ token, logProbability: -1 })
  assertEquals(told, [[result("a")], undefined, [result("c")]])
  assertEquals(answerOf(deltas).candidates[0].logprobsResult, {
    chosenCandidates: [result("a"), result("c")],
    topCandidates: [{ candidates: [] }, { candidates: [] }]
  })
})

Deno.test("an answer without anything has an empty part, as clients want it", () => {
  assertEquals(answerOf([finish(0, "content_filter")]).candidates, [{
    content: { parts: [{ text: "" }], role: "model" },
    finishReason: "SAFETY",
    index: 0
  }])
})

const step = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("text"),
    text: Schema.String,
    choice: Schema.Literals([0, 1])
  }),
  Schema.Struct({
    kind: Schema.Literal("call"),
    pieces: Schema.Array(Schema.Literals(["{}", '{"a":', "1}", "x"]))
  })
])

law(
  "the chunks of a stream add up to the whole answer",
  Schema.Struct({
    thoughts: Schema.Array(Schema.String),
    signed: Schema.Boolean,
    steps: Schema.Array(step),
    shows: Schema.Boolean
  }),
  ({ thoughts, signed, steps, shows }) => {
    const thought = thoughts.filter((text) => text !== "")
    const deltas: Array<Delta> = thought.map((text) => ({ _tag: "Reasoning", choice: 0, text }))
    if (signed) deltas.push({ _tag: "ReasoningSignature", choice: 0, signature: anthropics })
    let index = 0
    // Texts before calls, as a whole answer has them.
    for (const one of steps) {
      if (one.kind === "text" && one.text !== "") deltas.push(text(one.text, one.choice))
    }
    for (const one of steps) {
      if (one.kind === "call") deltas.push(...call(index, `id${index++}`, ...one.pieces))
    }
    deltas.push(finish(0), finish(1))
    const chunks = chunksOf(deltas, shows)
    const { candidates, ...rest } = answerOf(deltas, shows)
    const { candidates: ends, ...last } = chunks.at(-1)
    assertEquals(last, rest)
    for (const choice of [0, 1]) {
      const parts = chunks.slice(0, -1).flatMap(({ candidates }) =>
        candidates[0].index === choice ? candidates[0].content.parts : []
      )
      const whole = candidates[choice]
      assertEquals(joined(parts.length === 0 ? [{ text: "" }] : parts), whole.content.parts)
      assertEquals(ends[choice].finishReason, whole.finishReason)
    }
    return true
  }
)
