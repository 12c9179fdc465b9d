/**
 * What is found out about a request while it is read, beside what it asks for.
 *
 * @module
 */
import type { JsonObject, Untold } from "../../domain/Completion.ts"
import type { Issue } from "../../domain/GatewayError.ts"
import type { Path } from "../Fields.ts"
import type { Places } from "../places.ts"
import { camelObject } from "./camel.ts"
import { printable } from "./path.ts"

/** What is found out. */
export interface Notes {
  /** What is wrong with it. */
  readonly issues: Array<Issue>
  /** What only a provider that speaks Gemini's API can be told. */
  readonly only: Array<Untold>
  /** Where what was read stood, if anybody wants to know. */
  readonly places?: Places | undefined
}

/** Notes where `value` stood. */
export const found = <A extends object>({ places }: Notes, path: Path, value: A): A => {
  places?.set(value, path)
  return value
}

/** `value`, where it is an object; notes that it is none, but for one that is absent. */
export const objectAt = (value: unknown, path: Path, { issues }: Notes): JsonObject | undefined => {
  const fields = camelObject(value)
  if (fields === undefined && value !== undefined && value !== null) {
    issues.push({ path, message: "Expected an object" })
  }
  return fields
}

/** Notes that what stands at `path` is for providers of Gemini's API alone. */
export const noteOnly = ({ only }: Notes, path: Path, what: string): void => {
  only.push({ path, message: `Only a provider that speaks Gemini's API takes ${what}` })
}

/** Notes a part that is in no words but Gemini's. */
export const noteOther = (part: JsonObject, path: Path, notes: Notes): void => {
  if (part.text !== undefined && part.text !== null) {
    notes.issues.push({ path: [...path, "text"], message: "Expected a text" })
    return
  }
  const kind = Object.keys(part).find((key) => part[key] !== null && part[key] !== undefined)
  if (kind !== undefined) noteOnly(notes, [...path, printable(kind)], "such a part")
}
