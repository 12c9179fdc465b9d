/**
 * Tool calls, as OpenAI's clients see them and send them back.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import type { Signature, ToolCall } from "../../../domain/Message.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import { toArguments, toInput } from "../customTool.ts"
import type { Toolbox } from "../Toolbox.ts"

/** The tool calls of an assistant's message. */
export const readToolCalls = (
  value: Json | undefined,
  path: Fields.Path,
  toolbox: Toolbox,
  issues: Array<Issue>
): ReadonlyArray<ToolCall> => {
  if (value === undefined || value === null) return []
  const calls = array(value)
  if (calls === undefined) {
    issues.push({ path, message: "Expected an array of tool calls" })
    return []
  }
  return calls.flatMap((call, at) => readToolCall(call, [...path, at], toolbox, issues))
}

const readToolCall = (
  value: Json,
  path: Fields.Path,
  { nameOf }: Toolbox,
  issues: Array<Issue>
): ReadonlyArray<ToolCall> => {
  const call = object(value) ?? {}
  const fields = Fields.make(call, issues, path)
  const id = fields.required("id", name, "the id of the call")
  const signature = readSignature(call)
  if (call.type === "custom") {
    const custom = fields.required("custom", object, "a tool's name and its input")
    if (id === undefined || custom === undefined) return []
    const { required } = Fields.make(custom, issues, [...path, "custom"])
    const calledName = required("name", name, "the tool's name") ?? ""
    const input = required("input", string, "a text") ?? ""
    return [{
      id,
      name: nameOf({ type: "custom", name: calledName }),
      arguments: toArguments(input),
      signature
    }]
  }
  const called = fields.required("function", object, "a function's name and its arguments")
  if (id === undefined || called === undefined) return []
  const within = Fields.make(called, issues, [...path, "function"])
  const calledName = within.required("name", name, "the function's name")
  const text = within.optional("arguments", argumentsText, "JSON as a text") ?? ""
  if (calledName === undefined) return []
  return [{ id, name: calledName, arguments: text, signature }]
}

const name = Fields.textUpTo(1024)

/** Some clients write the arguments as JSON and not as its text. */
const argumentsText: Fields.Read<string> = (value) =>
  string(value) ?? (object(value) && JSON.stringify(value))

/** As Google's server of this dialect signs its calls. */
const readSignature = (call: JsonObject): Signature | undefined => {
  const value = string(object(object(call.extra_content)?.google)?.thought_signature)
  return value ? { dialect: "gemini", value } : undefined
}

/** A signature as a field of its tool call, where there is one that clients know of. */
export const signed = (signature: Signature | undefined): JsonObject =>
  signature?.dialect === "gemini"
    ? { extra_content: { google: { thought_signature: signature.value } } }
    : {}

/** A tool call of a whole answer; `isCut` where the answer breaks off in it. */
export const toToolCall = (
  { id, name: offered, arguments: text, signature }: ToolCall,
  { toolOf }: Toolbox,
  isCut: boolean
): JsonObject => {
  const { name, type } = toolOf(offered)
  const call = type === "custom"
    ? { custom: { name, input: toInput(text, isCut) } }
    : { function: { name, arguments: text } }
  return { id, type, ...call, ...signed(signature) }
}
