/**
 * Which of two media types a client would rather have.
 *
 * @module
 */

/** Whether `accept`, the header, asks for `type` by its name, and for JSON no more than for it. */
export const prefers = (accept: string | undefined, type: string): boolean => {
  const qualities = new Map(accept?.split(",").map(toQuality))
  const wanted = qualities.get(type) ?? 0
  return wanted > 0 && wanted >= (qualities.get("application/json") ?? 0)
}

const toQuality = (range: string): readonly [type: string, quality: number] => {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith("q="))
  return [type, quality === undefined ? 1 : Number(quality.slice(2)) || 0]
}
