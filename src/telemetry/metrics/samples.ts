/**
 * What a reading says of requests: those that were alike, together.
 *
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import * as Distribution from "./Distribution.ts"
import { histograms } from "./metrics.ts"
import { providerId } from "../providerName.ts"
import type { Recorded } from "./Values.ts"

/** What is timed of requests. */
export type Timing = "duration" | "firstToken" | "perToken" | "queue" | "overhead"

/** Everything that is timed of requests. */
export const timings = [
  "duration",
  "firstToken",
  "perToken",
  "queue",
  "overhead"
] as const satisfies ReadonlyArray<Timing>

/** How requests ended: with an answer, with an error, or the client left. */
export type Ending = "answered" | "failed" | "left"

/** Requests that were answered by the same model of the same provider, and ended alike. */
export interface Sample {
  readonly provider: string
  readonly model: string
  readonly ending: Ending
  /** In seconds; absent where nothing of it was timed. */
  readonly times: Readonly<Partial<Record<Timing, Distribution.Distribution>>>
  /** Read and written. */
  readonly tokens: number
}

/** A sample that grows. */
interface Draft {
  readonly provider: string
  readonly model: string
  readonly ending: Ending
  readonly times: Partial<Record<Timing, Distribution.Distribution>>
  tokens: number
}

const timingOf = new Map(timings.map((timing) => [histograms[timing].name, timing]))

/** Samples in the making, by whom they are of. */
type Drafts = Map<string, Draft>

/** The samples of one reading. */
export const fromReading = (recorded: ReadonlyArray<Recorded>): ReadonlyArray<Sample> => {
  const drafts: Drafts = new Map()
  for (const { metric: { name }, attributes, values } of recorded) {
    const timing = timingOf.get(name)
    if (timing === undefined && name !== histograms.tokens.name) continue
    const draft = draftOf(drafts, whose(attributes))
    if (timing) addTimes(draft, timing, values)
    else draft.tokens += values.sum
  }
  return Array.from(drafts.values())
}

/** Samples of the same requests as one; it is exact. */
export const merge = (all: ReadonlyArray<Sample>): ReadonlyArray<Sample> => {
  const drafts: Drafts = new Map()
  for (const sample of all) {
    const draft = draftOf(drafts, sample)
    draft.tokens += sample.tokens
    for (const timing of timings) {
      const more = sample.times[timing]
      if (more) addTimes(draft, timing, more)
    }
  }
  return Array.from(drafts.values())
}

const addTimes = (draft: Draft, timing: Timing, more: Distribution.Distribution): void => {
  const has = draft.times[timing]
  draft.times[timing] = has ? Distribution.merge([has, more]) : more
}

type Whose = Pick<Sample, "provider" | "model" | "ending">

const draftOf = (drafts: Drafts, { provider, model, ending }: Whose): Draft => {
  const key = `${provider}\n${model}\n${ending}`
  let draft = drafts.get(key)
  if (!draft) {
    draft = { provider, model, ending, times: {}, tokens: 0 }
    drafts.set(key, draft)
  }
  return draft
}

const whose = (attributes: Attributes): Whose => ({
  provider: providerId(String(attributes["gen_ai.provider.name"])),
  model: String(attributes["gen_ai.response.model"]),
  ending: endingOf(attributes["error.type"])
})

const endingOf = (error: Attributes[string]): Ending =>
  error === undefined ? "answered" : error === "client_abort" ? "left" : "failed"
