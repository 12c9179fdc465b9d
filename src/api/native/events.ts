/**
 * The native API's server-sent events, as text.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { GatewayError } from "../../domain/GatewayError.ts"
import type { Ending } from "../../gateway/Client.ts"
import { toEnvelope } from "../ErrorEnvelope.ts"
import { dataEvent, done, keepAliveComment } from "../SseStream.ts"
import type { Events } from "../Surface.ts"
import { type GenerateEvent, signed, toCost, toUsage } from "./GenerateResponse.ts"
import * as Signature from "./signature.ts"

type Event = typeof GenerateEvent.Type
type Chunk = Event["choices"][number]["delta"]

/** The events of the stream `id`. */
export const eventsOf = (id: string): Events => {
  /** The block of reasoning that each choice is at. */
  const thoughts = new Map<number, string>()
  return {
    open: () => "",
    delta: (delta) => ofDelta(id, delta, thoughtOf(thoughts, delta)),
    keepAlive: keepAliveComment,
    finish: (ending) => [ofEnding(id, ending), done],
    fail: (error) => ofError(id, error)
  }
}

/** The block of reasoning that `delta` adds to or signs. */
const thoughtOf = (thoughts: Map<number, string>, delta: Delta): string => {
  if (delta._tag === "Reasoning") {
    thoughts.set(delta.choice, (thoughts.get(delta.choice) ?? "") + delta.text)
  } else if (delta._tag === "ReasoningRedacted") thoughts.delete(delta.choice)
  else if (delta._tag === "ReasoningSignature") {
    const thought = thoughts.get(delta.choice) ?? ""
    thoughts.delete(delta.choice)
    return thought
  }
  return ""
}

/**
 * The event of one delta that shows something. `thought` is the block of reasoning so far: where it
 * is signed it is told as a whole, so that details can be sent back as they came.
 */
const ofDelta = (id: string, delta: Delta, thought: string): string => {
  // Nearly every delta is text: the event is put together around it, which halves the cost.
  if (delta._tag === "Text") {
    return dataEvent(
      `{"id":"${id}","choices":[{"index":${delta.choice},"delta":{"content":${
        JSON.stringify(delta.text)
      }}}]}`
    )
  }
  const chunk = toChunk(delta, thought)
  if (chunk === undefined || delta._tag === "Usage") return ""
  const body: Event = { id, choices: [{ index: delta.choice, delta: chunk }] }
  return dataEvent(JSON.stringify(body))
}

/** The last event of a whole answer. */
const ofEnding = (id: string, { finishes, model, usage, cost }: Ending): string => {
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
  return dataEvent(JSON.stringify(body))
}

/** The last event of an answer that broke off. */
const ofError = (id: string, error: GatewayError): string => {
  const body: Event = {
    id,
    choices: [{ index: 0, delta: {} }],
    error: toEnvelope(error, id).error
  }
  return dataEvent(JSON.stringify(body))
}

const toChunk = (delta: Delta, thought: string): Chunk | undefined => {
  switch (delta._tag) {
    case "Text":
    case "Refusal":
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
    case "Logprobs":
    case "Foreign":
    case "Finish":
    case "Usage":
      return undefined
  }
}
