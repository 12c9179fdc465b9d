/**
 * The words by which providers of this dialect name an error.
 *
 * @module
 */
import type { FaultClass } from "../../domain/UpstreamFault.ts"

/** Codes and types that say more than the status does, in lower case. */
const words: ReadonlyMap<string, FaultClass> = new Map<string, FaultClass>([
  ["context_length_exceeded", "context_length"],
  // llama.cpp
  ["exceed_context_size_error", "context_length"],
  ["content_filter", "filtered"],
  ["content_policy_violation", "filtered"],
  // Azure
  ["responsibleaipolicyviolation", "filtered"],
  // Alibaba
  ["data_inspection_failed", "filtered"],
  ["insufficient_quota", "quota_exhausted"],
  ["billing_hard_limit_reached", "quota_exhausted"],
  ["billing_not_active", "quota_exhausted"],
  // Moonshot
  ["exceeded_current_quota_error", "quota_exhausted"],
  ["model_not_found", "not_found"],
  // Azure
  ["deploymentnotfound", "not_found"],
  // Mistral and Perplexity
  ["invalid_model", "not_found"],
  // Hugging Face
  ["model_not_supported", "not_found"],
  // Together
  ["model_not_available", "not_found"],
  ["credit_limit", "quota_exhausted"],
  // Groq: its flexible tier is full; and the model wrote a call, or JSON, that is none.
  ["capacity_exceeded", "overloaded"],
  ["tool_use_failed", "bad_response"],
  ["json_validate_failed", "bad_response"],
  // Mistral
  ["service_tier_capacity_exceeded", "overloaded"],
  ["rate_limit_exceeded", "rate_limited"],
  ["rate_limit_error", "rate_limited"],
  ["rate_limit_reached_error", "rate_limited"],
  // Google
  ["resource_exhausted", "rate_limited"],
  ["overloaded_error", "overloaded"],
  ["engine_overloaded_error", "overloaded"],
  ["invalid_api_key", "auth"],
  ["authentication_error", "auth"],
  ["invalid_authentication_error", "auth"]
])

/** Codes and types that only tell something where no status does. */
const vagueWords: ReadonlyMap<string, FaultClass> = new Map<string, FaultClass>([
  ["invalid_request_error", "bad_request"],
  ["server_error", "server"],
  ["internal_error", "server"],
  ["internal_server_error", "server"]
])

/** The class that a code or a type names, whatever the status. */
export const classOfWord = (word: unknown): FaultClass | undefined => lookUp(words, word)

/** The class that a code or a type names where there is no status. */
export const classOfVagueWord = (word: unknown): FaultClass | undefined => lookUp(vagueWords, word)

const lookUp = (from: ReadonlyMap<string, FaultClass>, word: unknown): FaultClass | undefined =>
  typeof word === "string" ? from.get(word.toLowerCase()) : undefined

/** Whether a refusal says that the conversation is too long: many servers have no code for it. */
export const isAboutLength = (message: string): boolean =>
  /(maximum|max) (context|prompt|model|sequence) (length|window|size)|context (length|window|size)|prompt is too long|input token count/i
    .test(message)

/** Whether a refusal says that the key is not good: xAI answers so with 400. */
export const isAboutKey = (message: string): boolean =>
  /incorrect api key|invalid api key/i.test(message)

/** Whether a refusal says that the account has nothing left: Fireworks answers so with 412. */
export const isAboutMoney = (message: string): boolean =>
  /(monthly )?spending limit|insufficient (balance|credits)/i.test(message)

/** Whether a refusal says that a filter is the reason, as DeepSeek and Azure put it. */
export const isAboutContent = (message: string): boolean =>
  /content exists risk|content management policy/i.test(message)
