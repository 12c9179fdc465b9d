/**
 * Messages that a provider with some quirks would refuse as other servers of this dialect take them.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { array, type Fields, object } from "../json.ts"
import type { OpenAiQuirks } from "./quirks.ts"

const reasoningFields = ["reasoning", "reasoning_content", "reasoning_details"]

/**
 * Whether messages have roles, fields or images in places that a provider with these quirks would
 * refuse.
 */
export const isForeign = (
  messages: JsonObject[string],
  { developerRole = false, reasoningField, thoughtSignatures = false }: OpenAiQuirks
): boolean =>
  array(messages).some((value) => {
    const message = object(value)
    switch (message?.role) {
      case "developer":
        return !developerRole
      case "tool":
        return array(message.content).some((part) => object(part)?.type === "image_url")
      case "assistant":
        return reasoningFields.some((field) => field !== reasoningField && has(message, field)) ||
          !thoughtSignatures && array(message.tool_calls).some(isSigned)
      default:
        return false
    }
  })

const has = (message: Fields, field: string): boolean =>
  message[field] !== undefined && message[field] !== null

const isSigned = (call: unknown): boolean =>
  object(object(object(call)?.extra_content)?.google)?.thought_signature !== undefined
