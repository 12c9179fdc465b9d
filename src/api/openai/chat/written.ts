/**
 * A chat as its client wrote it, for providers that speak OpenAI's dialect.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import { array, object, string } from "../../json.ts"
import { toArguments } from "../customTool.ts"
import type { Toolbox } from "../Toolbox.ts"
import type { Offer } from "./offer.ts"

/**
 * The body as it goes to such a provider: word for word, but for custom tools, which few of them
 * have, and which are functions there.
 */
export const asWritten = (body: JsonObject, { toolbox, written }: Offer): JsonObject => {
  const messages = array(body.messages) ?? []
  const told = messages.some(hasCustomCall)
    ? { ...body, messages: messages.map((message) => withFunctions(message, toolbox)) }
    : body
  return Object.keys(written).length === 0 ? told : { ...told, ...written }
}

const callsOf = (message: Json): ReadonlyArray<Json> => array(object(message)?.tool_calls) ?? []

const isCustom = (call: Json): boolean => object(call)?.type === "custom"

const hasCustomCall = (message: Json): boolean => callsOf(message).some(isCustom)

const withFunctions = (message: Json, toolbox: Toolbox): Json =>
  hasCustomCall(message)
    ? { ...object(message), tool_calls: callsOf(message).map((call) => asFunction(call, toolbox)) }
    : message

const asFunction = (value: Json, { nameOf }: Toolbox): Json => {
  const call = object(value)
  if (call?.type !== "custom") return value
  const custom = object(call.custom)
  return {
    id: call.id,
    type: "function",
    function: {
      name: nameOf({ type: "custom", name: string(custom?.name) ?? "" }),
      arguments: toArguments(string(custom?.input) ?? "")
    }
  }
}
