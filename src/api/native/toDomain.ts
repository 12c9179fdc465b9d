/**
 * From the native API's request to the domain's.
 *
 * @module
 */
import type {
  CompletionRequest,
  Parameters,
  ResponseFormat,
  ToolChoice
} from "../../domain/Completion.ts"
import type { Message, Part, Reasoning } from "../../domain/Message.ts"
import type { GenerateRequest } from "./GenerateRequest.ts"
import * as Signature from "./signature.ts"

/** The request as the gateway knows it; `drops` is what its header says of what cannot be honoured. */
export const toDomain = (request: GenerateRequest, drops: boolean): CompletionRequest => ({
  model: request.model,
  messages: request.messages.map(toMessage),
  parameters: toParameters(request.parameters ?? {}),
  dropUnsupported: request.drop_unsupported ?? request.parameters?.drop_unsupported ?? drops
})

/** Whether the answer is to be streamed. */
export const wantsStream = ({ parameters }: GenerateRequest): boolean => parameters?.stream ?? false

type NativeMessage = GenerateRequest["messages"][number]
type NativeParameters = NonNullable<GenerateRequest["parameters"]>
type Content = Extract<NativeMessage, { readonly role: "system" }>["content"]
type Assistant = Extract<NativeMessage, { readonly role: "assistant" }>

const toMessage = (message: NativeMessage): Message => {
  switch (message.role) {
    case "system":
      return { role: "system", content: toParts(message.content) }
    case "user":
      return { role: "user", content: toParts(message.content), name: message.name }
    case "tool":
      return {
        role: "tool",
        toolCallId: message.tool_call_id,
        content: toParts(message.content)
      }
    case "assistant":
      return {
        role: "assistant",
        content: toParts(message.content ?? []),
        reasoning: toReasoning(message),
        toolCalls: (message.tool_calls ?? []).map((
          { id, function: { name, ...call }, signature }
        ) => ({
          id,
          name,
          arguments: call.arguments,
          signature: Signature.read(signature)
        }))
      }
  }
}

const toParts = (content: Content): ReadonlyArray<Part> =>
  typeof content === "string"
    ? content === "" ? [] : [{ type: "text", text: content }]
    : content.map((part) =>
      part.type === "text" ? part : {
        type: "image",
        url: part.image_url.url,
        detail: part.image_url.detail
      }
    )

/** The details tell more than the plain text, which repeats them. */
const toReasoning = ({ reasoning_details, reasoning_content }: Assistant): Array<Reasoning> => {
  if (reasoning_details === undefined) {
    return reasoning_content ? [{ type: "text", text: reasoning_content }] : []
  }
  return reasoning_details.flatMap((detail): Array<Reasoning> => {
    if (detail.type === "text") {
      return [{ type: "text", text: detail.text, signature: Signature.read(detail.signature) }]
    }
    const data = Signature.read(detail.data)
    return data ? [{ type: "redacted", data }] : []
  })
}

const toParameters = (parameters: NativeParameters): Parameters => ({
  temperature: parameters.temperature,
  maxTokens: parameters.max_tokens,
  topP: parameters.top_p,
  stop: typeof parameters.stop === "string" ? [parameters.stop] : parameters.stop,
  seed: parameters.seed,
  presencePenalty: parameters.presence_penalty,
  frequencyPenalty: parameters.frequency_penalty,
  n: parameters.n,
  responseFormat: parameters.response_format && toFormat(parameters.response_format),
  tools: parameters.tools?.map(({ function: { name, description, parameters, strict } }) => ({
    name,
    description,
    parameters,
    strict: strict ?? undefined
  })),
  toolChoice: parameters.tool_choice && toToolChoice(parameters.tool_choice),
  reasoningEffort: parameters.reasoning_effort,
  user: parameters.user,
  metadata: parameters.metadata
})

const toFormat = (
  format: NonNullable<NativeParameters["response_format"]>
): ResponseFormat => {
  if (format.type !== "json_schema") return format
  const { name, description, schema, strict } = format.json_schema
  return { type: "json_schema", name, description, schema, strict: strict ?? undefined }
}

const toToolChoice = (choice: NonNullable<NativeParameters["tool_choice"]>): ToolChoice =>
  typeof choice === "string" ? choice : { name: choice.function.name }
