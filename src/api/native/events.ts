/**
 * The native API's server-sent events, as text.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { GatewayError } from "../../domain/GatewayError.ts"
import type { Ending } from "../../gateway/Client.ts"
import { toEnvelope } from "../ErrorEnvelope.ts"
import { type GenerateEvent, signed, toCost, toUsage } from "./GenerateResponse.ts"
import * as Signature from "./signature.ts"

type Event = typeof GenerateEvent.Type
type Chunk = Event["choices"][number]["delta"]

/**
 * The event of one delta that shows something. `thought` is the block of reasoning so far: where it
 * is signed it is told as a whole, so that details can be sent back as they came.
 */
export const ofDelta = (id: string, delta: Delta, thought: string): string => {
  // Nearly every delta is text: the event is put together around it, which halves the cost.
  if (delta._tag === "Text") {
    return event(
      `{"id":"${id}","choices":[{"index":${delta.choice},"delta":{"content":${
        JSON.stringify(delta.text)
      }}}]}`
    )
  }
  const chunk = toChunk(delta, thought)
  if (chunk === undefined || delta._tag === "Usage") return ""
  const body: Event = { id, choices: [{ index: delta.choice, delta: chunk }] }
  return event(JSON.stringify(body))
}

/** The last event of a whole answer. */
export const ofEnding = (id: string, { finishes, model, usage, cost }: Ending): string => {
  const body: Event = {
    id,
    model,
    choices: finishes.map(({ choice, reason }) => ({
      index: choice,
      delta: {},
      finish_reason: reason
    })),
    usage: toUsage(usage),
    cost: toCost(cost)
  }
  return event(JSON.stringify(body))
}

/** The last event of an answer that broke off. */
export const ofError = (id: string, error: GatewayError): string => {
  const body: Event = {
    id,
    choices: [{ index: 0, delta: {} }],
    error: toEnvelope(error, id).error
  }
  return event(JSON.stringify(body))
}

/** The answer is whole. */
export const done = "data: [DONE]\n\n"

/** The answer goes on. */
export const keepAlive = ": keep-alive\n\n"

/** Clients that split at every kind of line end would break an event in two at these. */
const lineEnds = /[\u0085\u2028\u2029]/g

const event = (json: string): string =>
  `data: ${
    json.replace(lineEnds, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`)
  }\n\n`

const toChunk = (delta: Delta, thought: string): Chunk | undefined => {
  switch (delta._tag) {
    case "Text":
      return { content: delta.text }
    case "Reasoning":
      return { reasoning_content: delta.text }
    case "ReasoningSignature":
      return { reasoning_details: [{ type: "text", text: thought, ...signed(delta.signature) }] }
    case "ReasoningRedacted":
      return { reasoning_details: [{ type: "redacted", data: Signature.show(delta.data) }] }
    case "ToolCallStart": {
      const { index, id, name, signature } = delta
      const call = { name, arguments: "" }
      return { tool_calls: [{ index, id, type: "function", function: call, ...signed(signature) }] }
    }
    case "ToolCallArguments":
      return { tool_calls: [{ index: delta.index, function: { arguments: delta.fragment } }] }
    case "Finish":
    case "Usage":
      return undefined
  }
}
