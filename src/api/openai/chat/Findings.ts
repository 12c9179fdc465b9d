/**
 * What a reader of chats finds on its way.
 *
 * @module
 */
import type { Untold } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import type { Path } from "../../Fields.ts"

/** What a reader finds on its way, and cannot say in what it reads. */
export interface Findings {
  /** What is wrong. */
  readonly issues: Array<Issue>
  /** What only a provider that speaks OpenAI's dialect can be told. */
  readonly only: Array<Untold>
}

/** Notes that what stands at `path` is for a provider that speaks OpenAI's dialect alone. */
export const openaiOnly = ({ only }: Findings, path: Path, what: string): void => {
  only.push({
    path,
    message: `${what} can only be passed on to a provider that speaks OpenAI's dialect`
  })
}

/** A client's own word, as it may stand in a message. */
export const quoted = (word: string): string => `"${word.replace(/[^\w.-]/g, "?").slice(0, 64)}"`
