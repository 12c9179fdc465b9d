/**
 * What a message says, as OpenAI's clients write it.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import type { Part } from "../../../domain/Message.ts"
import type { Path } from "../../Fields.ts"
import { oneOf } from "../../Fields.ts"
import { object, string } from "../../json.ts"
import { type Findings, openaiOnly, quoted } from "./Findings.ts"

/** A message's content: a text, or parts. Nothing where there is none that anybody can be told. */
export const readContent = (
  content: Json | undefined,
  path: Path,
  findings: Findings
): ReadonlyArray<Part> => {
  if (content === undefined || content === null || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) {
    findings.issues.push({ path, message: "Expected a text or an array of parts" })
    return []
  }
  const parts: Array<Part> = []
  content.forEach((value, at) => {
    const part = readPart(value, [...path, at], findings)
    if (part) parts.push(part)
  })
  return parts
}

const readPart = (value: Json, path: Path, findings: Findings): Part | undefined => {
  const wrong = (key: string, message: string) =>
    void findings.issues.push({ path: [...path, key], message })
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
    default: {
      const type = string(part?.type)
      if (type) openaiOnly(findings, path, `Content of type ${quoted(type)}`)
      else wrong("type", "Expected the type of the content")
      return undefined
    }
  }
}

/** A word that is not known is a wish that is not understood; the image is shown all the same. */
const detail = oneOf("auto", "low", "high")
