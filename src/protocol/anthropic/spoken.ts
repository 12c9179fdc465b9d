/**
 * Requests of clients that speak Anthropic's dialect themselves, on their way to a provider that does.
 *
 * @module
 */
import type { CompletionRequest, Json, JsonObject } from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"
import type { Call, CountingDialect, Target } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { array, count, object } from "../json.ts"
import { keeping } from "../original.ts"
import { turns } from "./conversation.ts"
import { encode } from "./encode.ts"
import { faultOf, isError } from "./fault.ts"
import { withPlainIds } from "./plainIds.ts"

/** Every field that is read of such a request. */
const kept: ReadonlySet<string> = new Set([
  "max_tokens",
  "system",
  "messages",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "metadata"
])

const own: ReadonlySet<string> = new Set(["model", "stream"])

const asWritten = keeping({
  dialect: "anthropic",
  read: new Set([...kept, ...own]),
  own,
  kept
}, encode)

/** The call that asks for `request`: where its client spoke this dialect, in the client's words. */
export const call = (request: CompletionRequest, target: Target): Call => {
  const said = asWritten(request, target)
  const { messages, original } = request
  if (original?.dialect !== "anthropic") return said
  const grown = messages === original.messages
    ? undefined
    : grownBy(array(original.body.messages), original.messages, messages)
  return withPlainIds(grown ? { ...said, body: { ...said.body, messages: grown } } : said, messages)
}

/**
 * The client's own turns, and those that the gateway added to have an answer gone on with. Of what
 * the client said itself only the last turn may be another by now: the answer that it began.
 */
const grownBy = (
  written: ReadonlyArray<unknown>,
  read: ReadonlyArray<Message>,
  now: ReadonlyArray<Message>
): ReadonlyArray<Json> | undefined => {
  const isSame = (many: number) => read.slice(0, many).every((message, at) => now[at] === message)
  const replaced = isSame(read.length) ? 0 : 1
  if (replaced > 0 && (read.at(-1)?.role !== "assistant" || !isSame(read.length - 1))) {
    return undefined
  }
  const stays = written.slice(0, written.length - replaced).filter(isJson)
  return [...stays, ...turns(now.slice(read.length - replaced))]
}

// It was parsed from JSON, and is looked at no further.
const isJson = (value: unknown): value is JsonObject => object(value) !== undefined

/** What is said of an answer, and not of its prompt: to count with it is refused. */
const ofAnswers: ReadonlySet<string> = new Set([
  "max_tokens",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "metadata",
  "service_tier",
  "container",
  "inference_geo",
  "diagnostics"
])

/** How Anthropic counts a prompt. */
export const counting: CountingDialect = {
  encode: (request, target) => {
    const { body, headers } = call(request, target)
    return {
      path: "/v1/messages/count_tokens",
      body: Object.fromEntries(Object.entries(body).filter(([key]) => !ofAnswers.has(key))),
      headers
    }
  },
  decode: (body) => {
    if (isError(body)) return faultOf(body)
    return count(object(body)?.input_tokens) ??
      badResponse("The provider did not say how many tokens the prompt has")
  }
}
