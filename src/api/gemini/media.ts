/**
 * Images in Gemini's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Part } from "../../domain/Message.ts"
import { string } from "../json.ts"
import { camelObject } from "./camel.ts"

/** The image in a part; absent where it is none, or one that only Google can reach. */
export const imageOf = (part: JsonObject): Part | undefined => {
  const url = inline(camelObject(part.inlineData)) ?? linked(camelObject(part.fileData))
  return url === undefined ? undefined : { type: "image", url }
}

const inline = (blob: JsonObject | undefined): string | undefined => {
  const mimeType = string(blob?.mimeType)
  const data = string(blob?.data)
  return mimeType?.startsWith("image/") && data
    ? `data:${mimeType};base64,${standard(data)}`
    : undefined
}

/** Google's library for Python writes the other alphabet of base64, which others do not read. */
const standard = (data: string): string => data.replaceAll("-", "+").replaceAll("_", "/")

const linked = (file: JsonObject | undefined): string | undefined => {
  const uri = string(file?.fileUri)
  if (uri === undefined || !/^https:\/\//i.test(uri)) return undefined
  // Files that were uploaded to Google are there for its own models.
  if (/^https:\/\/[^/]*\.googleapis\.com\//i.test(uri)) return undefined
  const mimeType = string(file?.mimeType)
  const isImage = mimeType === undefined || mimeType === ""
    ? /^[^?#]*\.(?:png|jpe?g|webp|gif|heic|heif)(?:[?#]|$)/i.test(uri)
    : mimeType.startsWith("image/")
  return isImage ? uri : undefined
}
