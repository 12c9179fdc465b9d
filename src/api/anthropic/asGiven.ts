/**
 * A whole answer of a provider that speaks Anthropic's dialect, in the provider's own words.
 *
 * @module
 */
import type { Answer } from "../../domain/Answer.ts"
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { array, object, string } from "../json.ts"
import { lacking } from "../lacking.ts"

/**
 * The provider's own message, with what the gateway tells instead: `ours`, which has no content yet.
 * Absent where there is none, or where clients could not read it.
 */
export const asGiven = ({ original, usage }: Answer, ours: JsonObject): JsonObject | undefined => {
  if (original?.dialect !== "anthropic") return undefined
  const { body } = original
  if (!array(body.content)?.every(isSound)) return undefined
  const { id, type, role, model } = ours
  const theirs = object(body.usage) ?? {}
  const counted = object(ours.usage) ?? {}
  return {
    ...body,
    ...lacking(body, ours),
    id,
    type,
    role,
    model,
    stop_reason: isOurs(body.stop_reason) ? ours.stop_reason : body.stop_reason,
    // Where it reported nothing that could be used, the gateway has counted.
    usage: usage ? { ...theirs, ...lacking(theirs, counted) } : { ...theirs, ...counted }
  }
}

/** Servers that imitate Anthropic may leave out what its clients rely on. */
const isSound = (value: Json): boolean => {
  const block = object(value)
  const has = (key: string) => string(block?.[key]) !== undefined
  switch (block?.type) {
    case "text":
      return has("text")
    case "thinking":
      return has("thinking") && has("signature")
    case "redacted_thinking":
      return has("data")
    case "tool_use":
      return has("id") && has("name") && object(block.input) !== undefined
    default:
      return has("type")
  }
}

/** Whether it is told as we tell it: some only say that it is over, whatever the reason. */
const isOurs = (reason: Json | undefined): boolean => !string(reason) || ours.has(reason)

const ours = new Set<Json | undefined>([
  "end_turn",
  "stop_sequence",
  "max_tokens",
  "tool_use",
  "refusal"
])
