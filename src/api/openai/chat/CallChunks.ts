/**
 * Tool calls, as the chunks of a streamed chat tell them.
 *
 * @module
 */
import type { JsonObject } from "../../../domain/Completion.ts"
import type { Delta, ToolCallStart } from "../../../domain/Delta.ts"
import * as CustomInput from "../CustomInput.ts"
import type { Toolbox } from "../Toolbox.ts"
import { signed } from "./toolCalls.ts"

/** Writes the tool calls of one stream. */
export interface CallChunks {
  readonly start: (delta: ToolCallStart) => JsonObject
  /** More of a call; absent where there is nothing to tell. */
  readonly add: (
    delta: Extract<Delta, { readonly _tag: "ToolCallArguments" }>
  ) => JsonObject | undefined
  /** What the calls of a choice still lack at its end; `isCut` where that is no good end. */
  readonly end: (choice: number, isCut: boolean) => ReadonlyArray<JsonObject>
}

/** The calls of a client with these tools: those of custom tools tell their input. */
export const make = ({ toolOf }: Toolbox): CallChunks => {
  /** By choice, and the number of the call. */
  const inputs: Array<Array<CustomInput.CustomInput | undefined>> = []
  const custom = (index: number, input: string): JsonObject => ({ index, custom: { input } })

  return {
    start: ({ choice, index, id, name: offered, signature }) => {
      const { name, type } = toolOf(offered)
      const calls = inputs[choice] ??= []
      calls.length = Math.max(calls.length, index + 1)
      if (type === "custom") calls[index] = CustomInput.make()
      const call = type === "custom"
        ? { index, id, type, custom: { name, input: "" } }
        : { index, id, type, function: { name, arguments: "" } }
      return { ...call, ...signed(signature) }
    },
    add: ({ choice, index, fragment }) => {
      const input = inputs[choice]?.[index]
      if (input === undefined) return { index, function: { arguments: fragment } }
      const more = input.add(fragment)
      return more === "" ? undefined : custom(index, more)
    },
    end: (choice, isCut) => {
      const calls = inputs[choice] ?? []
      return calls.flatMap((input, index) => {
        const rest = isCut && index === calls.length - 1 ? "" : input?.end() ?? ""
        return rest === "" ? [] : [custom(index, rest)]
      })
    }
  }
}
