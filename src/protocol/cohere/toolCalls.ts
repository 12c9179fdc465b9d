/**
 * Tool calls, whole or in fragments.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { count, type Fields, object, string } from "../json.ts"

/** Reads the tool calls of one answer. */
export interface ToolCalls {
  /** A call begins; `number` is Cohere's for it. */
  readonly start: (number: unknown, call: unknown, out: Array<Delta>) => void
  /** More of the arguments of the call `number`. */
  readonly argue: (number: unknown, call: unknown, out: Array<Delta>) => void
  /** All calls are whole. */
  readonly finish: (out: Array<Delta>) => void
  readonly isEmpty: () => boolean
}

interface Call {
  readonly index: number
  /** What came of the arguments, as long as it may be nothing but `null`. */
  held: string
  isTold: boolean
}

/** Starts to read the tool calls of one answer. */
export const make = (): ToolCalls => {
  const calls: Array<Call> = []
  const byNumber = new Map<number, Call>()

  const tell = (call: Call, fragment: string, out: Array<Delta>): void => {
    if (fragment === "") return
    call.isTold = true
    out.push({ _tag: "ToolCallArguments", choice: 0, index: call.index, fragment })
  }

  const add = (call: Call, fragment: string, out: Array<Delta>): void => {
    if (call.isTold) return tell(call, fragment, out)
    call.held += fragment
    // Of a tool without arguments Cohere may say `null`, which is no object.
    if (!nothing.startsWith(call.held.trim())) tell(call, call.held, out)
  }

  return {
    start: (number, value, out) => {
      const fields = object(value)
      const index = calls.length
      const { name, fragment } = functionOf(fields)
      const call: Call = { index, held: "", isTold: false }
      calls.push(call)
      byNumber.set(count(number) ?? index, call)
      const id = string(fields?.id) || `call_${index}`
      out.push({ _tag: "ToolCallStart", choice: 0, index, id, name })
      add(call, fragment, out)
    },
    argue: (number, value, out) => {
      const call = byNumber.get(count(number) ?? -1) ?? calls.at(-1)
      if (call) add(call, functionOf(object(value)).fragment, out)
    },
    finish: (out) => {
      for (const call of calls) if (!call.isTold) tell(call, "{}", out)
    },
    isEmpty: () => calls.length === 0
  }
}

const nothing = "null"

const functionOf = (call: Fields | undefined) => {
  const called = object(call?.function)
  return { name: string(called?.name) ?? "", fragment: string(called?.arguments) ?? "" }
}
