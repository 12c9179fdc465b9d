/**
 * Where the numbers of requests go: places few enough to be kept, and made once for each kind of request.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { Outcome, Settled } from "../../ledger/Entry.ts"
import { type Cell, type Counter, other } from "./Counter.ts"
import { histograms } from "./metrics.ts"
import { providerName } from "../providerName.ts"
import type { Tally } from "./Tally.ts"
import type { Values } from "./Values.ts"

/** Requests that are alike, which have the same labels: where each number of theirs is recorded. */
export interface Series {
  readonly requests: Cell
  readonly duration: Tally
  readonly overhead: Tally
  readonly queue: Tally
  readonly input: Tally
  readonly output: Tally
  readonly firstToken: Tally
  readonly perToken: Tally
}

/** How many kinds of requests are told apart: all others are one kind for each outcome. */
export const mostSeries = 2000

/** What stands for the name of a model that is not known to be one, and for no provider at all. */
const unknown = "unknown"

/** Finds where requests are recorded: counted by `requests`, the rest of them in `values`. */
export const make = (
  requests: Counter,
  { tally }: Pick<Values, "tally">
): (settled: Settled) => Series => {
  /** Names that were served once: a client's word is no label before that. */
  const served = new Set(["auto"])
  const kinds = new Map<string, Series>()

  const serve = (name: string): void => {
    if (!served.has(name) && served.size < mostSeries) served.add(name)
  }

  const known = (name: string): string => served.has(name) ? name : unknown

  const add = (
    key: string,
    operation: NonNullable<Settled["operation"]>,
    provider: string,
    asked: string,
    model: string,
    outcome: Outcome,
    streamed: boolean
  ): Series => {
    const attributes: Attributes = {
      ...(isFailure(outcome) ? { "error.type": outcome } : {}),
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": providerName(provider),
      "gen_ai.request.model": asked,
      "gen_ai.response.model": model
    }
    const { duration, firstToken, overhead, perToken, queue, tokens } = histograms
    const made: Series = {
      requests: requests.cell(provider, model, outcome, String(streamed)),
      duration: tally(duration, attributes),
      overhead: tally(overhead, attributes),
      queue: tally(queue, attributes),
      input: tally(tokens, { ...attributes, "gen_ai.token.type": "input" }),
      output: tally(tokens, { ...attributes, "gen_ai.token.type": "output" }),
      firstToken: tally(firstToken, attributes),
      perToken: tally(perToken, attributes)
    }
    kinds.set(key, made)
    return made
  }

  return (settled) => {
    const { operation = "chat", outcome, streamed } = settled
    if (settled.calls.length > 0) {
      serve(settled.asked)
      serve(settled.model)
    }
    const provider = settled.provider ?? unknown
    const asked = known(settled.asked)
    const model = known(settled.model)
    const key = `${provider}\n${asked}\n${model}\n${operation}\n${outcome}\n${streamed}`
    const found = kinds.get(key)
    if (found) return found
    if (kinds.size < mostSeries) {
      return add(key, operation, provider, asked, model, outcome, streamed)
    }
    const rest = `${other}\n${operation}\n${outcome}\n${streamed}`
    return kinds.get(rest) ?? add(rest, operation, other, other, other, outcome, streamed)
  }
}

/** Whether `error.type` tells of it: also where nobody but the client ended it. */
const isFailure = (outcome: Outcome): boolean => outcome !== "ok" && outcome !== "filtered"
