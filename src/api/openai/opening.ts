/**
 * What every request to OpenAI's routes begins with, whatever it asks for.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { GatewayError, type Issue } from "../../domain/GatewayError.ts"
import { dropUnsupported } from "../dropUnsupported.ts"
import * as Fields from "../Fields.ts"
import { object } from "../json.ts"
import { invalid } from "./invalid.ts"

/** A request of which little is read yet. */
export interface Opening {
  readonly body: JsonObject
  readonly fields: Fields.Fields
  /** What is wrong with it so far: whoever reads on adds to it. */
  readonly issues: Array<Issue>
  /** Absent where that is wrong. */
  readonly model: string | undefined
  /** Whether what cannot be honoured is to be left out. */
  readonly drops: boolean
}

/** Begins to read a request, or says why it is none. */
export const openingOf = (value: unknown, headers: Headers): Opening | GatewayError => {
  const body = object(value)
  if (body === undefined) return invalid([{ path: [], message: "The body is not an object" }])
  const drops = dropUnsupported(headers, false)
  if (drops instanceof GatewayError) return drops
  const issues: Array<Issue> = []
  const fields = Fields.make(body, issues)
  const model = fields.required("model", Fields.textUpTo(256), "the id of a model")
  return { body, fields, issues, model, drops }
}
