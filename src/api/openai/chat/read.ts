/**
 * From a body of `POST /v1/chat/completions` to the domain's request.
 *
 * @module
 */
import type { CompletionRequest, Parameters } from "../../../domain/Completion.ts"
import { GatewayError } from "../../../domain/GatewayError.ts"
import * as Fields from "../../Fields.ts"
import { array, boolean } from "../../json.ts"
import { invalid } from "../invalid.ts"
import { openingOf } from "../opening.ts"
import {
  expectedTokens,
  metadata,
  readSampling,
  readStreaming,
  type Streaming,
  tokens
} from "../parameters.ts"
import type { Toolbox } from "../Toolbox.ts"
import { type Findings, openaiOnly } from "./Findings.ts"
import { readMessages } from "./messages.ts"
import { readOffer } from "./offer.ts"
import { readResponseFormat } from "./responseFormat.ts"
import { asWritten } from "./written.ts"

/** A request for a chat, and how its answer is to come. */
export interface Chat extends Streaming {
  readonly request: CompletionRequest
  /** The names of its tools. */
  readonly toolbox: Toolbox
}

/** The request in `body`, or what is wrong with it. Fields that nobody knows are no fault. */
export const readChat = (value: unknown, headers: Headers): Chat | GatewayError => {
  const opening = openingOf(value, headers)
  if (opening instanceof GatewayError) return opening
  const { body, drops: dropUnsupported, fields, issues, model } = opening
  const findings: Findings = { issues, only: [] }
  const offer = readOffer(body, findings)
  const messages = readMessages(body.messages, offer.toolbox, findings)
  const streaming = readStreaming(fields)
  const parameters: Parameters = {
    ...readSampling(fields),
    ...readBudget(fields),
    ...readUser(fields),
    responseFormat: readResponseFormat(body.response_format, issues),
    tools: offer.tools,
    toolChoice: offer.toolChoice,
    parallelToolCalls: fields.optional("parallel_tool_calls", boolean, "true or false"),
    logprobs: readLogprobs(fields),
    reasoningEffort: fields.optional("reasoning_effort", efforts.read, efforts.expected),
    metadata: fields.optional("metadata", metadata.read, metadata.expected)
  }
  readOpenaiOnly(fields, streaming.stream, findings)
  for (const key of rerouting) fields.refused(key, useFallbacks)
  if (issues.length > 0 || model === undefined) return invalid(issues)

  const { only } = findings
  const written = asWritten(body, offer)
  const original = { dialect: "openai", body: written, messages, parameters, only } as const
  const request = { model, messages, parameters, dropUnsupported, original }
  return { ...streaming, request, toolbox: offer.toolbox }
}

/**
 * By these OpenRouter is asked for other models than the one that is named: they would pass by what
 * the operator says of models, and be booked at the wrong price.
 */
const rerouting = ["models", "route"]
const useFallbacks = "Which models stand in for another is set up in Penstock: fallback_models"

/** Fields that change the answer, and that only a provider that speaks OpenAI's dialect knows. */
const readOpenaiOnly = (
  { optional }: Fields.Fields,
  stream: boolean,
  findings: Findings
): void => {
  const there = (key: string) => optional(key, isThere, "something") === true
  const told = ["functions", "function_call", "audio", "prediction", "web_search_options"]
    .filter(there)
  const modalities = optional("modalities", array, "an array of texts")
  if (modalities?.some((one) => one !== "text")) told.push("modalities")
  for (const key of told) openaiOnly(findings, [key], `"${key}"`)
  const unstreamed = told.find((key) => key !== "prediction" && key !== "web_search_options")
  if (stream && unstreamed !== undefined) {
    const message = `An answer to a request with "${unstreamed}" comes in one piece only`
    findings.issues.push({ path: ["stream"], message })
  }
}

const isThere: Fields.Read<true> = () => true

/** The newer name goes before the older one. */
const readBudget = ({ optional }: Fields.Fields): Pick<Parameters, "maxTokens"> => {
  const maxTokens = optional("max_completion_tokens", tokens, expectedTokens)
  return maxTokens === undefined ? {} : { maxTokens }
}

const readUser = ({ optional }: Fields.Fields): Pick<Parameters, "user"> => {
  const user = optional("safety_identifier", Fields.textUpTo(512), "a text of 1 to 512 characters")
  return user === undefined ? {} : { user }
}

const readLogprobs = ({ optional }: Fields.Fields): number | undefined => {
  const wanted = optional("logprobs", boolean, "true or false")
  const top = optional("top_logprobs", Fields.wholeBetween(0, 20), "a whole number from 0 to 20")
  return wanted ? top ?? 0 : undefined
}

const words = ["none", "minimal", "low", "medium", "high", "xhigh"] as const
const efforts = {
  read: Fields.oneOf(...words),
  expected: `one of ${words.map((word) => `"${word}"`).join(", ")}`
}
