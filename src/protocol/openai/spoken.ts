/**
 * Requests of clients that speak OpenAI's dialect themselves, on their way to a provider that does.
 *
 * @module
 */
import type { CompletionRequest, JsonObject, Original } from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { array, type Fields, object } from "../json.ts"
import { keeping } from "../original.ts"
import { encode } from "./encode.ts"
import type { OpenAiQuirks } from "./quirks.ts"
import { taken } from "./taken.ts"

/** What is always the gateway's own; what has two names goes out by one of them. */
const own = [
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "user",
  "safety_identifier"
]

/** Every field that is read of such a request; all others pass untouched. */
const read: ReadonlySet<string> = new Set([
  ...own,
  "messages",
  "temperature",
  "top_p",
  "stop",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "n",
  "response_format",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "logprobs",
  "top_logprobs",
  "reasoning_effort",
  "metadata"
])

/**
 * The call that asks for a request. Where its client spoke this dialect it is in the client's words, but
 * for those that a provider with these quirks would not understand.
 */
export const spoken =
  (quirks: OpenAiQuirks) => (request: CompletionRequest, target: Target): Call => {
    const asked = (one: CompletionRequest) => encode(taken(one, quirks), target, quirks)
    const { original } = request
    if (original?.dialect !== "openai") return asked(request)
    const ours = new Set([...own, ...otherWords(original, request, target, quirks)])
    return keeping({ dialect: "openai", read, own: ours }, (one) => asked(one))(request, target)
  }

/** The fields that a provider with these quirks has other words for than its clients have. */
const otherWords = (
  { body, messages, parameters }: Original,
  { model, dropUnsupported }: CompletionRequest,
  target: Target,
  quirks: OpenAiQuirks
): ReadonlyArray<string> => {
  const written: CompletionRequest = { model, messages, parameters, dropUnsupported }
  const fit = taken(written, quirks)
  const plain = settings(written, target, {})
  const said = settings(fit, target, quirks)
  return Array.from(read).filter((key) => {
    if (key === "messages") return fit.messages !== messages || isForeign(body.messages, quirks)
    if (key === "tools") return fit.parameters.tools !== parameters.tools
    return JSON.stringify(plain[key]) !== JSON.stringify(said[key])
  })
}

/** All of a body but what is large in it. */
const settings = (
  request: CompletionRequest,
  target: Target,
  quirks: OpenAiQuirks
): JsonObject => {
  const parameters = { ...request.parameters, tools: undefined }
  return encode({ ...request, messages: [], parameters }, target, quirks).body
}

const reasoningFields = ["reasoning", "reasoning_content", "reasoning_details"]

/**
 * Whether messages have roles, fields or images in places that a provider with these quirks would
 * refuse.
 */
const isForeign = (
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
