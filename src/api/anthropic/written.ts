/**
 * A request as its client wrote it, for providers that speak Anthropic's dialect.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { array, object, string } from "../json.ts"
import { isAnthropics } from "./signature.ts"

/** The body as it goes to such a provider. */
export const asWritten = (body: JsonObject): JsonObject =>
  withoutForeignThoughts(withNewNames(body))

/** How the answer is to look was once said beside the field in which it stands now. */
const withNewNames = (body: JsonObject): JsonObject => {
  const { output_format: format, ...rest } = body
  if (format === undefined) return body
  return { ...rest, output_config: { format, ...object(body.output_config) } }
}

/**
 * The body without thoughts that Anthropic did not sign: those of other providers' models, or of
 * nobody's signing. It refuses what it did not sign. All else stays as it is, in its order.
 */
const withoutForeignThoughts = (body: JsonObject): JsonObject => {
  const messages = array(body.messages) ?? []
  if (!messages.some((message) => blocksOf(message).some(isForeign))) return body
  return {
    ...body,
    messages: messages.flatMap((message): ReadonlyArray<Json> => {
      const blocks = blocksOf(message)
      if (!blocks.some(isForeign)) return [message]
      const content = blocks.filter((block) => !isForeign(block))
      // A turn that says nothing is refused as well.
      return content.length === 0 ? [] : [{ ...object(message), content }]
    })
  }
}

const blocksOf = (message: Json): ReadonlyArray<Json> => {
  const fields = object(message)
  return fields?.role === "assistant" ? array(fields.content) ?? [] : []
}

const isForeign = (value: Json): boolean => {
  const block = object(value)
  switch (block?.type) {
    case "thinking":
      return !isAnthropics(string(block.signature) ?? "")
    case "redacted_thinking":
      return !isAnthropics(string(block.data) ?? "")
    default:
      return false
  }
}
