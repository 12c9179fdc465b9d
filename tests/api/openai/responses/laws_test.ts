import { assert, assertEquals } from "@std/assert"
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator"
import * as Schema from "effect/Schema"
import { eventsOf } from "../../../../src/api/openai/responses/events.ts"
import * as Toolbox from "../../../../src/api/openai/Toolbox.ts"
import { GatewayError } from "../../../../src/domain/GatewayError.ts"
import { law } from "../../../kit/effect.ts"
import { anyAnswer, holds, toDeltas, type Told, usage } from "../anyAnswer.ts"
import { headOf, type Loose, parse } from "./asked.ts"

const functions = Toolbox.make([{ type: "function", name: "f" }, { type: "function", name: "c" }])
const custom = Toolbox.make([{ type: "function", name: "f" }, { type: "custom", name: "c" }])

/** What is written of an answer: to its end, or to the error that it breaks off by after `cut`. */
const written = (
  { deltas, finishes }: Told,
  toolbox: Toolbox.Toolbox,
  cut?: number
): ReadonlyArray<Loose> => {
  const events = eventsOf(headOf({}, toolbox))
  return parse([
    events.open({ model: "m", usage: undefined }),
    ...(cut === undefined ? deltas : deltas.slice(0, cut)).map(events.delta),
    ...(cut === undefined
      ? events.finish({ model: "m", finishes, usage, cost: undefined })
      : [events.fail(new GatewayError({ reason: { _tag: "Internal" } }))])
  ].join(""))
}

/** What holds of all streams, to the last event: each item stands between its own two, in order. */
const sound = (events: ReadonlyArray<Loose>) => {
  assertEquals(events.map(({ sequence_number: number }) => number), events.map((_, at) => at))
  const items: Array<Loose> = []
  /** What came of each part of each item, in fragments. */
  const texts = new Map<string, string>()
  for (const event of events.slice(2, -1)) {
    const { type, output_index: index, item, item_id, delta } = event
    if (type === "response.output_item.added") {
      assertEquals(index, items.length, "items are counted without gaps")
      items.push({ id: item.id, type: item.type })
      continue
    }
    const open = items[index]
    assert(open && open.done === undefined, `${type} of item ${index}, which is not open`)
    assertEquals(item?.id ?? item_id, open.id)
    const place = `${index} ${type.replace(/\.(added|delta|done)$/, "")} ${
      event.content_index ?? event.summary_index ?? 0
    }`
    if (type === "response.output_item.done") {
      assertEquals(item.type, open.type)
      open.done = item
    } else if (delta !== undefined) texts.set(place, (texts.get(place) ?? "") + delta)
    else if (type.endsWith(".done") && event.part === undefined) {
      const whole = event.text ?? event.refusal ?? event.arguments ?? event.input
      assertEquals(texts.get(place) ?? "", whole, place)
    }
  }
  return items
}

/** What OpenAI's own client adds up of all but the last event. */
const folded = (events: ReadonlyArray<Loose>) => {
  let snapshot: Parameters<typeof accumulateResponse>[1]
  for (const event of events.slice(0, -1)) snapshot = accumulateResponse(event, snapshot)
  return snapshot?.output
}

for (const shortest of [0, 20]) {
  const Given = Schema.Struct({ answer: anyAnswer(shortest), hasCustom: Schema.Boolean })
  law(
    `the events of any ${shortest ? "long " : ""}response keep to their laws, and end in all of it`,
    Given,
    ({ answer, hasCustom }) =>
      holds(() => {
        const told = toDeltas(answer)
        const events = written(told, hasCustom ? custom : functions)
        const items = sound(events)
        const { type, response } = events.at(-1)
        const isCut = ["length", "content_filter"].includes(told.finishes[0]!.reason)
        assertEquals(type, isCut ? "response.incomplete" : "response.completed")
        assertEquals(items.map(({ done }) => done), response.output)
        assertEquals(folded(events), response.output)
        const incomplete = items.flatMap(({ done: { status } }, at) =>
          status === "incomplete" ? [at] : []
        )
        assert(isCut ? incomplete.every((at) => at === items.length - 1) : incomplete.length === 0)
        const said = (tag: "Text" | "Refusal") =>
          told.deltas.map((one) => one._tag === tag && one.choice === 0 ? one.text : "").join("")
        const parts = response.output.flatMap(({ content = [] }: Loose) => content)
        assertEquals(parts.map(({ text = "" }: Loose) => text).join(""), said("Text"))
        assertEquals(parts.map(({ refusal = "" }: Loose) => refusal).join(""), said("Refusal"))
      })
  )
}

const Cut = Schema.Struct({ answer: anyAnswer(8), at: Schema.Literals([1, 2, 3, 5, 8, 20]) })

law(
  "a response that breaks off anywhere ends as failed, with what there was",
  Cut,
  (given) =>
    holds(() => {
      const events = written(toDeltas(given.answer), custom, given.at)
      const items = sound(events)
      const { type, response } = events.at(-1)
      assertEquals([type, response.status], ["response.failed", "failed"])
      assertEquals(response.output.map(({ id }: Loose) => id), items.map(({ id }) => id))
      items.forEach(({ done }, at) => {
        const { status } = response.output[at]
        if (done) assertEquals(response.output[at], done)
        else assert(status === undefined || status === "incomplete")
      })
      assertEquals(folded(events)?.map(({ id }: Loose) => id), items.map(({ id }) => id))
    })
)
