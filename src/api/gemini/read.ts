/**
 * From a body of `generateContent` to the domain's request.
 *
 * @module
 */
import type { CompletionRequest, JsonObject } from "../../domain/Completion.ts"
import { GatewayError, invalidRequest, type Issue } from "../../domain/GatewayError.ts"
import { dropUnsupported } from "../dropUnsupported.ts"
import { object } from "../json.ts"
import { type PathOf, placeIn, type Places } from "../places.ts"
import { camelKeys, camelObject } from "./camel.ts"
import { readContents, readSystem } from "./contents.ts"
import { readConfig, wantsThoughts as asksForThoughts } from "./generationConfig.ts"
import { noteOnly, type Notes } from "./Notes.ts"
import { originalBody } from "./originalBody.ts"
import { fieldOf } from "./path.ts"
import { readOffer } from "./tools.ts"

/** The request to `model` in `value`, or what is wrong with it. Fields that nobody knows are no fault. */
export const readRequest = (
  value: unknown,
  model: string,
  headers: Headers
): CompletionRequest | GatewayError => {
  const said = object(value)
  if (said === undefined) return invalidRequest("The body is not an object")
  const drop = dropUnsupported(headers, false)
  if (drop instanceof GatewayError) return drop
  const body = camelKeys(said)
  const notes: Notes = { issues: [], only: [] }
  const conversation = readContents(body.contents, notes)
  if (conversation.length === 0 && notes.issues.length === 0) {
    notes.issues.push({ path: ["contents"], message: "Expected at least one content with parts" })
  }
  const messages = [...readSystem(body.systemInstruction, notes), ...conversation]
  const parameters = {
    ...readConfig(body.generationConfig, notes),
    ...readOffer(body.tools, body.toolConfig, notes)
  }
  noteCache(body, notes)
  const { issues, only } = notes
  if (issues.length > 0) return invalid(issues)
  return {
    model,
    messages,
    parameters,
    dropUnsupported: drop,
    original: {
      dialect: "gemini",
      body: originalBody(body),
      messages,
      parameters,
      ...(only.length === 0 ? {} : { only })
    }
  }
}

/** Where a place in the request is in `body`, of which it was read: looked for only when asked. */
export const placeOf = (body: unknown): PathOf => {
  let place: PathOf | undefined
  const look = (): PathOf => {
    const { contents, systemInstruction } = camelObject(body) ?? {}
    const places: Places = new Map()
    const notes: Notes = { issues: [], only: [], places }
    const system = readSystem(systemInstruction, notes)
    return placeIn([...system, ...readContents(contents, notes)], places, "contents")
  }
  return (path) => (place ??= look())(path)
}

/** Whether the client wants to see what the model thought. */
export const wantsThoughts = ({ original }: CompletionRequest): boolean =>
  asksForThoughts(original?.body.generationConfig)

/** A part of the prompt that only Google has. */
const noteCache = ({ cachedContent }: JsonObject, notes: Notes): void => {
  if (cachedContent) noteOnly(notes, ["cachedContent"], "a prompt that Google keeps")
}

/** The refusal of a request that has `issues`; there is at least one. */
const invalid = (issues: ReadonlyArray<Issue>): GatewayError => {
  const [first] = issues
  const others = issues.length > 1 ? `, and ${issues.length - 1} more` : ""
  return invalidRequest(
    first ? `${fieldOf(first.path)}: ${first.message}${others}` : "The request is not valid",
    { issues }
  )
}
