/**
 * What a message or a tool's result says, as clients of the Responses API write it.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import type { ImageDetail, Part } from "../../../domain/Message.ts"
import * as Fields from "../../Fields.ts"
import { array, object, string } from "../../json.ts"
import type { Places } from "../../places.ts"

/** What a reader of the input finds on its way. */
export interface Found {
  /** What is wrong. */
  readonly issues: Array<Issue>
  /** Where the messages and their parts stand. Default: nobody asks. */
  readonly places?: Places | undefined
}

/** Content that is a text or an array of parts. */
export const readContent = (
  value: Json | undefined,
  path: Fields.Path,
  found: Found
): ReadonlyArray<Part> => {
  const text = string(value)
  if (text !== undefined) return textParts(text)
  const parts = array(value)
  if (parts) return parts.flatMap((part, at) => readPart(part, [...path, at], found))
  found.issues.push({ path, message: "Expected a text or an array of parts" })
  return []
}

/** A text as content: nothing where it is empty. */
export const textParts = (text: string | undefined): ReadonlyArray<Part> =>
  text ? [{ type: "text", text }] : []

const readPart = (
  value: Json,
  path: Fields.Path,
  { issues, places }: Found
): ReadonlyArray<Part> => {
  const part = object(value)
  const type = string(part?.type)
  if (part === undefined || type === undefined) {
    issues.push({ path, message: "Expected a part with a type" })
    return []
  }
  const fields = Fields.make(part, issues, path)
  switch (type) {
    case "input_text":
    case "output_text":
    case "text":
      return textParts(fields.required("text", string, "a text"))
    case "refusal":
      return textParts(fields.required("refusal", string, "a text"))
    case "input_image": {
      const images = readImage(fields)
      // Of texts nobody is ever told that they cannot be taken.
      for (const image of images) places?.set(image, path)
      return images
    }
  }
  issues.push({
    path: [...path, "type"],
    message: 'Expected "input_text", "output_text", "refusal" or "input_image": no other ' +
      "kind of content can be passed on"
  })
  return []
}

const readImage = ({ optional, refused, required }: Fields.Fields): ReadonlyArray<Part> => {
  const noFiles = "No files are kept here: send the image in image_url"
  refused("file_id", noFiles)
  if (optional("file_id", string, "a text")) return []
  const url = required("image_url", string, "an https: address or a data: URL")
  const detail = optional("detail", string, "a text")
  return url ? [{ type: "image", url, detail: details.get(detail ?? "") }] : []
}

/** `original` is more than others have a word for. */
const details: ReadonlyMap<string, ImageDetail> = new Map([
  ["auto", "auto"],
  ["low", "low"],
  ["high", "high"],
  ["original", "high"]
])
