import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { eventsOf } from "../../../src/api/anthropic/events.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { law, liveTest } from "../../kit/effect.ts"
import { deltasOf, Steps, usage } from "../anyDeltas.ts"
import { courses, takenUp } from "../brokenOff.ts"
import { ask, modelOf, startBoth } from "../upstreams.ts"
import { eventsIn, faultsIn } from "./grammar.ts"
import { hi } from "./kit.ts"

const started = (deltas: ReadonlyArray<Delta>) => {
  const events = eventsOf("req_1")
  const written = [events.open({ model: "m", usage: undefined })]
  for (const delta of deltas) {
    if (delta._tag !== "Finish" && delta._tag !== "Usage") written.push(events.delta(delta))
    written.push(events.keepAlive)
  }
  return { events, written }
}

/** All that was said of each call. */
const inputs = (events: ReturnType<typeof eventsIn>) => {
  const found: Record<string, string> = {}
  let name = ""
  for (const { content_block, delta } of events) {
    if (content_block?.type === "tool_use") found[name = content_block.name] = ""
    if (delta?.type === "input_json_delta") found[name] += delta.partial_json
  }
  return found
}

law("the events of any answer keep Anthropic's laws", Steps, (answer) => {
  const deltas = deltasOf(answer)
  const { events, written } = started(deltas)
  const finishes = deltas.filter((delta) => delta._tag === "Finish")
  written.push(...events.finish({ model: "m", finishes, usage, cost: undefined }))
  const told = eventsIn(written.join(""))
  assertEquals(faultsIn(told), [])
  const asked: Record<string, string> = {}
  for (const delta of deltas) {
    if (delta._tag === "ToolCallStart") asked[delta.name] = ""
    if (delta._tag === "ToolCallArguments") asked[`f${delta.index}`] += delta.fragment
  }
  assertEquals(inputs(told), asked)
  return true
})

const broken = new GatewayError({ reason: { _tag: "Internal" } })

law("an answer that breaks off anywhere ends in an error, and nothing else", Steps, (answer) => {
  const deltas = deltasOf(answer).slice(0, -1)
  for (let after = 0; after <= deltas.length; after++) {
    const { events, written } = started(deltas.slice(0, after))
    const told = eventsIn(written.join("") + events.fail(broken))
    assertEquals(faultsIn(told), [])
    assertEquals(told.at(-1).type, "error")
  }
  return true
})

Deno.test("many calls at once take no longer than one after the other", () => {
  const calls = 2000
  const fragment = '"}'.repeat(50)
  const deltas: Array<Delta> = []
  const add = (index: number, fragment: string) =>
    deltas.push({ _tag: "ToolCallArguments", choice: 0, index, fragment })
  for (let index = 0; index < calls; index++) {
    deltas.push({ _tag: "ToolCallStart", choice: 0, index, id: `c${index}`, name: `f${index}` })
    add(index, '{"a":[""')
  }
  // The first is the last to be whole.
  for (let at = 0; at < 5000; at++) add(0, `,"${fragment.replaceAll('"', '\\"')}"`)
  for (let index = calls - 1; index >= 0; index--) add(index, "]}")
  deltas.push({ _tag: "Finish", choice: 0, reason: "tool_calls" })
  const since = performance.now()
  const { events, written } = started(deltas)
  const finishes = deltas.filter((delta) => delta._tag === "Finish")
  written.push(...events.finish({ model: "m", finishes, usage, cost: undefined }))
  const took = performance.now() - since
  const told = eventsIn(written.join(""))
  assertEquals(faultsIn(told), [])
  assertEquals(Object.keys(inputs(told)).length, calls)
  assert(took < 500, `${took} ms`)
})

liveTest(
  "through the gateway the laws hold of every dialect, also where another goes on",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth(undefined, takenUp)
      for (const [name, [script, fails]] of Object.entries(courses)) {
        for (const model of Object.values(modelOf)) {
          provider.respond(script)
          const body = JSON.stringify({ ...hi(model), stream: true })
          const headers = { "content-type": "application/json" }
          const { status, text } = yield* ask(`${url}/v1/messages`, {
            method: "POST",
            headers,
            body
          })
          assertEquals(status, 200, text)
          const told = eventsIn(text)
          assertEquals(faultsIn(told), [], `${name}, ${model}: ${text}`)
          assertEquals(told.at(-1).type === "error", fails, text)
        }
      }
    }).pipe(Effect.timeout("20 seconds"))
)
