/**
 * Keeps our credential out of what a provider says.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import { UpstreamFault } from "../domain/UpstreamFault.ts"

/** Shorter ones are placeholders: they guard nothing, and would be found in ordinary words. */
const shortestKey = 8
/** So much of a key that was cut off is no longer a coincidence. */
const shortestStart = 4

/**
 * Takes `apiKey` out of a fault, also where the message was cut in the midst of it. Providers repeat
 * what they were sent, and a key may look like any word.
 */
export const withoutKey = (apiKey: Redacted.Redacted | undefined) => (error: UpstreamFault) => {
  const key = apiKey ? Redacted.value(apiKey) : ""
  const { message } = error
  if (key.length < shortestKey) return error
  const clean = withoutStart(message.replaceAll(key, hidden), key)
  return clean === message
    ? error
    : new UpstreamFault({ ...error, class: error.class, message: clean })
}

/** Whether `secret` stands in `text`; a placeholder is none. */
export const isIn = (secret: Redacted.Redacted, text: string): boolean => {
  const value = Redacted.value(secret)
  return value.length >= shortestKey && text.includes(value)
}

/** Takes each of `secrets` out of a fault. */
export const withoutSecrets = (secrets: ReadonlyArray<Redacted.Redacted>) => {
  const clean = secrets.map(withoutKey)
  return (error: UpstreamFault) => clean.reduce((error, without) => without(error), error)
}

const hidden = "[redacted]"

/** Without the beginning of `key` at the end of a text that was cut. */
const withoutStart = (message: string, key: string): string => {
  if (!message.endsWith("…")) return message
  for (let length = key.length - 1; length >= shortestStart; length--) {
    const cut = `${key.slice(0, length)}…`
    if (message.endsWith(cut)) return `${message.slice(0, -cut.length)}${hidden}…`
  }
  return message
}
