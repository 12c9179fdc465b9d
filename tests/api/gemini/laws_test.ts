import { ApiError, GoogleGenAI } from "@google/genai"
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { eventsOf } from "../../../src/api/gemini/events.ts"
import { asArray, asEvents } from "../../../src/api/gemini/framing.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { law, liveTest } from "../../kit/effect.ts"
import { apiKey } from "../../kit/gateway.ts"
import { deltasOf, Steps, usage } from "../anyDeltas.ts"
import { courses, takenUp } from "../brokenOff.ts"
import { ask, modelOf, startBoth } from "../upstreams.ts"

// deno-lint-ignore no-explicit-any -- chunks are looked at as clients do
type Chunk = any

/** The chunks of a stream by either framing, each of which must be well formed. */
const chunksIn = (text: string): ReadonlyArray<Chunk> => {
  if (text.startsWith("[")) return JSON.parse(text)
  return text.split("\n\n").slice(0, -1).filter((event) => event !== ": keep-alive").map(
    (event) => {
      const found = /^data: (\{.*\})$/.exec(event)
      if (!found) throw new Error(`No event: ${event.slice(0, 200)}`)
      return JSON.parse(found[1]!)
    }
  )
}

/** What is wrong with `chunks`; nothing where all is well. */
const faultsIn = (chunks: ReadonlyArray<Chunk>): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const must = (holds: boolean, what: string) => {
    if (!holds) faults.push(what)
  }
  const over = new Set<number>()
  const last = chunks.at(-1)
  chunks.forEach((chunk, at) => {
    if (chunk.error) {
      must(chunk === last && Number.isInteger(chunk.error.code), "an error is last")
      return
    }
    must(chunk.responseId === chunks[0].responseId, `responseId of ${at}`)
    must(typeof chunk.responseId === "string" && chunk.responseId !== "", `responseId of ${at}`)
    must(typeof chunk.modelVersion === "string", `modelVersion of ${at}`)
    must(Boolean(chunk.usageMetadata) === (chunk === last), `usageMetadata of ${at}`)
    for (const { content, finishReason, index } of chunk.candidates) {
      must(!over.has(index), `candidate ${index} goes on after its end`)
      if (finishReason) over.add(index)
      must(content.role === "model" && content.parts.length > 0, `content of ${at}`)
      for (const { functionCall, text, thoughtSignature } of content.parts) {
        must((functionCall === undefined) !== (text === undefined), `a part of ${at}`)
        must(thoughtSignature === undefined || thoughtSignature !== "", `a signature of ${at}`)
        if (!functionCall) continue
        must(typeof functionCall.name === "string", `a call's name in ${at}`)
        const { args } = functionCall
        must(typeof args === "object" && !Array.isArray(args), `a call's arguments in ${at}`)
      }
    }
  })
  must(last.error || over.size > 0, "finishReason")
  return faults
}

const started = (deltas: ReadonlyArray<Delta>, shows: boolean, framing = asEvents()) => {
  const events = eventsOf("req_1", framing, shows)
  const written = [events.open({ model: "m", usage: undefined })]
  for (const delta of deltas) {
    if (delta._tag !== "Finish" && delta._tag !== "Usage") written.push(events.delta(delta))
    written.push(events.keepAlive)
  }
  return { events, written }
}

const written = (deltas: ReadonlyArray<Delta>, shows: boolean, framing = asEvents()) => {
  const { events, written } = started(deltas, shows, framing)
  const finishes = deltas.filter((delta) => delta._tag === "Finish")
  written.push(...events.finish({ model: "m", finishes, usage, cost: undefined }))
  return chunksIn(written.join(""))
}

const parts = (chunks: ReadonlyArray<Chunk>, index: number) =>
  chunks.flatMap(({ candidates }) =>
    candidates.flatMap((one: Chunk) => one.index === index ? one.content.parts : [])
  )

const Two = Schema.Struct({ first: Steps, second: Steps, shows: Schema.Boolean })

law("the chunks of any answer keep Gemini's laws, by either framing", Two, (two) => {
  const [one, other] = [deltasOf(two.first), deltasOf(two.second, 1)]
  const deltas: Array<Delta> = []
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    for (const delta of [one[at], other[at]]) if (delta) deltas.push(delta)
  }
  const chunks = written(deltas, two.shows)
  assertEquals(faultsIn(chunks), [])
  assertEquals(written(deltas, two.shows, asArray()), chunks)
  for (const [index, own] of [one, other].entries()) {
    const called: Record<string, string> = {}
    for (const delta of own) {
      if (delta._tag === "ToolCallStart") called[delta.name] = ""
      if (delta._tag === "ToolCallArguments") called[`f${delta.index}`] += delta.fragment
    }
    const calls = parts(chunks, index).flatMap(({ functionCall }) => functionCall ?? [])
    const told = calls.map(({ args, name }) => [name, args])
    assertEquals(told, Object.entries(called).map(([name, text]) => [name, JSON.parse(text)]))
    const signed = own.flatMap((delta) =>
      delta._tag === "ToolCallStart" && delta.signature?.dialect === "gemini"
        ? delta.signature.value
        : []
    )
    const kept = parts(chunks, index).flatMap((part) =>
      part.functionCall ? part.thoughtSignature ?? [] : []
    )
    assert(signed.every((signature) => kept.includes(signature)))
  }
  return true
})

const broken = new GatewayError({ reason: { _tag: "Internal" } })

law("an answer that breaks off anywhere ends in an error by either framing", Steps, (answer) => {
  const deltas = deltasOf(answer).slice(0, -1)
  for (let after = 0; after <= deltas.length; after++) {
    for (const framing of [asEvents, asArray]) {
      const { events, written } = started(deltas.slice(0, after), true, framing())
      const chunks = chunksIn(written.join("") + events.fail(broken))
      assertEquals(faultsIn(chunks), [])
      assertEquals(chunks.at(-1).error.code, 500)
    }
  }
  return true
})

Deno.test("many calls at once take no longer than one after the other", () => {
  const calls = 2000
  const deltas: Array<Delta> = []
  const add = (index: number, fragment: string) =>
    deltas.push({ _tag: "ToolCallArguments", choice: 0, index, fragment })
  deltas.push({ _tag: "ToolCallStart", choice: 0, index: 0, id: "c0", name: "f0" })
  add(0, `{"a":["${"x".repeat(100_000)}"`)
  for (let index = 1; index < calls; index++) {
    deltas.push({ _tag: "ToolCallStart", choice: 0, index, id: `c${index}`, name: `f${index}` })
    add(index, "{}")
  }
  add(0, "]}")
  deltas.push({ _tag: "Finish", choice: 0, reason: "tool_calls" })
  const since = performance.now()
  const chunks = written(deltas, false)
  const took = performance.now() - since
  assertEquals(faultsIn(chunks), [])
  assertEquals(parts(chunks, 0).length, calls + 1)
  assert(took < 200, `${took} ms`)
})

liveTest(
  "through the gateway the laws hold of every dialect, also where another goes on",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth(undefined, takenUp)
      const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } })
      for (const [name, [script, fails]] of Object.entries(courses)) {
        for (const model of Object.values(modelOf)) {
          for (const query of ["?alt=sse", ""]) {
            provider.respond(script)
            const path = `${url}/v1beta/models/${model}:streamGenerateContent${query}`
            const { status, text } = yield* ask(path, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ contents: [{ parts: [{ text: "Hi" }] }] })
            })
            assertEquals(status, 200, text)
            const chunks = chunksIn(text)
            assertEquals(faultsIn(chunks), [], `${name}, ${model}: ${text}`)
            assertEquals("error" in chunks.at(-1), fails, text)
          }
          provider.respond(script)
          const error = yield* Effect.promise(async () => {
            try {
              const stream = await client.models.generateContentStream({ model, contents: "Hi" })
              for await (const _ of stream);
            } catch (error) {
              return error
            }
          })
          assertEquals(error instanceof ApiError, fails, String(error))
        }
      }
    }).pipe(Effect.timeout("20 seconds")),
  // Google's library does not read a stream on once it has told of an error in it.
  { sanitizeResources: false }
)
