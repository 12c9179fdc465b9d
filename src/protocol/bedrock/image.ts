/**
 * Images in Bedrock's words.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"

const formats = new Map([
  ["image/png", "png"],
  ["image/jpeg", "jpeg"],
  ["image/gif", "gif"],
  ["image/webp", "webp"]
])

/** The image at `url`; absent where Bedrock cannot take it: it fetches none. */
export const image = (url: string): JsonObject | undefined => {
  const comma = url.indexOf(",")
  if (!/^data:/i.test(url) || comma < 0) return undefined
  const words = url.slice("data:".length, comma).toLowerCase().split(";")
  const format = formats.get(words[0] ?? "")
  const bytes = url.slice(comma + 1)
  // A search for what must not be there needs no backtracking, however long the data are.
  const isWellFormed = words.at(-1) === "base64" && bytes !== "" && !/[^A-Za-z0-9+/=]/.test(bytes)
  return format && isWellFormed ? { image: { format, source: { bytes } } } : undefined
}
