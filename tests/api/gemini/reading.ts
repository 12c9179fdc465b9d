/**
 * Reading requests, as our tests of Gemini's surface need it.
 *
 * @module
 */
import type { CompletionRequest } from "../../../src/domain/Completion.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { readRequest } from "../../../src/api/gemini/read.ts"

/** The request in a body that is well. */
export const read = (body: unknown, headers: Record<string, string> = {}): CompletionRequest => {
  const request = readRequest(body, "m", new Headers(headers))
  if (request instanceof GatewayError) throw new Error(JSON.stringify(request.reason))
  return request
}

/** Why a body is refused. */
export const refused = (body: unknown, headers: Record<string, string> = {}) => {
  const error = readRequest(body, "m", new Headers(headers))
  if (error instanceof GatewayError && error.reason._tag === "InvalidRequest") return error.reason
  throw new Error(`Not refused: ${JSON.stringify(error)}`)
}

/** A turn of the model. */
export const turn = (message: Message | undefined) => {
  if (message?.role === "assistant") return message
  throw new Error(`No turn of the model: ${JSON.stringify(message)}`)
}

export const text = (text: string) => ({ type: "text", text } as const)
export const hi = { contents: [{ role: "user", parts: [{ text: "Hi" }] }] }
export const messages = (contents: unknown): ReadonlyArray<Message> => read({ contents }).messages
export const parameters = (body: object) => read({ ...hi, ...body }).parameters
export const config = (generationConfig: object) => parameters({ generationConfig })
export const only = (body: object) =>
  (read({ ...hi, ...body }).original?.only ?? []).map(({ path }) => path.join("."))
