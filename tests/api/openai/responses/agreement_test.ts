import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { type Answer, toDeltas } from "../../../../src/domain/Answer.ts"
import type { Delta } from "../../../../src/domain/Delta.ts"
import { finishReasons } from "../../../../src/domain/FinishReason.ts"
import { dialectNames } from "../../../../src/domain/Message.ts"
import { toBody } from "../../../../src/api/openai/responses/read.ts"
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator"
import { law } from "../../../kit/effect.ts"
import * as Toolbox from "../../../../src/api/openai/Toolbox.ts"
import { headOf, type Loose, readWell, streamed, usage } from "./asked.ts"

const signature = Schema.Struct({
  dialect: Schema.Literals(dialectNames),
  value: Schema.NonEmptyString
})
const args = Schema.Literals([
  "",
  "{}",
  '{"input":"a\\n\\ud83d\\ude00"}',
  '{"city":"Paris \u2028 春"}',
  '{"a":{"b":[1]}}'
])
const token = Schema.Struct({
  token: Schema.String,
  logprob: Schema.Finite,
  bytes: Schema.Array(Schema.Natural),
  top_logprobs: Schema.Tuple([])
})

const Written = Schema.Struct({
  text: Schema.String,
  reasoning: Schema.Array(Schema.Union([
    Schema.Struct({ type: Schema.Literal("text"), text: Schema.NonEmptyString, signature }),
    Schema.Struct({ type: Schema.Literal("redacted"), data: signature })
  ])),
  toolCalls: Schema.Array(Schema.Struct({
    name: Schema.Union([Schema.NonEmptyString, Schema.Literals(["patch", "team__run"])]),
    arguments: args,
    signature: Schema.UndefinedOr(signature)
  })),
  finishReason: Schema.Literals(finishReasons),
  refusal: Schema.String,
  logprobs: Schema.Array(token),
  /** Where texts are cut in two. */
  cut: Schema.Natural
})

const answerOf = (written: typeof Written.Type): Answer => {
  const { cut: _, refusal, logprobs, toolCalls, ...rest } = written
  const calls = toolCalls.map((call, at) => ({ ...call, id: `call_${at}` }))
  const choice = { index: 0, ...rest, toolCalls: calls }
  // Likelihoods are told of texts only.
  const told = rest.text === "" || logprobs.length === 0 ? choice : { ...choice, logprobs }
  return { choices: [refusal === "" ? told : { ...told, refusal }], usage }
}

/** The same deltas in smaller pieces. */
const cutUp = (deltas: ReadonlyArray<Delta>, cut: number): ReadonlyArray<Delta> =>
  deltas.flatMap((delta): ReadonlyArray<Delta> => {
    const text = "text" in delta ? delta.text : "fragment" in delta ? delta.fragment : ""
    if (text.length < 2) return [delta]
    const at = 1 + cut % (text.length - 1)
    return [text.slice(0, at), text.slice(at)].map((piece) =>
      "fragment" in delta ? { ...delta, fragment: piece } : { ...delta, text: piece } as Delta
    )
  })

const toolbox = Toolbox.make([
  { type: "custom", name: "patch" },
  { type: "function", name: "run", namespace: "team" }
])

law(
  "what the official accumulator makes of a stream is what a whole answer is",
  Written,
  (written) => {
    const answer = answerOf(written)
    const head = headOf({ model: "m", input: "Hi", temperature: 0.5 }, toolbox)
    const whole: Loose = toBody(head, { model: "m", answer, usage, cost: undefined })
    const events = streamed(cutUp(toDeltas(answer), written.cut), written.finishReason, head)
    let snapshot: Parameters<typeof accumulateResponse>[1]
    for (const event of events.slice(0, -1)) snapshot = accumulateResponse(event, snapshot)
    assertEquals<Loose>(snapshot?.output, whole.output)
    const { response }: Loose = events.at(-1)
    assertEquals(response, JSON.parse(JSON.stringify(whole)))
    return true
  }
)

law(
  "what comes out goes in again, and is what it was",
  Written,
  (written) => {
    const answer = answerOf({ ...written, finishReason: "stop" })
    const { output }: Loose = toBody(headOf(), { model: "m", answer, usage, cost: undefined })
    const [choice] = answer.choices
    const { messages } = readWell({ input: [...output, { role: "user", content: "Go on" }] })
    const said = messages.filter((message) => message.role === "assistant")
    const texts = [choice!.text, choice!.refusal ?? ""].filter((text) => text !== "")
    assertEquals(
      said.flatMap(({ content }) => content),
      texts.map((text) => ({ type: "text", text }))
    )
    assertEquals(said.flatMap(({ reasoning }) => reasoning), Array.from(choice!.reasoning))
    assertEquals(
      said.flatMap(({ toolCalls }) => toolCalls),
      choice!.toolCalls.map((call) => ({ ...call, arguments: call.arguments || "{}" }))
    )
    assertEquals(said.length, output.length === 0 ? 0 : 1)
    return true
  }
)
