/**
 * Tool calls, whole or in fragments, from servers that number them well, badly or not at all.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { Signature } from "../../domain/Message.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { type Fields, index as toIndex, object, string } from "../json.ts"
import { toolArguments } from "./toolArguments.ts"

/** Reads the tool calls of one choice. */
export interface ToolCallReader {
  /** Reads what one chunk brings; `whole` says that each item is a call of its own. */
  readonly read: (
    items: ReadonlyArray<unknown>,
    whole: boolean,
    out: Array<Delta>
  ) => UpstreamFault | undefined
  /** The choice is over: calls without arguments get empty ones. */
  readonly finish: (out: Array<Delta>) => void
  readonly isEmpty: () => boolean
}

interface Call {
  /** The provider's number for it. */
  readonly number: number | undefined
  /** The provider's id for it. */
  id: string | undefined
  name: string
  signature: Signature | undefined
  /** Its place among the choice's calls, once it was told. */
  index: number | undefined
  /** Arguments that came before the name. */
  held: string
  hasArguments: boolean
  /** The chunk that it was last seen in. */
  chunk: number
}

/** Starts to read the tool calls of `choice`. */
export const make = (choice: number): ToolCallReader => {
  const calls: Array<Call> = []
  /** The newest call of each number, and of each id. */
  const byNumber = new Map<number, Call>()
  const byId = new Map<string, Call>()
  let last: Call | undefined
  let started = 0
  let chunk = 0

  /** The call that a fragment may continue. */
  const find = (number: number | undefined, id: string | undefined, name: string) => {
    if (number === undefined) return id === undefined ? last : byId.get(id)
    const numbered = byNumber.get(number)
    if (id === undefined || numbered === undefined || numbered.id === id) return numbered
    const identified = byId.get(id)
    if (identified?.number === number) return identified
    // Some number every call 0, and some give a call another id in each fragment: only the first
    // fragment of a call has its name.
    return name === "" || numbered.id === undefined ? numbered : undefined
  }

  /** Whether a fragment cannot be more of `call`, though nothing but its name tells them apart. */
  const isAnother = (call: Call, id: string | undefined, name: string) =>
    name !== "" && call.name !== "" && call.hasArguments && (id === undefined || call.id !== id) &&
    (name !== call.name || call.chunk === chunk)

  const begin = (number: number | undefined): Call => {
    const call: Call = {
      number,
      id: undefined,
      name: "",
      signature: undefined,
      index: undefined,
      held: "",
      hasArguments: false,
      chunk
    }
    calls.push(call)
    if (number !== undefined) byNumber.set(number, call)
    return call
  }

  const start = (call: Call, out: Array<Delta>): number => {
    const index = call.index = started++
    const { name, signature } = call
    const id = call.id ?? `call_${choice}_${index}`
    out.push(
      signature
        ? { _tag: "ToolCallStart", choice, index, id, name, signature }
        : { _tag: "ToolCallStart", choice, index, id, name }
    )
    if (call.held !== "") argue(index, call.held, out)
    return index
  }

  const argue = (index: number, fragment: string, out: Array<Delta>) => {
    out.push({ _tag: "ToolCallArguments", choice, index, fragment })
  }

  const readItem = (item: Fields, whole: boolean, out: Array<Delta>) => {
    const called = object(item.function)
    const number = toIndex(item.index)
    const id = string(item.id) || undefined
    const name = string(called?.name) ?? ""
    const fragment = toolArguments(called?.arguments)
    if (fragment === undefined) return tooDeep()
    const found = whole ? undefined : find(number, id, name)
    // An item that says nothing begins nothing.
    if (!found && id === undefined && name === "" && fragment === "") return undefined
    const call = found && !isAnother(found, id, name) ? found : begin(number)
    last = call
    call.chunk = chunk
    if (id !== undefined && call.id === undefined) {
      call.id = id
      byId.set(id, call)
    }
    if (call.name === "") call.name = name
    call.signature ??= signatureOf(item)
    if (call.index === undefined && call.name !== "") start(call, out)
    if (fragment === "") return undefined
    call.hasArguments = true
    if (call.index === undefined) call.held += fragment
    else argue(call.index, fragment, out)
    return undefined
  }

  return {
    read: (items, whole, out) => {
      chunk++
      for (const item of items) {
        const fields = object(item)
        const fault = fields && readItem(fields, whole, out)
        if (fault) return fault
      }
      return undefined
    },
    finish: (out) => {
      for (const call of calls) {
        const index = call.index ?? start(call, out)
        if (!call.hasArguments) argue(index, "{}", out)
      }
    },
    isEmpty: () => calls.length === 0
  }
}

const tooDeep = () => badResponse("The provider's answer has a tool call that is nested too deep")

const signatureOf = (item: Fields): Signature | undefined => {
  const value = string(object(object(item.extra_content)?.google)?.thought_signature)
  return value ? { dialect: "gemini", value } : undefined
}
