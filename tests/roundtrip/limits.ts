/**
 * What a dialect cannot carry, in steps that several have in common. Each is what is lost, and why;
 * whatever no step names has to arrive.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../src/domain/Completion.ts"
import type { DialectName, Message, Part, Reasoning } from "../../src/domain/Message.ts"
import { parameterFields } from "../../src/domain/Model.ts"
import type { Dialect } from "../../src/protocol/Dialect.ts"

/** A loss, with its reason. */
export interface Limit {
  readonly why: string
  readonly lose: (request: CompletionRequest) => CompletionRequest
}

/** `request` after all that `limits` lose, in their order. */
export const carried = (
  limits: ReadonlyArray<Limit>,
  request: CompletionRequest
): CompletionRequest => limits.reduce((rest, { lose }) => lose(rest), request)

/** What is compared of a request: fields that are `undefined` are as good as absent. */
export const plain = ({ messages, parameters }: CompletionRequest): unknown =>
  JSON.parse(JSON.stringify({ messages, parameters }))

/** A message of one role. */
export type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>

/** Loses something of the messages. */
export const inMessages = (
  why: string,
  lose: (messages: ReadonlyArray<Message>) => ReadonlyArray<Message>
): Limit => ({ why, lose: (request) => ({ ...request, messages: lose(request.messages) }) })

/** Loses something of each message. */
export const inEach = (why: string, lose: (message: Message) => Message): Limit =>
  inMessages(why, (messages) => messages.map(lose))

/** Loses something of each assistant message. */
export const inAssistants = (
  why: string,
  lose: (message: Of<"assistant">) => Of<"assistant">
): Limit => inEach(why, (message) => message.role === "assistant" ? lose(message) : message)

/** Loses something of the parameters: what `lose` gives is put over them. */
export const inParameters = (
  why: string,
  lose: (parameters: Parameters) => Parameters
): Limit => ({
  why,
  lose: (request) => ({
    ...request,
    parameters: { ...request.parameters, ...lose(request.parameters) }
  })
})

/** What a client is told of, and is answered 400 for unless it asks to have it left out. */
export const refused = (dialect: Dialect): Limit => ({
  why: "what unsupported() names is told, and left out",
  lose: (request) => {
    const paths = dialect.unsupported(request).map(({ path }) => path)
    const names = paths.flatMap(([part, name]) => part === "parameters" ? [name] : [])
    const places = new Set(paths.map((path) => path.join(".")))
    const parameters = Object.entries(parameterFields).reduce<Parameters>(
      (rest, [name, field]) => names.includes(name) ? { ...rest, [field]: undefined } : rest,
      request.parameters
    )
    const messages = request.messages.map((message, at) => ({
      ...message,
      content: message.content.filter((_, index) => !places.has(`messages.${at}.content.${index}`))
    }))
    return { ...request, parameters, messages }
  }
})

/** The label of the client's own. */
export const noMetadata = inParameters(
  "metadata is for the books, and never sent",
  () => ({ metadata: undefined })
)

/** Empty lists ask for nothing. */
export const noEmptyLists = inParameters(
  "an empty list of tools or of stop texts is refused, and asks for nothing",
  ({ stop, tools }) => ({
    stop: stop?.length ? stop : undefined,
    tools: tools?.length ? tools : undefined
  })
)

/** Names of users. */
export const noNames = inEach(
  "only OpenAI's dialect names its users",
  (message) => message.role === "user" ? { ...message, name: undefined } : message
)

/** Levels of detail. */
export const noDetails = inEach(
  "only OpenAI's dialect says how closely to look at an image",
  (message) => ({
    ...message,
    content: message.content.map((part) =>
      part.type === "image" ? { ...part, detail: undefined } : part
    )
  })
)

/** Parameters of an image's data, but for `base64`. */
export const plainImages = inEach("an image's data have a type and nothing else", (message) => ({
  ...message,
  content: message.content.map((part) =>
    part.type === "image" ? { ...part, url: plainData(part.url) } : part
  )
}))

/** Such as `data:image/png;base64,AA==`. */
const plainData = (url: string): string => {
  if (!/^data:/i.test(url)) return url
  const [head = "", data = ""] = url.split(",")
  return `${head.toLowerCase().split(";")[0]};base64,${data}`
}

/** Signatures of tool calls that are not of `dialect`. */
export const callsSignedBy = (dialect: DialectName | undefined): Limit =>
  inAssistants("a call's signature goes back to who signed it", (message) => ({
    ...message,
    toolCalls: message.toolCalls.map((call) =>
      call.signature?.dialect === dialect ? call : { ...call, signature: undefined }
    )
  }))

/** Reasoning that is not signed by `dialect`. */
export const reasoningSignedBy = (dialect: DialectName): Limit =>
  inAssistants("reasoning goes back to who signed it", (message) => ({
    ...message,
    reasoning: message.reasoning.filter((block) => signerOf(block) === dialect)
  }))

/** Who signed a block of reasoning. */
export const signerOf = (block: Reasoning): DialectName | undefined =>
  block.type === "redacted" ? block.data.dialect : block.signature?.dialect

/** Arguments as an object's text; what is no object goes under a name that says so. */
export const argumentsAsObjects = inAssistants(
  "arguments are an object there: its text is lost, and what is no object is marked",
  (message) => ({
    ...message,
    toolCalls: message.toolCalls.map((call) => ({
      ...call,
      arguments: call.arguments.trim() === ""
        ? "{}"
        : asObject(call.arguments) ?? JSON.stringify({ INVALID_JSON: call.arguments })
    }))
  })
)

/** The text of an object, without its white space; absent where `text` is no object. */
export const asObject = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? JSON.stringify(value)
      : undefined
  } catch {
    return undefined
  }
}

/** Texts of a content, without others. */
export const texts = (content: ReadonlyArray<Part>): ReadonlyArray<string> =>
  content.flatMap((part) => part.type === "text" ? [part.text] : [])

/** Content without texts that are `empty`. */
export const noTexts = (why: string, empty: (text: string) => boolean): Limit =>
  inEach(why, (message) => ({
    ...message,
    content: message.content.filter((part) => part.type !== "text" || !empty(part.text))
  }))

/**
 * One system message in front, of `joined` texts; then turns of user and assistant. In a user's turn
 * results come first; a turn that says nothing is none.
 */
export const inTurns = (
  why: string,
  joined: (texts: ReadonlyArray<ReadonlyArray<string>>) => ReadonlyArray<string>
): Limit =>
  inMessages(why, (messages) => {
    const system = joined(
      messages.flatMap(({ role, content }) => role === "system" ? [texts(content)] : [])
    )
    const turns: Array<Array<Message>> = []
    for (const message of messages) {
      if (message.role === "system" || saysNothing(message)) continue
      const last = turns.at(-1)
      if (last !== undefined && sideOf(last[0]!) === sideOf(message)) last.push(message)
      else turns.push([message])
    }
    const first: Message = {
      role: "system",
      content: system.map((text) => ({ type: "text", text }))
    }
    return [...(system.length === 0 ? [] : [first]), ...turns.flatMap(oneTurn)]
  })

const sideOf = ({ role }: Message): "user" | "assistant" =>
  role === "assistant" ? "assistant" : "user"

const saysNothing = (message: Message): boolean =>
  message.role !== "tool" && message.content.length === 0 &&
  (message.role !== "assistant" || message.reasoning.length + message.toolCalls.length === 0)

const oneTurn = (turn: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  const assistants = turn.filter((message) => message.role === "assistant")
  if (assistants.length > 0) {
    return [{
      role: "assistant",
      content: assistants.flatMap(({ content }) => content),
      reasoning: assistants.flatMap(({ reasoning }) => reasoning),
      toolCalls: assistants.flatMap(({ toolCalls }) => toolCalls)
    }]
  }
  const results = turn.filter(({ role }) => role === "tool")
  const content = turn.flatMap(({ role, content }) => role === "user" ? content : [])
  return content.length === 0 ? results : [...results, { role: "user", content }]
}

/** `messages` with other ids of tool calls. */
export const withIds = (
  messages: ReadonlyArray<Message>,
  rename: (id: string) => string
): ReadonlyArray<Message> =>
  messages.map((message) => {
    if (message.role === "tool") return { ...message, toolCallId: rename(message.toolCallId) }
    if (message.role !== "assistant") return message
    const toolCalls = message.toolCalls.map((call) => ({ ...call, id: rename(call.id) }))
    return { ...message, toolCalls }
  })

/**
 * The images that tools gave back, in a message of the user behind the last result of their turn;
 * `labelled` says whose they are.
 */
export const imagesBehindResults = (
  why: string,
  labelled: (id: string) => ReadonlyArray<Part>
): Limit =>
  inMessages(why, (messages) => {
    const all: Array<Message> = []
    let shown: Array<Part> = []
    const show = () => {
      if (shown.length > 0) all.push({ role: "user", content: shown })
      shown = []
    }
    for (const message of messages) {
      if (message.role !== "tool") {
        show()
        all.push(message)
        continue
      }
      const images = message.content.filter(({ type }) => type === "image")
      if (images.length > 0) shown.push(...labelled(message.toolCallId), ...images)
      all.push({ ...message, content: message.content.filter(({ type }) => type === "text") })
    }
    show()
    return all
  })
