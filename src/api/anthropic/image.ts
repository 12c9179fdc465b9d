/**
 * Images, as Anthropic's clients show them.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Part } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { object, string } from "../json.ts"
import { anthropicOnly, type Findings, wrong } from "./Findings.ts"

/** Reads an image block at `path`; absent where it is none that everybody can be shown. */
export const readImage = (
  { source: from }: JsonObject,
  path: Path,
  findings: Findings
): Part | undefined => {
  const source = object(from)
  const at = [...path, "source"]
  switch (source?.type) {
    case "base64": {
      const mediaType = string(source.media_type)
      const data = string(source.data)
      if (mediaType && data) return { type: "image", url: `data:${mediaType};base64,${data}` }
      wrong(findings, at, "Expected media_type and data")
      return undefined
    }
    case "url": {
      const url = string(source.url)
      if (url) return { type: "image", url }
      wrong(findings, at, "Expected a url")
      return undefined
    }
    default: {
      const type = string(source?.type)
      if (type === undefined) wrong(findings, at, 'Expected a source of type "base64" or "url"')
      else anthropicOnly(findings, at, "An image", type)
      return undefined
    }
  }
}
