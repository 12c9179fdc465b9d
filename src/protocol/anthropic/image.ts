/**
 * Where an image is to be had, in Anthropic's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"

const mediaTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"]

/** The source of the image at `url`; absent where Anthropic cannot take it. */
export const imageSource = (url: string): JsonObject | undefined => {
  if (/^data:/i.test(url)) return inline(url)
  return /^https:\/\//i.test(url) && URL.canParse(url) ? { type: "url", url } : undefined
}

const inline = (url: string): JsonObject | undefined => {
  const comma = url.indexOf(",")
  if (comma < 0) return undefined
  const words = url.slice("data:".length, comma).toLowerCase().split(";")
  const [mediaType = ""] = words
  const data = url.slice(comma + 1)
  // A search for what must not be there needs no backtracking, however long the data are.
  const wellFormed = words.at(-1) === "base64" && data !== "" && !/[^A-Za-z0-9+/=]/.test(data)
  return wellFormed && mediaTypes.includes(mediaType)
    ? { type: "base64", media_type: mediaType, data }
    : undefined
}
