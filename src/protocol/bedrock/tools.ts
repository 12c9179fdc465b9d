/**
 * The tools that a model may call.
 *
 * @module
 */
import type {
  CompletionRequest,
  JsonObject,
  Parameters,
  Tool,
  ToolChoice
} from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"

/** The tools of `request`; absent where there are none to tell of. */
export const toolConfig = ({ messages, parameters }: CompletionRequest): JsonObject | undefined => {
  const used = called(messages)
  // Converse has no word that forbids tools, but none that are not told of are called.
  const isForbidden = parameters.toolChoice === "none" && used.length === 0
  const offered = isForbidden ? [] : parameters.tools ?? []
  if (offered.length > 0) {
    return { tools: offered.map(tool), toolChoice: choice(parameters.toolChoice) }
  }
  // Who called a tool before has to have tools: else the conversation is refused.
  return used.length === 0 ? undefined : {
    tools: used.map((name) => tool({ name, description: "No longer to be called" }))
  }
}

/** Whether tools are forbidden to a conversation that used some: that cannot be said. */
export const isForbiddenTooLate = (
  { toolChoice, tools }: Parameters,
  messages: ReadonlyArray<Message>
): boolean => toolChoice === "none" && tools !== undefined && called(messages).length > 0

/** The names of the tools that were called, each once. */
const called = (messages: ReadonlyArray<Message>): ReadonlyArray<string> => [
  ...new Set(
    messages.flatMap((message) =>
      message.role === "assistant" ? message.toolCalls.map(({ name }) => name) : []
    )
  )
]

const tool = ({ name, description, parameters, strict }: Tool): JsonObject => ({
  toolSpec: {
    name,
    description: description || undefined,
    // Arguments are an object for us always; Bedrock wants to hear it.
    inputSchema: {
      json: parameters ? { type: "object", ...parameters } : { type: "object", properties: {} }
    },
    strict
  }
})

/** What models do anyway is not said: some refuse to hear of it. */
const choice = (choice: ToolChoice | undefined): JsonObject | undefined => {
  if (typeof choice === "object") return { tool: { name: choice.name } }
  return choice === "required" ? { any: {} } : undefined
}
