import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { eventsOf } from "../../../src/api/openai/chat/events.ts"
import { toCompletion } from "../../../src/api/openai/chat/whole.ts"
import { eventsOf as completionEvents } from "../../../src/api/openai/completions/events.ts"
import { headOf } from "../../../src/api/openai/Head.ts"
import * as Toolbox from "../../../src/api/openai/Toolbox.ts"
import type { Events } from "../../../src/api/Surface.ts"
import { fold } from "../../../src/domain/Answer.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { law } from "../../kit/effect.ts"
import { anyAnswer, holds, toDeltas, type Told, usage } from "./anyAnswer.ts"

const head = headOf("chatcmpl", "req_1", 1_700_000_000_999)
const functions = Toolbox.make([{ type: "function", name: "f" }, { type: "function", name: "c" }])
const custom = Toolbox.make([{ type: "function", name: "f" }, { type: "custom", name: "c" }])

// deno-lint-ignore no-explicit-any -- chunks, read by hand
type Loose = any

const chunksIn = (text: string): ReadonlyArray<Loose> =>
  text.split("\n\n").slice(0, -1).map((event) => {
    assert(/^data: [^\n]*$/.test(event), `Not one line: ${JSON.stringify(event)}`)
    return event === "data: [DONE]" ? "[DONE]" : JSON.parse(event.slice("data: ".length))
  })

/** What is written of an answer: to its end, or to the error that it breaks off by after `cut`. */
const written = (events: Events, { deltas, finishes }: Told, cut?: number) => {
  const open = events.open({ model: "m", usage: undefined })
  const shown = (cut === undefined ? deltas : deltas.slice(0, cut)).map(events.delta).join("")
  const end = cut === undefined
    ? events.finish({ model: "other", finishes, usage, cost: undefined }).join("")
    : events.fail(new GatewayError({ reason: { _tag: "Internal" } }))
  return chunksIn(open + shown + end)
}

/** What holds of all streams of chunks: one head, one end of each choice and nothing after it. */
const sound = (chunks: ReadonlyArray<Loose>, includeUsage: boolean, finishes: number) => {
  const last = chunks.at(-1)
  assertEquals(last, "[DONE]")
  const told = chunks.slice(0, -1)
  if (includeUsage) {
    const { choices, usage } = told.at(-1)
    assertEquals([choices, usage.total_tokens], [[], 15])
  }
  const over = new Set<number>()
  for (const { id, created, model, object, choices, usage } of told) {
    assertEquals([id, created, model], [head.id, head.created, "m"])
    assertEquals(object, told[0].object)
    assertEquals(usage === undefined, !includeUsage)
    for (const { index, finish_reason } of choices) {
      assert(!over.has(index), `A chunk of choice ${index} after its end`)
      if (finish_reason !== null) over.add(index)
    }
  }
  assertEquals(over.size, finishes)
  assertEquals(told.filter(({ choices }) => choices.length === 0).length, includeUsage ? 1 : 0)
}

/** What a client adds up of one choice. */
const added = (chunks: ReadonlyArray<Loose>, choice: number) => {
  const message: Loose = { content: null, refusal: null, tool_calls: [], logprobs: [] }
  let roles = 0
  for (const chunk of chunks) {
    const one = chunk.choices?.find(({ index }: Loose) => index === choice)
    if (!one) continue
    const { role, content, refusal, tool_calls = [], reasoning_content = "" } = one.delta
    assertEquals(role !== undefined, roles === 0, "the role, in the first delta alone")
    roles++
    if (typeof content === "string") message.content = (message.content ?? "") + content
    if (typeof refusal === "string") message.refusal = (message.refusal ?? "") + refusal
    if (reasoning_content) {
      message.reasoning_content = (message.reasoning_content ?? "") + reasoning_content
    }
    for (const { index, id, type, function: called, custom } of tool_calls) {
      assert(index <= message.tool_calls.length, "calls are counted without gaps")
      const begun = message.tool_calls[index]
      assertEquals([id, type].every((one) => (one === undefined) === (begun !== undefined)), true)
      const more = called?.arguments ?? custom.input
      if (!begun) message.tool_calls.push({ id, type, name: called?.name ?? custom.name, more })
      else {
        assertEquals([called?.name, custom?.name], [undefined, undefined])
        begun.more += more
      }
    }
    if (one.logprobs) message.logprobs.push(...one.logprobs.content ?? one.logprobs.refusal)
  }
  return message
}

const Chat = (shortest: number) =>
  Schema.Struct({
    answer: anyAnswer(shortest),
    includeUsage: Schema.Boolean,
    hasCustom: Schema.Boolean
  })

const adds = (chunks: ReadonlyArray<Loose>, whole: Loose) => {
  for (const { index, message, finish_reason, logprobs } of whole.choices) {
    const streamed = added(chunks, index)
    assertEquals(streamed.content || "", message.content || "")
    if (message.tool_calls && message.content === null) assertEquals(streamed.content || null, null)
    assertEquals(streamed.refusal, message.refusal)
    assertEquals(streamed.reasoning_content, message.reasoning_content)
    assertEquals(
      streamed.tool_calls,
      (message.tool_calls ?? []).map(({ id, type, function: called, custom }: Loose) => ({
        id,
        type,
        name: called?.name ?? custom.name,
        more: called?.arguments ?? custom.input
      }))
    )
    assertEquals(streamed.logprobs, logprobs?.content ?? logprobs?.refusal ?? [])
    const [reason] = chunks.flatMap(({ choices = [] }) =>
      choices.flatMap((one: Loose) => one.index === index ? one.finish_reason ?? [] : [])
    )
    assertEquals(reason, finish_reason)
  }
}

for (const shortest of [0, 20]) {
  const size = shortest === 0 ? "any" : "any long"
  const Given = Chat(shortest)

  law(
    `the chunks of ${size} chat keep to their laws, and add up to the whole answer`,
    Given,
    (given) =>
      holds(() => {
        const { answer, includeUsage, hasCustom } = given
        const told = toDeltas(answer)
        const toolbox = hasCustom ? custom : functions
        const chunks = written(eventsOf(head, "r", includeUsage, toolbox), told)
        sound(chunks, includeUsage, told.finishes.length)
        const whole = fold([...told.deltas, ...told.finishes])!
        const generated = { model: "m", answer: whole, usage, cost: undefined }
        adds(chunks, toCompletion(head, generated, toolbox))
      })
  )

  law(
    `the chunks of ${size} completion keep to their laws, and add up to all of its text`,
    Given,
    (given) =>
      holds(() => {
        const told = toDeltas(given.answer)
        const chunks = written(completionEvents(head, "r", given.includeUsage), told)
        sound(chunks, given.includeUsage, told.finishes.length)
        for (const { choice } of told.finishes) {
          const texts = chunks.flatMap(({ choices = [] }) =>
            choices.flatMap((one: Loose) => one.index === choice ? [one.text] : [])
          )
          const said = told.deltas.map((delta) =>
            (delta._tag === "Text" || delta._tag === "Refusal") && delta.choice === choice
              ? delta.text
              : ""
          )
          assertEquals(texts.join(""), said.join(""))
        }
      })
  )
}

const Cut = Schema.Struct({ answer: anyAnswer(5), at: Schema.Literals([1, 2, 3, 5, 8]) })

law(
  "an answer that breaks off anywhere ends in one error, and nothing that looks like an end",
  Cut,
  ({ answer, at }) =>
    holds(() => {
      const told = toDeltas(answer)
      for (const events of [eventsOf(head, "r", true, custom), completionEvents(head, "r", true)]) {
        const chunks = written(events, told, at)
        assertEquals(Object.keys(chunks.at(-1)), ["error"])
        for (const { choices, error, usage } of chunks.slice(0, -1)) {
          assertEquals([error, usage], [undefined, null])
          assertEquals(choices[0].finish_reason, null)
        }
      }
    })
)
