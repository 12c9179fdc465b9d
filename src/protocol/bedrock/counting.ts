/**
 * Having a prompt counted.
 *
 * @module
 */
import type { CountingDialect } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { count, object } from "../json.ts"
import { system, turns } from "./conversation.ts"
import { modelPath } from "./modelPath.ts"
import { toolConfig } from "./tools.ts"

/** `POST /model/{model}/count-tokens`. */
export const counting: CountingDialect = {
  encode: (request, { model }) => ({
    path: `${modelPath(model.replace(geography, ""))}/count-tokens`,
    body: {
      input: {
        converse: {
          messages: turns(request.messages),
          system: system(request.messages),
          toolConfig: toolConfig(request)
        }
      }
    }
  }),
  decode: (body) =>
    count(object(body)?.inputTokens) ?? badResponse("The provider did not count the prompt")
}

/** Models count, and inference profiles do not: this makes a model's id a profile's. */
const geography = /^(?:global|us|us-gov|eu|apac|jp|au|ca)\.(?=\w+\.)/
