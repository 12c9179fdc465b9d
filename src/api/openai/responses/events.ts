/**
 * The events of a streamed response.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import type { Delta } from "../../../domain/Delta.ts"
import type { FinishReason } from "../../../domain/FinishReason.ts"
import type { GatewayError } from "../../../domain/GatewayError.ts"
import type { Reasoning } from "../../../domain/Message.ts"
import { toEnvelope } from "../../ErrorEnvelope.ts"
import { keepAliveComment } from "../../SseStream.ts"
import type { Events } from "../../Surface.ts"
import * as Call from "./CallWriter.ts"
import * as Message from "./MessageWriter.ts"
import { callId } from "./output.ts"
import * as Thought from "./ReasoningWriter.ts"
import { type Course, type Head, incompleteReason, itemId, toResponse } from "./response.ts"
import type { ResponseError } from "./ResponseObject.ts"
import * as Wire from "./Wire.ts"

/**
 * The events of the response of `head`, one item of its output after another. Only tool calls may
 * stand open beside others, since a provider may write several at once.
 */
export const eventsOf = (head: Head): Events => {
  const wire = Wire.make()
  const items: Array<Wire.ItemWriter> = []
  /** Those that more may come of. */
  const calls = new Map<number, Call.CallWriter>()
  /** Those of them that may have become whole. */
  const grown = new Set<number>()
  let message: Message.MessageWriter | undefined
  let thought: Thought.ReasoningWriter | undefined
  let likely: Array<Json> = []
  let model = ""

  const stage = (type: string, course: Omit<Course, "output">): string => {
    const output = items.map(({ item }) => item())
    return wire.event(type, { response: toResponse(head, { ...course, output }) })
  }

  /** Ends what another item cannot stand beside. */
  const makeWay = (): string => {
    let text = (thought?.close(false) ?? "") + (message?.close(false) ?? "")
    thought = message = undefined
    for (const index of grown) {
      const call = calls.get(index)
      if (!call?.isWhole()) continue
      text += call.close(false)
      // Nothing can be told of it any more.
      calls.delete(index)
    }
    grown.clear()
    return text
  }
  const begin = <W extends Wire.ItemWriter>(
    start: (index: number) => readonly [W, string]
  ): readonly [W, string] => {
    const before = makeWay()
    const [writer, text] = start(items.length)
    items.push(writer)
    return [writer, before + text]
  }
  const speak = (write: (writer: Message.MessageWriter) => string): string => {
    if (message) return write(message)
    const [writer, text] = begin((at) => Message.make(wire, itemId("msg", head, at), at))
    message = writer
    return text + write(writer)
  }
  const think = (
    write: (writer: Thought.ReasoningWriter) => string | void,
    redacted?: Reasoning
  ): string => {
    if (thought && !redacted) return write(thought) ?? ""
    const [writer, text] = begin((at) => Thought.make(wire, itemId("rs", head, at), at, redacted))
    thought = writer
    return text + (write(writer) ?? "")
  }

  const delta = (delta: Delta): string => {
    switch (delta._tag) {
      case "Text": {
        const tokens = likely
        likely = []
        return speak(({ say }) => say(delta.text, tokens))
      }
      case "Refusal":
        return speak(({ refuse }) => refuse(delta.text))
      case "Logprobs":
        for (const token of delta.tokens) likely.push(token)
        return ""
      case "Reasoning":
        return think(({ add }) => add(delta.text))
      case "ReasoningSignature":
        return think(({ sign }) => sign(delta.signature)) + makeWay()
      case "ReasoningRedacted":
        return think(() => "", { type: "redacted", data: delta.data }) + makeWay()
      case "ToolCallStart": {
        const tool = head.toolbox.toolOf(delta.name)
        const [writer, text] = begin((at) =>
          Call.make(wire, callId(head, at, tool), at, delta, tool)
        )
        calls.set(delta.index, writer)
        return text
      }
      case "ToolCallArguments":
        grown.add(delta.index)
        return calls.get(delta.index)?.add(delta.fragment) ?? ""
      case "Foreign":
      case "Finish":
      case "Usage":
        return ""
    }
  }

  return {
    open: (start) => {
      model = start.model
      const course = { model, usage: undefined }
      return stage("response.created", course) + stage("response.in_progress", course)
    },
    delta: (one) => one._tag !== "Usage" && one.choice !== 0 ? "" : delta(one),
    keepAlive: keepAliveComment,
    finish: ({ finishes, model, usage }) => {
      const end: FinishReason = finishes.find(({ choice }) => choice === 0)?.reason ?? "stop"
      const isCut = incompleteReason(end) !== undefined
      const last = items.length - 1
      const closing = items.map(({ close }, at) => close(isCut && at === last)).join("")
      const type = isCut ? "response.incomplete" : "response.completed"
      return [closing, stage(type, { model, usage, end })]
    },
    fail: (error) =>
      stage("response.failed", { model, usage: undefined, end: toError(error, head.name) })
  }
}

const toError = (error: GatewayError, requestId: string): ResponseError => {
  const { details: { reason }, message } = toEnvelope(error, requestId).error
  const isLimit = reason === "rate_limit_exceeded"
  return { code: isLimit ? "rate_limit_exceeded" : "server_error", message }
}
