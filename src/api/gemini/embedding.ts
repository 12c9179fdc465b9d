/**
 * One text that is to become a vector, in Gemini's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Issue } from "../../domain/GatewayError.ts"
import * as Fields from "../Fields.ts"
import { array, object, string } from "../json.ts"
import { camelObject } from "./camel.ts"

/** What a client says of a text. */
export interface TextToEmbed {
  readonly text: string
  readonly outputDimensionality: number | undefined
  readonly taskType: string | undefined
  /** What else it says, in its own words. */
  readonly own: JsonObject
}

/** The longest vector that is asked for. */
const mostDimensions = 100_000

/** Reads `request`, which stands at `path`; what is wrong is added to `issues`. */
export const readEmbedding = (
  request: JsonObject,
  path: Fields.Path,
  issues: Array<Issue>
): TextToEmbed => {
  const { optional } = Fields.make(request, issues, path)
  const { content, model: _, outputDimensionality: __, ...own } = request
  return {
    text: textOf(content, [...path, "content"], issues),
    outputDimensionality: optional(
      "outputDimensionality",
      Fields.wholeBetween(1, mostDimensions),
      `a whole number from 1 to ${mostDimensions}`
    ),
    taskType: optional("taskType", string, "a text"),
    own
  }
}

const textOf = (content: unknown, path: Fields.Path, issues: Array<Issue>): string => {
  const parts = array(object(content)?.parts)
  if (!parts?.length) {
    issues.push({ path, message: "Expected a content with parts" })
    return ""
  }
  const texts = parts.map((value, at) => {
    const text = string(camelObject(value)?.text)
    if (text === undefined) {
      issues.push({
        path: [...path, "parts", at],
        message: "Only texts are made into vectors here"
      })
    }
    return text ?? ""
  })
  return texts.join("\n")
}
