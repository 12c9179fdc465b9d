/**
 * From the body of `/v1/messages` to a request.
 *
 * @module
 */
import type { CompletionRequest } from "../../domain/Completion.ts"
import { GatewayError, invalidRequest } from "../../domain/GatewayError.ts"
import { dropUnsupported } from "../dropUnsupported.ts"
import * as Fields from "../Fields.ts"
import { object } from "../json.ts"
import { type PathOf, placeIn, type Places } from "../places.ts"
import { nothingFound, wrong } from "./Findings.ts"
import { readMessages } from "./messages.ts"
import { expectedTokens, readParameters } from "./parameters.ts"
import { asWritten } from "./written.ts"

/** Headers that say how a request is to be taken. */
const kept = ["anthropic-version", "anthropic-beta"]

/** Where a place in the request is in `body`, of which it was read: looked for only when asked. */
export const placeOf = (body: unknown): PathOf => {
  let place: PathOf | undefined
  const look = (): PathOf => {
    const places: Places = new Map()
    return placeIn(readMessages(object(body) ?? {}, nothingFound(places)), places, "messages")
  }
  return (path) => (place ??= look())(path)
}

/**
 * The request in `body`. What is wrong with it is told all at once. To count its prompt it needs no
 * budget for an answer.
 */
export const toRequest = (
  body: unknown,
  headers: Headers,
  purpose: "answer" | "count"
): CompletionRequest | GatewayError => {
  const dropping = dropUnsupported(headers, true)
  if (dropping instanceof GatewayError) return dropping
  const fields = object(body)
  if (fields === undefined) return invalidRequest("The body is not a JSON object")
  const findings = nothingFound()
  const reader = Fields.make(fields, findings.issues)
  const model = reader.required("model", Fields.textUpTo(256), "the id of a model")
  if (purpose === "answer" && (fields.max_tokens ?? null) === null) {
    wrong(findings, ["max_tokens"], `It is missing: expected ${expectedTokens}`)
  }
  const messages = readMessages(fields, findings)
  const parameters = readParameters(fields, reader, findings)
  const { issues, only } = findings
  if (model === undefined || issues.length > 0) {
    return invalidRequest("The request is not valid", { issues })
  }
  return {
    model,
    messages,
    parameters,
    dropUnsupported: dropping,
    original: {
      dialect: "anthropic",
      body: asWritten(fields),
      headers: Object.fromEntries(kept.flatMap((name) => {
        const value = headers.get(name)
        return value === null ? [] : [[name, value]]
      })),
      messages,
      parameters,
      only
    }
  }
}
