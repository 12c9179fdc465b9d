/**
 * A streamed answer in Cohere's words.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { UpstreamFault } from "../../domain/UpstreamFault.ts"
import type { EventReader, Reading } from "../Dialect.ts"
import { type Fields, object, parse, string } from "../json.ts"
import { say } from "./content.ts"
import { faultOf } from "./fault.ts"
import { finishReason } from "./finishReason.ts"
import * as ToolCalls from "./toolCalls.ts"
import { readUsage } from "./usage.ts"

/** Starts to read one streamed answer. */
export const reader = (): EventReader => {
  const calls = ToolCalls.make()
  let isFinished = false

  const end = (delta: Fields, out: Array<Delta>): Reading => {
    calls.finish(out)
    const usage = readUsage(delta.usage)
    if (usage) out.push({ _tag: "Usage", usage })
    const reason = finishReason(delta.finish_reason, delta.error, !calls.isEmpty())
    if (reason instanceof UpstreamFault) return reason
    isFinished = true
    out.push({ _tag: "Finish", choice: 0, reason })
    return "end"
  }

  const step = (type: string, chunk: Fields, out: Array<Delta>): Reading => {
    const delta = object(chunk.delta)
    const message = object(delta?.message)
    switch (type) {
      case "content-start":
      case "content-delta": {
        const content = object(message?.content)
        say("Reasoning", content?.thinking, out)
        say("Text", content?.text, out)
        return "more"
      }
      case "tool-plan-delta":
        say("Reasoning", message?.tool_plan, out)
        return "more"
      case "tool-call-start":
        calls.start(chunk.index, message?.tool_calls, out)
        return "more"
      case "tool-call-delta":
        calls.argue(chunk.index, message?.tool_calls, out)
        return "more"
      case "message-end":
        return end(delta ?? {}, out)
      default:
        return "more"
    }
  }

  return {
    read: (event, data, out) => {
      const chunk = object(parse(data))
      if (chunk === undefined) return data.trim() === "" ? "more" : "malformed"
      const type = string(chunk.type)
      // An error has no type, but says so by the name of its event, or by its message alone.
      if (type === undefined && (event === "error" || string(chunk.message) !== undefined)) {
        return faultOf(chunk)
      }
      return type === "error" ? faultOf(chunk) : step(type ?? event, chunk, out)
    },
    finish: () => isFinished
  }
}
