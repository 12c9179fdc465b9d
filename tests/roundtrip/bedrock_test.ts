import type { CompletionRequest, Parameters, Tool } from "../../src/domain/Completion.ts"
import type { Message, Part, Reasoning, ToolCall } from "../../src/domain/Message.ts"
import { bedrock as dialect } from "../../src/protocol/bedrock/mod.ts"
import { plainId } from "../../src/protocol/plainId.ts"
import {
  argumentsAsObjects,
  callsSignedBy,
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
  plainImages,
  reasoningSignedBy,
  refused,
  texts,
  withIds
} from "./limits.ts"
import { property } from "./property.ts"
import { requests } from "./requests.ts"
import { assertCarried } from "./Spoken.ts"

// deno-lint-ignore no-explicit-any -- read as Bedrock's manual has it; what is otherwise fails
type Body = any

/** Reads a body as Bedrock's manual has it. */
const read = (text: string): CompletionRequest => {
  const body: Body = JSON.parse(text)
  const messages: ReadonlyArray<Message> = [
    ...(body.system ? [{ role: "system", content: body.system.map(part) } as const] : []),
    ...body.messages.flatMap(({ role, content }: Body) =>
      role === "assistant" ? [assistant(content)] : userTurn(content)
    )
  ]
  return { model: "m", messages, parameters: readParameters(body), dropUnsupported: false }
}

const part = ({ text, image }: Body): Part =>
  text !== undefined ? { type: "text", text } : {
    type: "image",
    url: `data:image/${image.format};base64,${image.source.bytes}`
  }

const isPart = (block: Body): boolean => block.text !== undefined || block.image !== undefined

const userTurn = (blocks: ReadonlyArray<Body>): ReadonlyArray<Message> => {
  const results = blocks.flatMap(({ toolResult }): ReadonlyArray<Message> =>
    toolResult === undefined ? [] : [{
      role: "tool",
      toolCallId: toolResult.toolUseId,
      content: toolResult.content.map(part),
      isError: toolResult.status === "error" ? true : undefined
    }]
  )
  const content = blocks.filter(isPart).map(part)
  return content.length === 0 ? results : [...results, { role: "user", content }]
}

const assistant = (blocks: ReadonlyArray<Body>): Message => ({
  role: "assistant",
  content: blocks.filter(isPart).map(part),
  reasoning: blocks.flatMap(({ reasoningContent: said }): ReadonlyArray<Reasoning> => {
    if (said === undefined) return []
    const signed = (value: string) => ({ dialect: "bedrock", value }) as const
    const { redactedContent, reasoningText } = said
    return [
      redactedContent === undefined
        ? { type: "text", text: reasoningText.text, signature: signed(reasoningText.signature) }
        : { type: "redacted", data: signed(redactedContent) }
    ]
  }),
  toolCalls: blocks.flatMap(({ toolUse }): ReadonlyArray<ToolCall> =>
    toolUse === undefined ? [] : [{
      id: toolUse.toolUseId,
      name: toolUse.name,
      arguments: JSON.stringify(toolUse.input)
    }]
  )
})

const readParameters = (body: Body): Parameters => {
  const { maxTokens, temperature, topP, stopSequences: stop } = body.inferenceConfig ?? {}
  const { top_k: topK, thinking } = body.additionalModelRequestFields ?? {}
  const { tools, toolChoice } = body.toolConfig ?? {}
  const format = body.outputConfig?.textFormat?.structure.jsonSchema
  return {
    maxTokens,
    temperature,
    topP,
    stop,
    topK,
    tools: tools?.map(({ toolSpec: { inputSchema, ...rest } }: Body): Tool => ({
      ...rest,
      parameters: inputSchema.json
    })),
    toolChoice: toolChoice?.any ? "required" : toolChoice?.tool,
    responseFormat: format &&
      { type: "json_schema", ...format, schema: JSON.parse(format.schema) },
    reasoningEffort: thinking?.type === "disabled" ? "none" : body.outputConfig?.effort
  }
}

const isBlank = (text: string): boolean => text.trim() === ""

const limits: ReadonlyArray<Limit> = [
  inParameters("a blank stop text is told, and left out alone", ({ stop }) => ({
    stop: stop?.filter((text) => !isBlank(text))
  })),
  // Bedrock fetches no image, and forbids no tools once they were called.
  refused(dialect),
  noNames,
  noDetails,
  plainImages,
  inEach(
    "a message of the system is one text",
    (message) =>
      message.role === "system"
        ? { ...message, content: [{ type: "text", text: texts(message.content).join("") }] }
        : message
  ),
  noTexts("a blank text is refused, and says nothing", isBlank),
  reasoningSignedBy("bedrock"),
  callsSignedBy(undefined),
  argumentsAsObjects,
  inMessages(
    "ids have plain letters alone, and no more than 64",
    (messages) => withIds(messages, (id) => plainId(id, 64))
  ),
  inTurns(
    "the system speaks in front, and then turns alternate, results first in them",
    (all) => all.flat()
  ),
  noMetadata,
  noEmptyLists,
  inParameters("there are no words for these, or what is done anyway is not said", (
    { responseFormat }
  ) => ({
    user: undefined,
    n: undefined,
    presencePenalty: undefined,
    frequencyPenalty: undefined,
    parallelToolCalls: undefined,
    responseFormat: responseFormat?.type === "text" ? undefined : responseFormat
  })),
  inParameters("a form of the answer is always strict, and has a description or none", (
    { responseFormat: format }
  ) => ({
    responseFormat: format?.type === "json_schema"
      ? { ...format, strict: undefined, description: format.description || undefined }
      : format
  })),
  inParameters("a tool takes an object always, and has a description or none", ({ tools }) => ({
    tools: tools?.map((tool) => ({
      ...tool,
      description: tool.description || undefined,
      parameters: tool.parameters
        ? { type: "object", ...tool.parameters }
        : { type: "object", properties: {} }
    }))
  })),
  {
    why: "who called tools has to have them, and tools that may not be called are not told of",
    lose: (request) => {
      const { messages, parameters } = request
      const { toolChoice: choice, tools } = parameters
      const used = new Set(
        messages.flatMap((one) => one.role === "assistant" ? one.toolCalls : [])
          .map(({ name }) => name)
      )
      const toolChoice = !tools || choice === "auto" || choice === "none" ? undefined : choice
      const old = Array.from(used, (name): Tool => ({
        name,
        description: "No longer to be called",
        parameters: { type: "object", properties: {} }
      }))
      const told = choice === "none" && used.size === 0 ? undefined : tools
      return {
        ...request,
        parameters: { ...parameters, toolChoice, tools: told ?? (old.length > 0 ? old : undefined) }
      }
    }
  },
  inParameters("the least effort but none is low", ({ reasoningEffort: effort }) => ({
    reasoningEffort: effort === "minimal" ? "low" : effort
  }))
]

property(
  "whatever is asked reaches Bedrock as it was, but for what Converse cannot carry",
  requests,
  (request) =>
    assertCarried({
      name: "bedrock",
      write: (one) => {
        const target = { model: "anthropic.claude-opus-4-8-v1:0", stream: false }
        return JSON.stringify(dialect.encode(one, target).body)
      },
      read,
      limits
    }, request)
)
