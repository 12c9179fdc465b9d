/**
 * Requests of clients that speak OpenAI's dialect themselves, on their way to a provider that does.
 *
 * @module
 */
import type { CompletionRequest, JsonObject, Original } from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { isSame, keeping } from "../original.ts"
import { encode } from "./encode.ts"
import type { OpenAiQuirks } from "./quirks.ts"
import { taken } from "./taken.ts"
import { grownBy, hasOnly, rewrites } from "./unspeakable.ts"

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

/** They are kept though nothing could be read of them. */
const onlyTools: ReadonlySet<string> = new Set(["tools"])

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
    const kept = hasOnly(original, "tools") ? onlyTools : undefined
    const call = keeping({ dialect: "openai", read, own: ours, kept }, asked)(request, target)
    const grown = hasOnly(original, "messages") ? grownBy(original, request, quirks) : undefined
    return grown ? { ...call, body: { ...call.body, messages: grown } } : call
  }

/** The fields that a provider with these quirks has other words for than its clients have. */
const otherWords = (
  original: Original,
  { model, dropUnsupported }: CompletionRequest,
  target: Target,
  quirks: OpenAiQuirks
): ReadonlyArray<string> => {
  const { messages, parameters } = original
  const written: CompletionRequest = { model, messages, parameters, dropUnsupported }
  const fit = taken(written, quirks)
  const plain = settings(written, target, {})
  const said = settings(fit, target, quirks)
  return Array.from(read).filter((key) => {
    if (key === "messages" || key === "tools") return rewrites(key, original, fit, quirks)
    return !isSame(plain[key], said[key])
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
