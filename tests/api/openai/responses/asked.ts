/**
 * What the tests of the Responses API ask, and how they read what they are told.
 *
 * @module
 */
import type OpenAI from "openai"
import * as Effect from "effect/Effect"
import type { Json } from "../../../../src/domain/Completion.ts"
import type { Delta } from "../../../../src/domain/Delta.ts"
import type { FinishReason } from "../../../../src/domain/FinishReason.ts"
import type { Usage } from "../../../../src/domain/Usage.ts"
import { eventsOf } from "../../../../src/api/openai/responses/events.ts"
import { reading } from "../../../../src/api/openai/responses/read.ts"
import * as Toolbox from "../../../../src/api/openai/Toolbox.ts"
import { type Head, toEcho } from "../../../../src/api/openai/responses/response.ts"

/** Reads a body as the route does. */
export const read = (body: unknown, headers: Record<string, string> = {}) =>
  reading({
    body,
    headers: new Headers(headers),
    params: {},
    query: new URLSearchParams(),
    requestId: "req_test",
    now: 1_770_933_892_123
  })

/** What is read of a body that is fine. */
export const readWell = (body: object) => Effect.runSync(read({ model: "m", ...body })).request

/** What is wrong with a body: each issue's path, in dots, and the first message. */
export const faultsIn = (body: unknown, headers: Record<string, string> = {}) => {
  const { reason } = Effect.runSync(Effect.flip(read(body, headers)))
  if (reason._tag !== "InvalidRequest") throw new TypeError(reason._tag)
  return { message: reason.message, paths: reason.issues.map(({ path }) => path.join(".")) }
}

/** The head of a response to `body`. */
export const headOf = (
  body: Record<string, Json> = {},
  toolbox = Toolbox.empty
): Head => ({
  name: "test",
  createdAt: 1_770_933_892,
  echo: toEcho(body),
  toolbox
})

/** Tokens that an answer took. */
export const usage: Usage = {
  promptTokens: 11,
  completionTokens: 7,
  cachedTokens: 3,
  cacheWriteTokens: 2,
  reasoningTokens: 5,
  source: "reported"
}

type Event = OpenAI.Responses.ResponseStreamEvent

/** An event as it stood on the wire; its fields are looked into freely. */
// deno-lint-ignore no-explicit-any -- events of many shapes, read by hand
export type Loose = any

/** The events in `text`. Each must be framed by its name, and by nothing else. */
export const parse = (text: string): ReadonlyArray<Event> =>
  text.split("\n\n").slice(0, -1).filter((frame) => !frame.startsWith(":")).map((frame) => {
    const [, name, data] = /^event: ([a-z_.]+)\ndata: ([^\n]+)$/.exec(frame) ?? []
    if (data === undefined) throw new TypeError(`Not an event: ${frame}`)
    const event = JSON.parse(data)
    if (event.type !== name) throw new TypeError(`${name} is of type ${event.type}`)
    return event
  })

/** The events of the stream that `deltas` make. */
export const streamed = (
  deltas: ReadonlyArray<Delta>,
  reason: FinishReason = "stop",
  head: Head = headOf()
): ReadonlyArray<Event> => {
  const events = eventsOf(head)
  const ending = { model: "m", finishes: [{ choice: 0, reason }], usage, cost: undefined }
  return parse([
    events.open({ model: "m", usage: undefined }),
    ...deltas.map(events.delta),
    ...events.finish(ending)
  ].join(""))
}

/** One line an event: its type, without `response.`, and what it is about. */
export const outline = (events: ReadonlyArray<Event>): ReadonlyArray<string> =>
  events.map((event: Loose) => {
    const type = event.type.replace("response.", "")
    const about = event.delta ?? event.text ?? event.arguments ?? event.refusal ?? event.input ??
      event.item?.type ?? event.part?.type ?? event.response.status
    const index = event.output_index === undefined ? "" : `${event.output_index} `
    return `${type} ${index}${about}`
  })
