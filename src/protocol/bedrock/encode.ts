/**
 * From a request to a call of `Converse` or `ConverseStream`.
 *
 * @module
 */
import type { CompletionRequest, JsonObject, Parameters } from "../../domain/Completion.ts"
import type { Call, Target } from "../Dialect.ts"
import { isBlank } from "../blank.ts"
import { system, turns } from "./conversation.ts"
import { familyOf } from "./family.ts"
import { modelPath } from "./modelPath.ts"
import { thinking } from "./thinking.ts"
import { toolConfig } from "./tools.ts"
import { maxTemperature } from "./unsupported.ts"

/** The call that asks for `request`; what is unsupported is left out. */
export const encode = (request: CompletionRequest, target: Target): Call => {
  const { messages, parameters } = request
  const family = familyOf(request, target)
  // Others write as much as they can by themselves; and Nova may not be told while it thinks hard.
  const maxTokens = parameters.maxTokens ?? (family.isClaude ? target.maxOutputTokens : undefined)
  const { effort, fields } = thinking(family, parameters.reasoningEffort, maxTokens)
  const stop = unlessEmpty(parameters.stop?.filter((stop) => !isBlank(stop)))
  return {
    path: `${modelPath(target.model)}/${target.stream ? "converse-stream" : "converse"}`,
    body: {
      system: system(messages),
      messages: turns(messages),
      inferenceConfig: unlessAllAbsent({
        maxTokens,
        temperature: temperature(parameters),
        topP: parameters.topP,
        stopSequences: stop
      }),
      toolConfig: toolConfig(request),
      additionalModelRequestFields: unlessAllAbsent({ ...family.topK(parameters.topK), ...fields }),
      // Claude says so which of the stop texts it met; others have no such field, and that is well.
      additionalModelResponseFieldPaths: stop && family.isClaude
        ? [target.stream ? "/delta/stop_sequence" : "/stop_sequence"]
        : undefined,
      outputConfig: unlessAllAbsent({ effort, textFormat: textFormat(parameters) })
    }
  }
}

const temperature = ({ temperature }: Parameters): number | undefined =>
  temperature !== undefined && temperature <= maxTemperature ? temperature : undefined

/** The schema is a text here. */
const textFormat = ({ responseFormat: format }: Parameters): JsonObject | undefined =>
  format?.type !== "json_schema" ? undefined : {
    type: "json_schema",
    structure: {
      jsonSchema: {
        name: format.name,
        description: format.description || undefined,
        schema: JSON.stringify(format.schema)
      }
    }
  }

const unlessEmpty = (list: ReadonlyArray<string> | undefined) => list?.length ? list : undefined

const unlessAllAbsent = (fields: JsonObject): JsonObject | undefined =>
  Object.values(fields).some((value) => value !== undefined) ? fields : undefined
