/**
 * A request as its client wrote it, fit to be sent on to a provider that speaks Gemini's API.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { array, object, string } from "../json.ts"
import * as Signature from "./signature.ts"

/**
 * The fields in their order, named in camel case, so that the gateway finds what it has to change;
 * signatures that other providers' models made are taken out, since Gemini refuses them.
 */
export const originalBody = (named: JsonObject): JsonObject => {
  const contents = array(named.contents)
  if (!contents?.some((content) => partsOf(content).some(isMarked))) return named
  return { ...named, contents: contents.map(withoutMarks) }
}

const partsOf = (content: Json | undefined): ReadonlyArray<Json> =>
  array(object(content)?.parts) ?? []

const signatureOf = (part: JsonObject | undefined): string =>
  string(part?.thoughtSignature) ?? string(part?.thought_signature) ?? ""

const isMarked = (part: Json): boolean => Signature.isOurs(signatureOf(object(part)))

const withoutMarks = (content: Json): Json =>
  partsOf(content).some(isMarked)
    ? { ...object(content), parts: partsOf(content).map(withoutMark) }
    : content

const withoutMark = (part: Json): Json => {
  const fields = object(part)
  if (fields === undefined || !isMarked(part)) return part
  const { thoughtSignature: _, thought_signature: __, ...rest } = fields
  const isCall = rest.functionCall !== undefined || rest.function_call !== undefined
  return isCall ? { ...rest, thoughtSignature: foreign } : rest
}

/** Google's own word for the signature of a call that another provider's model made. */
const foreign = "skip_thought_signature_validator"
