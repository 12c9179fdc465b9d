/**
 * Gemini's dialect.
 *
 * @module
 */
import { readRequest } from "../../src/api/gemini/read.ts"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import type { Message, Part, Reasoning } from "../../src/domain/Message.ts"
import { gemini as dialect } from "../../src/protocol/gemini/mod.ts"
import {
  argumentsAsObjects,
  asObject,
  callsSignedBy,
  imagesBehindResults,
  inAssistants,
  inEach,
  inMessages,
  inParameters,
  inTurns,
  type Limit,
  noDetails,
  noEmptyLists,
  noMetadata,
  noNames,
  noTexts,
  type Of,
  plainImages,
  refused,
  texts,
  withIds
} from "./limits.ts"
import { type Spoken, understood } from "./Spoken.ts"

/** Gemini's dialect, as `model` is spoken to, of which there are `more` limits. */
const spokenTo = (model: string, more: ReadonlyArray<Limit>): Spoken => ({
  name: "gemini",
  write: (request) => JSON.stringify(dialect.encode(request, { model, stream: false }).body),
  read: (body) => understood(readRequest(JSON.parse(body), "m", new Headers())),
  // Made-up ids are not sent: calls and results find each other.
  settle: numbered,
  limits: [
    inParameters("of too many stop texts the first are sent, and it is told", ({ stop }) => ({
      stop: stop?.slice(0, 5)
    })),
    refused(dialect),
    noNames,
    noDetails,
    plainImages,
    inAssistants("an image that the model showed is read for Google's own models alone", (
      message
    ) => ({
      ...message,
      content: message.content.map((part) => part.type === "text" ? part : nothing)
    })),
    inEach("an address is known to be an image's by its ending alone", (message) => ({
      ...message,
      content: message.content.map((part) =>
        part.type === "image" && hasNoEnding(part.url) ? nothing : part
      )
    })),
    inMessages("results come first in their turn, and as their calls did", (messages) => {
      const places = new Map<string, number>()
      const all: Array<Message> = []
      let results: Array<Of<"tool">> = []
      let others: Array<Message> = []
      for (const message of [...messages, undefined]) {
        if (message?.role === "tool") results.push(message)
        else if (message && message.role !== "assistant") others.push(message)
        else {
          results.sort((a, b) => places.get(a.toolCallId)! - places.get(b.toolCallId)!)
          all.push(...results, ...others, ...(message ? [message] : []))
          results = []
          others = []
        }
        if (message?.role !== "assistant") continue
        for (const { id } of message.toolCalls) places.set(id, places.size)
      }
      return all
    }),
    imagesBehindResults("images that a tool gave back stand beside its result", () => []),
    inEach(
      "a user who says nothing says an empty text",
      (message) =>
        message.role === "user" &&
          message.content.every((part) => part.type === "text" && part.text === "")
          ? { ...message, content: [emptyText] }
          : message
    ),
    noTexts("an empty text is refused, and says nothing", (text) => text === ""),
    inAssistants("of reasoning the last signature of Gemini's own goes back, and no text", (
      message
    ) => {
      let last: Reasoning | undefined
      for (const block of message.reasoning) {
        if (block.type !== "text" || block.signature?.dialect !== "gemini") continue
        last = { type: "text", text: "", signature: block.signature }
      }
      return { ...message, reasoning: last ? [last] : [] }
    }),
    callsSignedBy("gemini"),
    argumentsAsObjects,
    inEach("a result is an object, in which `output` and `error` are words of Gemini's", (
      message
    ) => {
      if (message.role !== "tool") return message
      const { text, isError } = asResult(texts(message.content).join(""), message.isError)
      return { ...message, content: [{ type: "text", text }], isError }
    }),
    inTurns(
      "there is one message of the system, and then turns that alternate, results first in them",
      (all) => all.flat()
    ),
    inEach("what was kept apart so far, it is what it stands for", (message) => ({
      ...message,
      content: message.content.flatMap((part) =>
        part === nothing ? [] : part === emptyText ? { type: "text", text: "" } : part
      )
    })),
    inAssistants("what the model said in a turn is one text", (message) => {
      const text = texts(message.content).join("")
      return { ...message, content: text === "" ? [] : [{ type: "text", text }] }
    }),
    noMetadata,
    noEmptyLists,
    inParameters("there are no words for these", () => ({
      user: undefined,
      parallelToolCalls: undefined
    })),
    inParameters("a form of the answer is but a schema, and text is what comes anyway", (
      { responseFormat: format }
    ) => ({
      responseFormat: format?.type === "json_schema"
        ? { type: "json_schema", name: "response", schema: format.schema }
        : format?.type === "text"
        ? undefined
        : format
    })),
    inParameters("functions are not strict", ({ tools }) => ({
      tools: tools?.map((tool) => ({ ...tool, strict: undefined }))
    })),
    inParameters("of tools only the one that must be called is offered", (
      { tools, toolChoice: choice }
    ) => ({
      tools: typeof choice === "object" ? tools?.filter(({ name }) => name === choice.name) : tools
    })),
    inParameters(
      "without tools there is no choice to be left",
      ({ tools, toolChoice: choice }) => ({
        toolChoice: !tools && (choice === "auto" || choice === "none") ? undefined : choice
      })
    ),
    ...more
  ]
})

/** Gemini's dialect, as a model of generation 2.5 is spoken to. */
export const gemini: Spoken = spokenTo("gemini-2.5-flash", [
  inParameters("effort is a budget, of which none is higher than high", (
    { reasoningEffort: effort }
  ) => ({ reasoningEffort: effort === "xhigh" ? "high" : effort }))
])

/** Gemini's dialect, as a model of generation 3 is spoken to. */
export const newGemini: Spoken = spokenTo("gemini-3-flash", [
  inParameters("effort is a level, from minimal to high", ({ reasoningEffort: effort }) => ({
    reasoningEffort: effort === "none" ? "minimal" : effort === "xhigh" ? "high" : effort
  })),
  inAssistants("calls that Gemini signed none of are said to be another's by a word of its own", (
    message
  ) => {
    const [first, ...rest] = message.toolCalls
    if (!first || message.toolCalls.some(({ signature }) => signature)) return message
    const signature = { dialect: "gemini", value: "skip_thought_signature_validator" } as const
    return { ...message, toolCalls: [{ ...first, signature }, ...rest] }
  })
])

/** Stands for an empty text that is sent. */
const emptyText: Part = { type: "text", text: "(empty)" }
/** Stands for what is sent, and not read again. */
const nothing: Part = { type: "image", url: "(nothing)" }

const hasNoEnding = (url: string): boolean => url.startsWith("https:") && !/\.(png|jpg)/i.test(url)

const asResult = (text: string, isError: boolean | undefined) => {
  if (isError) return { text, isError }
  const object = asObject(text)
  if (object === undefined) return { text, isError }
  const [[key, value] = [], second] = Object.entries(JSON.parse(object))
  if (second === undefined && typeof value === "string") {
    if (key === "output" && asObject(value) === undefined) return { text: value, isError }
    if (key === "error") return { text: value, isError: true }
  }
  return { text: object, isError }
}

/** `request` with ids that were made up numbered as they come. */
function numbered(request: CompletionRequest): CompletionRequest {
  const numbers = new Map<string, string>()
  const messages = withIds(request.messages, (id) => {
    if (!/^call_(?:made_\d+|r-1_0_\d+)$/.test(id)) return id
    const number = numbers.get(id) ?? `#${numbers.size}`
    numbers.set(id, number)
    return number
  })
  return { ...request, messages }
}
