/**
 * A tool call, as it is streamed.
 *
 * @module
 */
import * as Result from "effect/Result"
import type { ToolCallStart } from "../../../domain/Delta.ts"
import { object } from "../../json.ts"
import * as CustomInput from "../CustomInput.ts"
import type { ClientTool } from "../Toolbox.ts"
import { toCallItem } from "./output.ts"
import type { ItemStatus } from "./ResponseObject.ts"
import { framing, type ItemWriter, type Wire } from "./Wire.ts"

/** Writes one tool call. */
export interface CallWriter extends ItemWriter {
  readonly add: (fragment: string) => string
  /** Whether all of it is there, so that no more of it can come. */
  readonly isWhole: () => boolean
}

/** What becomes of the arguments that a provider writes. */
interface Reading {
  /** What a fragment of them adds to what the client is told. */
  readonly add: (fragment: string) => string
  /** What is still to be told at a good end, after `text`. */
  readonly end: (text: string) => string
  readonly isWhole: (text: string) => boolean
}

/** Begins a call of `tool` at `output_index`: it is told as its arguments come. */
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
  const isCustom = tool.type === "custom"
  const event = isCustom ? "response.custom_tool_call_input" : "response.function_call_arguments"
  const reading: Reading = isCustom ? CustomInput.make() : asWritten
  let text = ""
  let status: ItemStatus | undefined

  const tell = (more: string): string => {
    if (more === "") return ""
    text += more
    return wire.raw(`${event}.delta`, `${members},"delta":${JSON.stringify(more)}`)
  }
  const item = (its = status ?? "incomplete") =>
    toCallItem(item_id, { id, signature, text }, its, tool)
  const writer: CallWriter = {
    add: (fragment) => tell(reading.add(fragment)),
    item,
    isWhole: () => reading.isWhole(text),
    close: (isCut) => {
      if (status !== undefined) return ""
      status = isCut ? "incomplete" : "completed"
      // Who adds up fragments must come to the same as who reads the end.
      const rest = isCut ? "" : tell(reading.end(text))
      const all = isCustom ? { input: text } : { name: tool.name, arguments: text }
      return rest + wire.event(`${event}.done`, { ...place, ...all }) + done(item())
    }
  }
  return [writer, added(item("in_progress"))]
}

/** As a function's client is told them: a call that is whole has arguments, if only none. */
const asWritten: Reading = {
  add: (fragment) => fragment,
  end: (text) => text === "" ? "{}" : "",
  isWhole: (text) =>
    text.trimEnd().endsWith("}") &&
    object(Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)))) !== undefined
}
