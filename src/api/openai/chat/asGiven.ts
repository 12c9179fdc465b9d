/**
 * A whole answer of a provider that speaks OpenAI's dialect, with all that the provider says.
 *
 * @module
 */
import type { Answer } from "../../../domain/Answer.ts"
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import { array, integer, object } from "../../json.ts"

/**
 * The answer as we tell it, and beside that what only its provider's own words tell. Each field that
 * was read is told as we tell it, since many servers speak this dialect in ways of their own.
 */
export const asGiven = (
  { original }: Answer,
  head: JsonObject,
  choices: ReadonlyArray<JsonObject>,
  usage: JsonObject
): JsonObject => {
  if (original?.dialect !== "openai") return { ...head, choices, usage }
  const { error: _, ...theirs } = original.body
  const given = choicesOf(theirs)
  const counted = object(theirs.usage) ?? {}
  return {
    ...theirs,
    ...head,
    // Some servers say 0, which is no time.
    created: integer(theirs.created) || head.created,
    choices: choices.map((ours, index) => merged(given.get(index) ?? {}, ours)),
    usage: {
      ...within(counted, usage),
      prompt_tokens_details: within(counted.prompt_tokens_details, usage.prompt_tokens_details),
      completion_tokens_details: within(
        counted.completion_tokens_details,
        usage.completion_tokens_details
      )
    }
  }
}

/** By the index that each was read by: its own, or its place. */
const choicesOf = (body: JsonObject): ReadonlyMap<number, JsonObject> => {
  const byIndex = new Map<number, JsonObject>()
  array(body.choices)?.forEach((value, at) => {
    const choice = object(value)
    const index = integer(choice?.index) ?? at
    if (choice && !byIndex.has(index)) byIndex.set(index, choice)
  })
  return byIndex
}

/** What was read of it and is not told is not there: to some clients a list that is empty is one. */
const merged = (
  { error: _, ...theirs }: JsonObject,
  ours: JsonObject
): JsonObject => {
  const { tool_calls: __, reasoning_content: ___, ...message } = object(theirs.message) ?? {}
  // Clients that still call functions are told by it that there is one.
  const reason = theirs.finish_reason === "function_call" ? "function_call" : ours.finish_reason
  return {
    ...theirs,
    ...ours,
    finish_reason: reason,
    message: within(message, ours.message)
  }
}

const within = (theirs: Json | undefined, ours: Json | undefined): JsonObject => ({
  ...object(theirs),
  ...object(ours)
})
