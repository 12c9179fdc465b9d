/**
 * Whether a request can be honoured by the model that it is for.
 *
 * @module
 */
import * as Struct from "effect/Struct"
import type { CompletionRequest, Parameters } from "../domain/Completion.ts"
import { type GatewayError, invalidRequest } from "../domain/GatewayError.ts"
import { parameterFields, refused } from "../domain/Model.ts"
import type { ModelPolicy } from "../config/Traffic.ts"
import type { Deployment } from "../routing/ModelTable.ts"

/**
 * The request with what the operator says of its model: a temperature where it has none and the
 * model takes one, and no more tokens than may be.
 */
export const withPolicy = (
  { model }: Deployment,
  { defaultTemperature, maxTokens }: ModelPolicy,
  request: CompletionRequest
): CompletionRequest => {
  if (defaultTemperature === undefined && maxTokens === undefined) return request
  const { parameters } = request
  const warmed = parameters.temperature === undefined && defaultTemperature !== undefined
    ? { ...parameters, temperature: defaultTemperature }
    : parameters
  // It may be refused, and it may have something of the client's own refused.
  const isTaken = refused(model, warmed).length === refused(model, parameters).length
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

/**
 * The request as `deployment` can honour it. What it cannot honour is refused, each part with its
 * path; a request that says `drop_unsupported` is answered without those parts.
 */
export const admit = (
  { model, provider }: Deployment,
  request: CompletionRequest
): CompletionRequest | GatewayError => {
  const { dialect } = provider.settings.provider
  const names = refused(model, request.parameters)
  // The dialect itself leaves out what it has no words for.
  if (request.dropUnsupported) return without(request, names)
  const issues = [
    ...dialect.unsupported(request),
    ...names.map((name) => ({
      path: ["parameters", name],
      message: `Model "${model.id}" does not take it`
    }))
  ]
  if (issues.length === 0) return request
  const paths = Array.from(new Set(issues.map(({ path }) => path.join("."))))
  return invalidRequest(
    `Model "${model.id}" cannot honour ${paths.join(", ")}: ` +
      `leave it out, or set "drop_unsupported" to true`,
    { kind: "unsupported_parameter", issues }
  )
}

const without = (
  request: CompletionRequest,
  names: ReturnType<typeof refused>
): CompletionRequest => {
  if (names.length === 0) return request
  const fields = names.map((name) => parameterFields[name])
  const parameters: Parameters = Struct.omit(request.parameters, fields)
  return { ...request, parameters }
}
