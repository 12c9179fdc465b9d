/**
 * OpenAI's dialect, of a provider that takes all that anybody takes.
 *
 * @module
 */
import { readChat } from "../../src/api/openai/chat/read.ts"
import { GatewayError } from "../../src/domain/GatewayError.ts"
import { openai as dialectOf } from "../../src/protocol/openai/mod.ts"
import {
  callsSignedBy,
  imagesBehindResults,
  inAssistants,
  inEach,
  inParameters,
  noEmptyLists,
  noMetadata,
  refused,
  signerOf
} from "./limits.ts"
import { type Spoken, understood } from "./Spoken.ts"

/** The dialect, of Google's server of it and those that want reasoning back. */
export const dialect = dialectOf({
  thoughtSignatures: true,
  reasoningField: "reasoning_content",
  topK: true
})

/** OpenAI's dialect. */
export const openai: Spoken = {
  name: "openai",
  write: (request) => JSON.stringify(dialect.encode(request, { model: "m", stream: false }).body),
  read: (body) => {
    const read = readChat(JSON.parse(body), new Headers())
    return understood(read instanceof GatewayError ? read : read.request)
  },
  limits: [
    // Nobody but a user can show an image.
    refused(dialect),
    imagesBehindResults(
      "a tool cannot show an image: the user shows it behind the last result, and says whose it is",
      (id) => [{ type: "text", text: `What tool call ${id} gave back besides its text:` }]
    ),
    inEach("an empty text is as good as none", (message) => {
      const [first, second] = message.content
      return first?.type === "text" && first.text === "" && second === undefined
        ? { ...message, content: [] }
        : message
    }),
    inEach(
      "there is no word for a tool that failed: its text tells",
      (message) => message.role === "tool" ? { ...message, isError: undefined } : message
    ),
    inAssistants("reasoning is one text without a signature, and no other dialect's", (message) => {
      const text = message.reasoning.map((block) =>
        block.type === "text" && (signerOf(block) ?? "openai") === "openai" ? block.text : ""
      ).join("")
      return { ...message, reasoning: text === "" ? [] : [{ type: "text", text }] }
    }),
    // In the field that Google's own server of this dialect has for it.
    callsSignedBy("gemini"),
    noMetadata,
    noEmptyLists,
    inParameters("top_k is no word of OpenAI's own: a client's is passed on unread", () => ({
      topK: undefined
    })),
    inParameters(
      "without tools nothing may be said of how many to call",
      ({ tools, parallelToolCalls }) => ({
        parallelToolCalls: tools === undefined ? undefined : parallelToolCalls
      })
    )
  ]
}
