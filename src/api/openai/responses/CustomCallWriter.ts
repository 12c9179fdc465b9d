/**
 * A call of a custom tool, as it is streamed.
 *
 * @module
 */
import type { ToolCallStart } from "../../../domain/Delta.ts"
import * as CustomInput from "../CustomInput.ts"
import type { ClientTool } from "../Toolbox.ts"
import type { CallWriter } from "./CallWriter.ts"
import { toCustomCall } from "./output.ts"
import type { ItemStatus } from "./ResponseObject.ts"
import { framing, type Wire } from "./Wire.ts"

/** Begins a call of `tool` at `output_index`: its input is written as its arguments come. */
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
  const reading = CustomInput.make()
  let input = ""
  let status: ItemStatus | undefined

  const tell = (more: string): string => {
    if (more === "") return ""
    input += more
    return wire.raw(
      "response.custom_tool_call_input.delta",
      `${members},"delta":${JSON.stringify(more)}`
    )
  }
  const item = () => toCustomCall(item_id, { id, signature, input }, status ?? "incomplete", tool)
  const writer: CallWriter = {
    add: (fragment) => tell(reading.add(fragment)),
    item,
    isWhole: reading.isWhole,
    close: (isCut) => {
      if (status !== undefined) return ""
      status = isCut ? "incomplete" : "completed"
      return (isCut ? "" : tell(reading.end())) +
        wire.event("response.custom_tool_call_input.done", { ...place, input }) +
        done(item())
    }
  }
  const begun = toCustomCall(item_id, { id, signature, input }, "in_progress", tool)
  return [writer, added(begun)]
}
