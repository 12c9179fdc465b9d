/**
 * What stands in a client's own words alone, where a provider of its dialect needs others.
 *
 * @module
 */
import type { CompletionRequest, Json, JsonObject, Original } from "../../domain/Completion.ts"
import type { Unsupported } from "../Dialect.ts"
import { array, object } from "../json.ts"
import { isForeign } from "./foreignMessages.ts"
import { encodeMessages } from "./messages.ts"
import type { OpenAiQuirks } from "./quirks.ts"
import { taken } from "./taken.ts"

/** A field that is large, and whose parts may be for a provider of this dialect alone. */
type Field = "messages" | "tools"

/** Whether there is something in `field` that was not read, since no other dialect has it. */
export const hasOnly = ({ only = [] }: Original, field: Field): boolean =>
  only.some(({ path }) => path[0] === field)

/**
 * Whether a provider with these quirks, which takes the client's request as `fit`, needs the field in
 * other words than the client's.
 */
export const rewrites = (
  field: Field,
  { body, messages, parameters }: Original,
  fit: CompletionRequest,
  quirks: OpenAiQuirks
): boolean =>
  field === "tools"
    ? fit.parameters.tools !== parameters.tools
    : fit.messages !== messages || isForeign(body.messages, quirks)

/** What would be lost where a field is written anew: nobody is asked without it. */
export const unspeakable = (
  request: CompletionRequest,
  quirks: OpenAiQuirks
): ReadonlyArray<Unsupported> => {
  const { original } = request
  if (original?.dialect !== "openai" || !original.only?.length) return []
  const { messages, parameters } = original
  const fit = taken({ ...request, messages, parameters }, quirks)
  return (["messages", "tools"] as const).flatMap((field) =>
    hasOnly(original, field) && rewrites(field, original, fit, quirks)
      ? (original.only ?? []).filter(({ path }) => path[0] === field).map(({ path }) => ({
        path,
        message: `The provider takes this only as OpenAI does: it needs ${field} in other words`
      }))
      : []
  )
}

/**
 * The client's messages, and those that the gateway added to have an answer gone on with. Of what the
 * client said itself only the last message may be another by now: the answer that it began.
 */
export const grownBy = (
  { body, messages: read }: Original,
  { messages: now }: CompletionRequest,
  quirks: OpenAiQuirks
): ReadonlyArray<Json> | undefined => {
  if (now === read) return undefined
  const isSame = (many: number) => read.slice(0, many).every((message, at) => now[at] === message)
  const replaced = isSame(read.length) ? 0 : 1
  if (!isSame(read.length - replaced)) return undefined
  const written = array(body.messages)
  const stays = written.slice(0, written.length - replaced).filter(isMessage)
  return [...stays, ...encodeMessages(now.slice(read.length - replaced), quirks)]
}

// It was parsed from JSON, and is looked at no further.
const isMessage = (value: unknown): value is JsonObject => object(value) !== undefined
