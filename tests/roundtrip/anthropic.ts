/**
 * Anthropic's dialect.
 *
 * @module
 */
import { toRequest } from "../../src/api/anthropic/request.ts"
import { anthropic as dialect } from "../../src/protocol/anthropic/mod.ts"
import { plainId } from "../../src/protocol/plainId.ts"
import {
  argumentsAsObjects,
  callsSignedBy,
  inEach,
  inMessages,
  inParameters,
  inTurns,
  noDetails,
  noEmptyLists,
  noMetadata,
  noNames,
  noTexts,
  plainImages,
  reasoningSignedBy,
  refused,
  withIds
} from "./limits.ts"
import { type Spoken, understood } from "./Spoken.ts"

const isBlank = (text: string): boolean => text.trim() === ""

/** Anthropic's dialect. */
export const anthropic: Spoken = {
  name: "anthropic",
  write: (request) => JSON.stringify(dialect.encode(request, { model: "m", stream: false }).body),
  read: (body) => understood(toRequest(JSON.parse(body), new Headers(), "answer")),
  limits: [
    inParameters("a blank stop text is told, and left out alone", ({ stop }) => ({
      stop: stop?.filter((text) => !isBlank(text))
    })),
    refused(dialect),
    noNames,
    noDetails,
    plainImages,
    inEach("a message of the system is one text, of which there is none where it is blank", (
      message
    ) => {
      if (message.role !== "system") return message
      const text = message.content.map((part) => part.type === "text" ? part.text : "").join("")
      return { ...message, content: [{ type: "text", text }] }
    }),
    noTexts("a blank text is refused, and says nothing", isBlank),
    reasoningSignedBy("anthropic"),
    callsSignedBy(undefined),
    argumentsAsObjects,
    inMessages(
      "ids have plain letters alone",
      (messages) => withIds(messages, (id) => plainId(id))
    ),
    inTurns(
      "there is one text of the system, and then turns that alternate, results first in them",
      (all) => all.length === 0 ? [] : [all.flat().join("\n\n")].filter((text) => text !== "")
    ),
    noMetadata,
    noEmptyLists,
    inParameters("an answer has a budget always", ({ maxTokens = 4096 }) => ({ maxTokens })),
    inParameters("what is done anyway is not said", (
      { n, presencePenalty, frequencyPenalty, responseFormat, parallelToolCalls }
    ) => ({
      n: n === 1 ? undefined : n,
      presencePenalty: presencePenalty || undefined,
      frequencyPenalty: frequencyPenalty || undefined,
      responseFormat: responseFormat?.type === "text" ? undefined : responseFormat,
      parallelToolCalls: parallelToolCalls === false ? false : undefined
    })),
    inParameters("a form of the answer has neither name nor description, and is always strict", (
      { responseFormat: format }
    ) => ({
      responseFormat: format?.type === "json_schema"
        ? { type: "json_schema", name: "answer", schema: format.schema }
        : format
    })),
    inParameters("a tool takes an object always", ({ tools }) => ({
      tools: tools?.map((tool) => ({
        ...tool,
        parameters: tool.parameters
          ? { type: "object", ...tool.parameters }
          : { type: "object", properties: {} }
      }))
    })),
    inParameters("how many tools to call is part of the choice, and without tools there is none", (
      { tools, toolChoice: choice, parallelToolCalls }
    ) => {
      const isForced = choice === "required" || typeof choice === "object"
      if (!tools && !isForced) return { toolChoice: undefined, parallelToolCalls: undefined }
      if (choice === "none") return { parallelToolCalls: undefined }
      return parallelToolCalls === false ? { toolChoice: choice ?? "auto" } : {}
    }),
    inParameters("the least effort but none is low", ({ reasoningEffort: effort }) => ({
      reasoningEffort: effort === "minimal" ? "low" : effort
    }))
  ]
}
