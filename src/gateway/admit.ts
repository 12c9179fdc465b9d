/**
 * Whether a request can be honoured by the model that it is for.
 *
 * @module
 */
import * as Struct from "effect/Struct"
import type { CompletionRequest, Parameters, Untold } from "../domain/Completion.ts"
import { type GatewayError, invalidRequest, type Issue } from "../domain/GatewayError.ts"
import type { DialectName } from "../domain/Message.ts"
import { type Model, parameterFields, refused } from "../domain/Model.ts"
import type { ModelPolicy } from "../config/Traffic.ts"
import type { Deployment } from "../routing/ModelTable.ts"
import { shortcomings } from "./shortcomings.ts"

/**
 * The request with what the operator says of its model: a temperature where it has none and the
 * model and its provider take that one, and no more tokens than may be.
 */
export const withPolicy = (
  { model, provider }: Deployment,
  { defaultTemperature, maxTokens }: ModelPolicy,
  request: CompletionRequest
): CompletionRequest => {
  if (defaultTemperature === undefined && maxTokens === undefined) return request
  const { parameters } = request
  const warmed = parameters.temperature === undefined && defaultTemperature !== undefined
    ? { ...parameters, temperature: defaultTemperature }
    : parameters
  const { dialect } = provider.settings.provider
  const objections = (parameters: Parameters): number =>
    refused(model, parameters).length + dialect.unsupported({ ...request, parameters }).length
  // It may be refused, and it may have something of the client's own refused.
  const isTaken = warmed === parameters || objections(warmed) === objections(parameters)
  const { temperature } = isTaken ? warmed : parameters
  return {
    ...request,
    parameters: {
      ...parameters,
      temperature,
      maxTokens: maxTokens === undefined
        ? parameters.maxTokens
        : Math.min(parameters.maxTokens ?? maxTokens, maxTokens)
    }
  }
}

/** A request as a model can honour it. */
export interface Admitted {
  readonly request: CompletionRequest
  /** What was left out of it: by its native path, or by its name in the client's words. */
  readonly dropped: ReadonlyArray<string>
}

/**
 * The request as `deployment` can honour it. What it cannot honour is refused, each part with its
 * path. Of a request that says `drop_unsupported`, the parts are left out that only say how to
 * answer; those that say what about or in what form, such as images, tools and a schema, never are.
 */
export const admit = (
  { model, provider }: Deployment,
  request: CompletionRequest
): Admitted | GatewayError => {
  const { dialect } = provider.settings.provider
  const lost = untold(dialect.name, request)
  if (lost.length > 0) {
    return invalidRequest(
      `Model "${model.id}" is served by a provider that cannot be told all of it`,
      { kind: "unsupported_content", issues: lost }
    )
  }
  const hushed = request.dropUnsupported ? withoutReasoning(model, request) : request
  const own = shortcomings(model, hushed)
  const issues = [...dialect.unsupported(hushed), ...own]
  const isHushed = hushed !== request
  if (issues.length === 0 && !isHushed) return { request, dropped: request.leftOut ?? [] }
  const kept = issues.filter((issue) => !isTuning(issue, hushed))
  const refusals = request.dropUnsupported ? kept : issues
  if (refusals.length > 0) return refusal(model, refusals, kept.length === 0)
  const paths = issues.map(({ path }) => path.join("."))
  return {
    // The dialect itself leaves out what it has no words for.
    request: without(hushed, own),
    dropped: Array.from(
      new Set([
        ...(request.leftOut ?? []),
        ...isHushed ? ["parameters.reasoning_effort"] : [],
        ...paths
      ])
    )
  }
}

/** Tools come before thoughts, with a model that has no more than one of them at a time. */
const withoutReasoning = (
  { defaultReasoningEffort, refusedWhileReasoning }: Model,
  request: CompletionRequest
): CompletionRequest => {
  const { parameters } = request
  const { reasoningEffort = defaultReasoningEffort, tools = [] } = parameters
  return reasoningEffort !== "none" && tools.length > 0 && refusedWhileReasoning?.includes("tools")
    ? { ...request, parameters: { ...parameters, reasoningEffort: "none" } }
    : request
}

/** Whether it only says how to answer, or by what name a message goes. */
const isTuning = ({ path }: Issue, { parameters }: CompletionRequest): boolean => {
  const [part, name] = path
  if (part === "messages") return path.length === 3 && path[2] === "name"
  return part === "parameters" && name !== "tools" &&
    !(name === "response_format" && parameters.responseFormat?.type === "json_schema")
}

/** `canDrop` says that it would be taken without all that is not supported. */
const refusal = (model: Model, issues: ReadonlyArray<Issue>, canDrop: boolean): GatewayError => {
  const itself = issues.find(({ path: [part] }) => part === "model")
  if (itself) {
    return invalidRequest(`${itself.message}: ask one that does`, {
      kind: "unsupported_model",
      issues: [itself]
    })
  }
  const paths = Array.from(new Set(issues.map(({ path }) => path.join("."))))
  const more = paths.length > mostTold ? ` and ${paths.length - mostTold} more` : ""
  const told = paths.slice(0, mostTold).join(", ") + more
  const advice = canDrop ? `set "drop_unsupported" to true` : "ask a model that can"
  const what = !canDrop && issues.some(({ path: [part] }) => part !== "parameters")
    ? { kind: "unsupported_input" }
    : { kind: "unsupported_parameter" }
  return invalidRequest(
    `Model "${model.id}" cannot honour ${told}: leave it out, or ${advice}`,
    { ...what, issues, canDrop }
  )
}

/** Of so many parts that cannot be honoured each is told. */
const mostTold = 20

/** What stands only in the client's own words, where the provider does not speak them. */
const untold = (dialect: DialectName, { original }: CompletionRequest): ReadonlyArray<Untold> =>
  original === undefined || original.dialect === dialect ? [] : original.only ?? []

const parameterNames = Struct.keys(parameterFields)

const without = (request: CompletionRequest, issues: ReadonlyArray<Issue>): CompletionRequest => {
  if (issues.length === 0) return request
  const paths = new Set(issues.map(({ path: [, name] }) => name))
  const fields = parameterNames.flatMap((name) => paths.has(name) ? parameterFields[name] : [])
  const parameters: Parameters = Struct.omit(request.parameters, fields)
  return { ...request, parameters }
}
