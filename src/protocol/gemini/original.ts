/**
 * What a client of Gemini's own API wrote, as far as it stands within the fields that are read.
 *
 * @module
 */
import type {
  CompletionRequest,
  Json,
  JsonObject,
  Original,
  Parameters
} from "../../domain/Completion.ts"
import type { Message } from "../../domain/Message.ts"

/** The client's own words, where they are Gemini's. */
export const originalOf = ({ original }: CompletionRequest): Original | undefined =>
  original?.dialect === "gemini" ? original : undefined

/**
 * The contents as the client wrote them, and what the gateway added since; absent where it changed
 * what was there. They hold more than messages can: signatures in their places, files, code.
 */
export const ownContents = (
  original: Original | undefined,
  messages: ReadonlyArray<Message>,
  encode: (messages: ReadonlyArray<Message>) => ReadonlyArray<JsonObject>
): ReadonlyArray<Json> | undefined => {
  const contents = original?.body.contents
  if (original === undefined || !isArray(contents)) return undefined
  const read = original.messages
  if (messages === read) return contents
  const isAdded = messages.length >= read.length && read.every((one, at) => one === messages[at])
  return isAdded ? [...contents, ...encode(messages.slice(read.length))] : undefined
}

/** The client's tools that are no functions, beside the functions that are offered now. */
export const withOwnTools = (
  original: Original | undefined,
  functions: ReadonlyArray<JsonObject> | undefined
): ReadonlyArray<JsonObject> | undefined => {
  const said = original?.body.tools
  const own = (isArray(said) ? said : []).flatMap((tool) => {
    if (!isObject(tool)) return []
    const { functionDeclarations: _, function_declarations: __, ...others } = tool
    return Object.keys(others).length === 0 ? [] : [others]
  })
  return own.length === 0 ? functions : [...functions ?? [], ...own]
}

/**
 * What `encode` makes of the parameters; but where the client wrote an object `key` itself, that one,
 * with only those fields anew that the gateway changed.
 */
export const ownFields = (
  original: Original | undefined,
  key: "generationConfig" | "toolConfig",
  parameters: Parameters,
  encode: (parameters: Parameters) => JsonObject | undefined
): JsonObject | undefined => {
  const said = original?.body[key]
  if (original === undefined || !isObject(said)) return encode(parameters)
  if (parameters === original.parameters) return said
  const before = encode(original.parameters)
  const now = encode(parameters)
  const fields: Record<string, Json | undefined> = { ...said }
  for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})])) {
    if (JSON.stringify(before?.[key]) === JSON.stringify(now?.[key])) continue
    delete fields[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
    fields[key] = now?.[key]
  }
  return fields
}

const isArray = (value: unknown): value is ReadonlyArray<Json> => Array.isArray(value)
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
