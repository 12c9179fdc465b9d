/**
 * What a message says, as OpenAI's clients write it.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import type { Issue } from "../../../domain/GatewayError.ts"
import type { Part } from "../../../domain/Message.ts"
import type { Path } from "../../Fields.ts"
import { oneOf } from "../../Fields.ts"
import { object, string } from "../../json.ts"

/** A message's content: a text, or parts. Nothing where there is none. */
export const readContent = (
  content: Json | undefined,
  path: Path,
  issues: Array<Issue>
): ReadonlyArray<Part> => {
  if (content === undefined || content === null || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) {
    issues.push({ path, message: "Expected a text or an array of parts" })
    return []
  }
  const parts: Array<Part> = []
  content.forEach((value, at) => {
    const part = readPart(value, [...path, at], issues)
    if (part) parts.push(part)
  })
  return parts
}

const readPart = (value: Json, path: Path, issues: Array<Issue>): Part | undefined => {
  const wrong = (key: string, message: string) =>
    void issues.push({ path: [...path, key], message })
  const part = object(value)
  switch (part?.type) {
    case "text":
    case "refusal": {
      const text = string(part[part.type])
      if (text !== undefined) return { type: "text", text }
      wrong(part.type, "Expected a text")
      return undefined
    }
    case "image_url": {
      const image = object(part.image_url)
      const url = string(image?.url ?? part.image_url)
      if (url) return { type: "image", url, detail: detail(image?.detail) }
      wrong("image_url", "Expected an https: address or a data: URL")
      return undefined
    }
    default:
      wrong(
        "type",
        `Expected "text" or "image_url": no other kind of content can be passed on`
      )
      return undefined
  }
}

/** A word that is not known is a wish that is not understood; the image is shown all the same. */
const detail = oneOf("auto", "low", "high")
