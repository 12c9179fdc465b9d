/**
 * Whose model it is: what Converse has no words of its own for is said in the words of its maker.
 *
 * @module
 */
import type { CompletionRequest, JsonObject } from "../../domain/Completion.ts"
import type { Target } from "../Dialect.ts"

/** The models of one maker, or of none that we know. */
export interface Family {
  readonly isClaude: boolean
  /** How it is told how hard to think. */
  readonly thinks: "adaptive" | "budget" | "nova" | "effort" | "never"
  /** How many of the likeliest tokens to choose among. */
  readonly topK: (topK: number | undefined) => JsonObject
}

const plainTopK: Family["topK"] = (topK) => ({ top_k: topK })

/** From Claude 4.6 on. */
const claude: Family = { isClaude: true, thinks: "adaptive", topK: plainTopK }
const olderClaude: Family = { ...claude, thinks: "budget" }
const nova: Family = {
  isClaude: false,
  thinks: "nova",
  topK: (topK) => topK === undefined ? {} : { inferenceConfig: { topK } }
}
/** What it does not know, it refuses: the client's answer then. */
const unknown: Family = { isClaude: false, thinks: "effort", topK: plainTopK }
/** The same for who rather has parts left out than refused. */
const unknownAndMild: Family = { isClaude: false, thinks: "never", topK: () => ({}) }

/** Such as `claude-3-7-sonnet-20250219`, `claude-opus-4-20250514` and `claude-haiku-4-5-20251001`. */
const older = /claude-(?:v?[123]\b|instant|[a-z]+-4-(?:[0-5]|\d{8})\b)/i

/** The family of the model that is asked; an ARN may hide it, and then the client's name tells. */
export const familyOf = ({ model, dropUnsupported }: CompletionRequest, target: Target): Family => {
  for (const name of [target.model, model]) {
    if (/claude/i.test(name)) return older.test(name) ? olderClaude : claude
    if (/\bnova\b/i.test(name)) return nova
  }
  if (/\bgpt-oss\b|\bkimi\b/i.test(target.model)) return unknown
  return dropUnsupported ? unknownAndMild : unknown
}
