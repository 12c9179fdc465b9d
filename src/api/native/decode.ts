/**
 * From JSON to a request of the native API, or what is wrong with it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type GatewayError, invalidRequest } from "../../domain/GatewayError.ts"
import { GenerateRequest } from "./GenerateRequest.ts"

const strict = Schema.decodeUnknownEffect(GenerateRequest, { onExcessProperty: "error" })
const thorough = Schema.decodeUnknownEffect(GenerateRequest, {
  errors: "all",
  onExcessProperty: "error"
})
/** For a request that wants what is not supported left out. */
const lenient = Schema.decodeUnknownEffect(GenerateRequest, { onExcessProperty: "ignore" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** The request in `body`; `drops` is whether what is not supported is left out where it does not say. */
export const decode = (
  body: unknown,
  drops: boolean
): Effect.Effect<GenerateRequest, GatewayError> => {
  const request = withoutNulls(body)
  if (wantsDropped(request, drops)) return Effect.mapError(lenient(request), notAsDeclared)
  return Effect.catch(strict(request), (error) => {
    // To find every fault takes longer than to find the first: that is for requests of common size.
    const all = isSmall(request) ? thorough(request) : Effect.fail(error)
    return Effect.mapError(all, notAsDeclared)
  })
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined

/** Many clients write a parameter that was not set as `null`. */
const withoutNulls = (body: unknown): unknown => {
  const fields = fieldsOf(body)
  const parameters = fieldsOf(fields?.parameters)
  return parameters && Object.values(parameters).includes(null)
    ? { ...fields, parameters: Record.filter(parameters, (value) => value !== null) }
    : body
}

const wantsDropped = (body: unknown, otherwise: boolean): boolean => {
  const fields = fieldsOf(body)
  const said = [fields?.drop_unsupported, fieldsOf(fields?.parameters)?.drop_unsupported]
  return said.includes(true) || otherwise && said.every((one) => one === undefined)
}

/** The most values that a request may hold for every one of its faults to be looked for. */
const mostValues = 2000

const isSmall = (value: unknown): boolean => {
  let left = mostValues
  const waiting: Array<unknown> = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== "object" || next === null) continue
    const inside = Object.values(next)
    left -= inside.length
    if (left < 0) return false
    for (const one of inside) waiting.push(one)
  }
  return true
}

/** What is told of a request that is not as its schema says. */
export const notAsDeclared = ({ issue }: Schema.SchemaError): GatewayError => {
  const issues = issuesOf(issue).issues.map(({ path = [], message }) => ({
    path: path.map((key) => typeof key === "number" ? key : String(key).slice(0, 128)),
    message: message === "Expected no excess property" ? "There is no such field" : message
  }))
  const [first] = issues
  return invalidRequest(
    first
      ? `The request is not valid: ${first.path.join(".") || "body"}: ${first.message}` +
        (issues.length > 1 ? `, and ${issues.length - 1} more` : "")
      : "The request is not valid",
    { issues }
  )
}
