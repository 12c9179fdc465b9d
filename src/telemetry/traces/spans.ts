/**
 * What spans say of a request and of its calls, in the words of the GenAI semantic conventions. Who
 * asked, what was asked and what was answered are not among it.
 *
 * @module
 */
import type { Attributes, HrTime } from "@opentelemetry/api"
import type { Usage } from "../../domain/Usage.ts"
import type { Called, Settled } from "../../ledger/Entry.ts"
import { costOfCalls, usageOfCalls } from "../charges.ts"
import { providerName } from "../providerName.ts"

/** One span, before it has an id. */
export interface SpanFacts {
  readonly name: string
  readonly start: HrTime
  readonly end: HrTime
  readonly duration: HrTime
  readonly attributes: Attributes
  /** How it failed; absent where it did not. */
  readonly failure: string | undefined
}

/** The span of a request, from when it came until it was over. */
export const requestSpan = (settled: Settled): SpanFacts => {
  const { at, calls, durationMs, firstTokenMs, operation = "chat", outcome } = settled
  const failure = outcome === "ok" || outcome === "filtered" ? undefined : outcome
  return {
    name: `${operation} ${settled.asked}`,
    start: time(at),
    end: time(at + durationMs),
    duration: time(durationMs),
    failure,
    attributes: present({
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": settled.provider && providerName(settled.provider),
      "gen_ai.request.model": settled.asked,
      "gen_ai.response.model": calls.some(hasAnswered) ? settled.model : undefined,
      "gen_ai.request.stream": settled.streamed,
      "gen_ai.response.time_to_first_chunk": seconds(firstTokenMs),
      ...usageAttributes(usageOfCalls(calls)),
      "error.type": failure,
      "penstock.request.id": settled.id,
      "penstock.outcome": outcome,
      "penstock.attempts": calls.length,
      "penstock.cost.nanodollars": costOfCalls(calls)
    })
  }
}

/** The span of one of its calls to a provider, the wait for a place included. */
export const callSpan = (settled: Settled, call: Called): SpanFacts => {
  const { at, asked, id, operation = "chat", streamed } = settled
  const start = at + call.startedMs
  const failure = call.outcome === "answered" ? undefined : call.outcome
  return {
    name: `${operation} ${call.model}`,
    start: time(start),
    end: time(start + call.durationMs),
    duration: time(call.durationMs),
    failure,
    attributes: present({
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": providerName(call.provider),
      "gen_ai.request.model": call.model,
      "gen_ai.response.model": hasAnswered(call) ? call.model : undefined,
      "gen_ai.request.stream": streamed,
      "gen_ai.response.time_to_first_chunk": seconds(call.firstTokenMs),
      ...usageAttributes(call.charge?.usage),
      "error.type": failure,
      "http.response.status_code": call.status,
      "penstock.request.id": id,
      "penstock.request.model": asked,
      "penstock.deployment": call.deployment,
      "penstock.attempt.number": call.number,
      "penstock.attempt.outcome": call.outcome,
      "penstock.attempt.queue_ms": call.queueMs,
      "penstock.attempt.resumed": call.resumed,
      "penstock.cost.nanodollars": costOfCalls([call])
    })
  }
}

/** In whole or in part. */
const hasAnswered = ({ outcome, showed }: Called) => outcome === "answered" || showed

const usageAttributes = (usage: Usage | undefined) => ({
  "gen_ai.usage.input_tokens": usage?.promptTokens,
  "gen_ai.usage.output_tokens": usage?.completionTokens,
  "gen_ai.usage.cache_read.input_tokens": usage?.cachedTokens,
  "gen_ai.usage.cache_creation.input_tokens": usage?.cacheWriteTokens,
  "gen_ai.usage.reasoning.output_tokens": usage?.reasoningTokens,
  "penstock.usage.source": usage?.source
})

/** Without those that have no value. */
const present = (
  attributes: Readonly<Record<string, string | number | boolean | undefined>>
): Attributes => {
  const known: Attributes = {}
  for (const name in attributes) {
    if (attributes[name] !== undefined) known[name] = attributes[name]
  }
  return known
}

const seconds = (ms: number | undefined) => ms === undefined ? undefined : ms / 1000

/** Unix milliseconds as OpenTelemetry has time: whole seconds, and nanoseconds within one. */
const time = (ms: number): HrTime => {
  const micros = Math.round(ms * 1000)
  const whole = Math.floor(micros / 1_000_000)
  return [whole, (micros - whole * 1_000_000) * 1000]
}
