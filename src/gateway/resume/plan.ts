/**
 * How an answer that broke off is gone on with.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../domain/Completion.ts"
import { type Message, textOf } from "../../domain/Message.ts"
import { addAll, none, tokensOf } from "../../ledger/tokens/ruleOfThumb.ts"

/**
 * How to go on.
 *
 * - `prefill`: the model is given the answer as far as it went, and writes on
 * - `instruction`: it is asked to, by a message after it
 * - `scratch`: nothing of the answer was delivered yet, so it may begin anew
 */
export type How = "prefill" | "instruction" | "scratch"

/** Asks for the rest of an answer to `request`, of which `text` was delivered. */
export const continuation = (
  request: CompletionRequest,
  how: How,
  text: string
): CompletionRequest => {
  if (how === "scratch") return request
  // Half of a pair of surrogates is refused upstream, and so is white space at the end of a prefill.
  const whole = text.replace(/[\uD800-\uDBFF]$/, "")
  return {
    ...request,
    messages: how === "prefill"
      ? begin(request.messages, whole.trimEnd())
      : [...begin(request.messages, whole), goOn],
    parameters: budget(request, text)
  }
}

const goOn: Message = {
  role: "user",
  content: [{
    type: "text",
    text:
      "Your last message was cut off before it was complete. Continue it from exactly where it " +
      "stops: what you write now is appended to it as it stands. Do not repeat anything that is " +
      "already there, and write no introduction, apology or comment. If it stops within a word, " +
      "begin with the rest of that word. Keep to its language, format and style."
  }]
}

/** A conversation may end in an answer that the client itself began: then `text` is more of that. */
const begin = (messages: ReadonlyArray<Message>, text: string): ReadonlyArray<Message> => {
  const last = messages.at(-1)
  return last?.role === "assistant" && last.toolCalls.length === 0
    ? [
      ...messages.slice(0, -1),
      { ...last, content: [{ type: "text", text: textOf(last.content) + text }] }
    ]
    : [
      ...messages,
      { role: "assistant", content: [{ type: "text", text }], reasoning: [], toolCalls: [] }
    ]
}

/** What is left of the budget: at least one token, since none at all is refused. */
const budget = (request: CompletionRequest, text: string): Parameters => {
  const { parameters } = request
  if (parameters.maxTokens === undefined) return parameters
  const amount = none()
  addAll(amount, text)
  return { ...parameters, maxTokens: Math.max(1, parameters.maxTokens - tokensOf(amount)) }
}
