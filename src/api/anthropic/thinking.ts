/**
 * How hard to think, and in what form to answer, which share a field.
 *
 * @module
 */
import type {
  JsonObject,
  Parameters,
  ReasoningEffort,
  ResponseFormat
} from "../../domain/Completion.ts"
import * as Fields from "../Fields.ts"
import { number, object, string } from "../json.ts"
import { type Findings, wrong } from "./Findings.ts"

/** How hard to think, and in what form to answer. */
export const readThinking = (
  body: JsonObject,
  findings: Findings
): Pick<Parameters, "reasoningEffort" | "responseFormat"> => {
  const { optional } = Fields.make(body, findings.issues)
  const output = optional("output_config", object, "an object")
  const thinking = optional("thinking", object, "an object")
  const budget = thinking && Fields.make(thinking, findings.issues, ["thinking"])
    .optional("budget_tokens", number, "a number of tokens")
  return {
    reasoningEffort: readEffort(thinking, budget, string(output?.effort)),
    responseFormat: output?.format
      ? readFormat(output.format, ["output_config", "format"], findings)
      : readFormat(body.output_format, ["output_format"], findings)
  }
}

/**
 * The effort that is asked for; else what a budget of thinking comes to. One that is left to the
 * model is `high`, as it is with Anthropic's own.
 */
const readEffort = (
  thinking: JsonObject | undefined,
  budget: number | undefined,
  effort: string | undefined
): ReasoningEffort | undefined => {
  if (thinking?.type === "disabled") return "none"
  const asked = effort === undefined ? undefined : efforts.get(effort)
  if (asked !== undefined || thinking === undefined) return asked
  if (budget === undefined) return "high"
  return budget <= lowBudget ? "low" : budget <= mediumBudget ? "medium" : "high"
}

const efforts = new Map<string, ReasoningEffort>([
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  ["max", "xhigh"]
])

/** Up to so many tokens of thinking is little. */
const lowBudget = 4096
/** Up to so many is not yet much. */
const mediumBudget = 16_384

const readFormat = (
  value: unknown,
  path: ReadonlyArray<string>,
  findings: Findings
): ResponseFormat | undefined => {
  if (value === undefined || value === null) return undefined
  const format = object(value)
  const schema = object(format?.schema)
  // Anthropic has no name for it, and others want one.
  if (format?.type === "json_schema" && schema) {
    return { type: "json_schema", name: "answer", schema }
  }
  wrong(findings, path, 'Expected a format of type "json_schema" with a schema')
  return undefined
}
