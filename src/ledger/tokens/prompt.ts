/**
 * What of a request is read by the model, and about how many tokens that takes.
 *
 * @module
 */
import type { CompletionRequest } from "../../domain/Completion.ts"
import { textOf } from "../../domain/Message.ts"
import { addAbout, none, tokensOf } from "./ruleOfThumb.ts"

/** What each message and each tool takes besides its text. */
const tokensEach = 4
/** What an image takes at the least, with any provider. */
const tokensOfImage = 85

/** All texts that the model reads: messages, tool calls, tools, and the form of the answer. */
export const promptTexts = (
  { messages, parameters: { tools, responseFormat } }: CompletionRequest
): ReadonlyArray<string> => {
  const texts: Array<string> = []
  for (const message of messages) {
    texts.push(textOf(message.content))
    if (message.role !== "assistant") continue
    for (const call of message.toolCalls) texts.push(call.name, call.arguments)
  }
  for (const tool of tools ?? []) texts.push(JSON.stringify(tool))
  if (responseFormat?.type === "json_schema") texts.push(JSON.stringify(responseFormat.schema))
  return texts
}

/** Tokens of a request beside its texts. */
export const tokensBesideText = ({ messages, parameters }: CompletionRequest): number => {
  let images = 0
  for (const { content } of messages) {
    for (const { type } of content) if (type === "image") images++
  }
  return (messages.length + (parameters.tools?.length ?? 0)) * tokensEach + images * tokensOfImage
}

/** The tokens that a model reads of `request`, by a rule of thumb: cheap however long it is. */
export const roughPrompt = (request: CompletionRequest): number => {
  const amount = none()
  for (const text of promptTexts(request)) addAbout(amount, text)
  return tokensOf(amount) + tokensBesideText(request)
}
