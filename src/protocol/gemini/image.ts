/**
 * Images, in Gemini's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"

/** The part that shows the image at `url`; absent where Gemini cannot take it. */
export const imagePart = (url: string): JsonObject | undefined => {
  if (/^data:/i.test(url)) return inline(url)
  return /^https:\/\//i.test(url)
    ? { fileData: { mimeType: guessMimeType(url), fileUri: url } }
    : undefined
}

const inline = (url: string): JsonObject | undefined => {
  const comma = url.indexOf(",")
  const [mimeType = "", ...words] = url.slice("data:".length, comma).toLowerCase().split(";")
  return comma > 0 && mimeType.startsWith("image/") && words.at(-1) === "base64"
    ? { inlineData: { mimeType, data: url.slice(comma + 1) } }
    : undefined
}

const guessMimeType = (url: string): string | undefined =>
  mimeTypes.get(/^[^?#]*\.([a-z]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "")

const mimeTypes: ReadonlyMap<string, string> = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["gif", "image/gif"],
  ["heic", "image/heic"],
  ["heif", "image/heif"]
])
