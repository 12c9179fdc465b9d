/**
 * Whether a request can be honoured by the model that it is for.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import type { CompletionRequest, Parameters } from "../domain/Completion.ts"
import { type GatewayError, invalidRequest } from "../domain/GatewayError.ts"
import { parameterFields, refused } from "../domain/Model.ts"
import type { Deployment } from "../routing/ModelTable.ts"

/**
 * The request as `deployment` can honour it. What it cannot honour is refused, each part with its
 * path; a request that says `drop_unsupported` is answered without those parts.
 */
export const admit = (
  { model, provider }: Deployment,
  request: CompletionRequest
): Effect.Effect<CompletionRequest, GatewayError> => {
  const { dialect } = provider.settings.provider
  const names = refused(model, request.parameters)
  // The dialect itself leaves out what it has no words for.
  if (request.dropUnsupported) return Effect.succeed(without(request, names))
  const issues = [
    ...dialect.unsupported(request),
    ...names.map((name) => ({
      path: ["parameters", name],
      message: `Model "${model.id}" does not take it`
    }))
  ]
  if (issues.length === 0) return Effect.succeed(request)
  const paths = Array.from(new Set(issues.map(({ path }) => path.join("."))))
  return Effect.fail(invalidRequest(
    `Model "${model.id}" cannot honour ${paths.join(", ")}: ` +
      `leave it out, or set "drop_unsupported" to true`,
    { kind: "unsupported_parameter", issues }
  ))
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
