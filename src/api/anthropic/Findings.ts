/**
 * What a reader of requests finds on its way.
 *
 * @module
 */
import type { Untold } from "../../domain/Completion.ts"
import type { Issue } from "../../domain/GatewayError.ts"
import type { Path } from "../Fields.ts"
import type { Places } from "../places.ts"

/** What a reader finds on its way, and cannot say in what it reads. */
export interface Findings {
  /** What is wrong. */
  readonly issues: Array<Issue>
  /** What only a provider that speaks Anthropic's dialect can be told. */
  readonly only: Array<Untold>
  /** Where what was read stood, if anybody wants to know. */
  readonly places?: Places | undefined
}

/** Nothing yet. */
export const nothingFound = (places?: Places): Findings => ({ issues: [], only: [], places })

/** Notes where `value` stood. */
export const found = <A extends object>({ places }: Findings, path: Path, value: A): A => {
  places?.set(value, path)
  return value
}

/** Notes what is wrong at `path`. */
export const wrong = ({ issues }: Findings, path: Path, message: string): void => {
  issues.push({ path, message })
}

/** Notes that a thing of this `type` at `path` is Anthropic's alone. */
export const anthropicOnly = (
  { only }: Findings,
  path: Path,
  what: string,
  type?: string
): void => {
  // A client's own word, as it may stand in a message.
  const named = type === undefined
    ? what
    : `${what} of type "${type.replace(/[^\w.-]/g, "?").slice(0, 64)}"`
  only.push({
    path,
    message: `${named} can only be passed on to a provider that speaks Anthropic's dialect`
  })
}
