/**
 * A tool call, as it is streamed.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { ToolCallStart } from "../../../domain/Delta.ts"
import type { ToolCall } from "../../../domain/Message.ts"
import { object } from "../../json.ts"
import type { ClientTool } from "../Toolbox.ts"
import { toFunctionCall } from "./output.ts"
import type { ItemStatus } from "./ResponseObject.ts"
import { framing, type ItemWriter, type Wire } from "./Wire.ts"

/** Writes one tool call. */
export interface CallWriter extends ItemWriter {
  readonly add: (fragment: string) => string
  /** Whether its arguments are whole, so that no more of them can come. */
  readonly isWhole: () => boolean
}

/** Begins a call of `tool` at `output_index`. */
export const make = (
  wire: Wire,
  item_id: string,
  output_index: number,
  { id, signature }: ToolCallStart,
  tool: ClientTool
): readonly [CallWriter, string] => {
  const { added, done } = framing(wire, output_index)
  const place = { item_id, output_index }
  const members = JSON.stringify(place).slice(1, -1)
  const { name } = tool
  let written = ""
  let status: ItemStatus | undefined

  const call = (): ToolCall => ({ id, name, signature, arguments: written })
  const add = (fragment: string) => {
    written += fragment
    return wire.raw(
      "response.function_call_arguments.delta",
      `${members},"delta":${JSON.stringify(fragment)}`
    )
  }
  const item = () => toFunctionCall(item_id, call(), status ?? "incomplete", tool)
  const writer: CallWriter = {
    add,
    item,
    isWhole: () => isJsonObject(written),
    close: (isCut) => {
      if (status !== undefined) return ""
      status = isCut ? "incomplete" : "completed"
      const whole = item()
      // Who adds up fragments must come to the same arguments as who reads the end.
      const rest = whole.arguments === written ? "" : add(whole.arguments)
      const { arguments: text } = whole
      return rest +
        wire.event("response.function_call_arguments.done", { ...place, name, arguments: text }) +
        done(item())
    }
  }
  return [writer, added(toFunctionCall(item_id, call(), "in_progress", tool))]
}

const isJsonObject = (text: string): boolean =>
  text.trimEnd().endsWith("}") &&
  object(Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)))) !== undefined
