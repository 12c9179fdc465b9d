/**
 * What is wrong with a request, in the words of OpenAI's clients.
 *
 * @module
 */
import { type GatewayError, invalidRequest, type Issue } from "../../domain/GatewayError.ts"
import type { Path } from "../Fields.ts"

/** The refusal of a request that has `issues`; there is at least one. */
export const invalid = (issues: ReadonlyArray<Issue>): GatewayError => {
  const [first] = issues
  const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ""
  return invalidRequest(
    first ? `${told(first)}${others}` : "The request is not valid",
    { issues }
  )
}

/** One issue as a sentence: where, and what. */
export const told = ({ path, message }: Issue): string => {
  const param = paramOf(path)
  return param === undefined ? message : `${param}: ${message}`
}

/**
 * A path as OpenAI writes it, such as `messages[0].content`. What stands below `parameters` in our own
 * API stands beside the messages in OpenAI's.
 */
export const paramOf = (path: Path): string | undefined => {
  const own = path[0] === "parameters" ? path.slice(1) : path
  return own.length === 0
    ? undefined
    : own.map((key, at) =>
      typeof key === "number" ? `[${key}]` : at === 0 ? printable(key) : `.${printable(key)}`
    ).join("")
}

/** A key that a client made up, as it may stand in an answer. */
const printable = (key: string): string => key.replace(/[^\x20-\x7e]/g, "?").slice(0, 128)
