/**
 * Takes credentials out of text that is about to be told to somebody. Nothing that is told should have
 * one in it: this is for the day when something has.
 *
 * @module
 */
import * as Context from "effect/Context"

/** Whatever looks like a credential, the telling part of it first. */
const patterns: ReadonlyArray<RegExp> = [
  // `sk-…` of OpenAI and Anthropic, `psk_…` of our own, and those of others that are built alike.
  /\b(?:sk|psk|pk|rk|gsk|xai|hf)[-_][A-Za-z0-9_-]{6,}/g,
  // Google's.
  /\bAIza[A-Za-z0-9_-]{8,}/g,
  // JSON Web Tokens.
  /\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g,
  /\b(?:bearer\s+[A-Za-z0-9._~+/=-]+|basic\s+[A-Za-z0-9+/=]{12,})/gi,
  /\b(?:x-api-key|x-goog-api-key|api[-_]?key|authorization)["']?\s*[:=]\s*["']?[^\s"',;&]+/gi,
  // A name and a password within an address.
  /(?<=:\/\/)[^\s/@]+:[^\s/@]+(?=@)/g
]

const hidden = "[hidden]"

/** Takes credentials out of text. */
export interface Scrubber {
  /** Has `secret` hidden from now on, however it looks; one of fewer than 8 characters is not. */
  readonly hide: (secret: string) => void
  readonly scrub: (text: string) => string
}

/** One that knows no secret but by its looks. */
export const make = (): Scrubber => {
  const secrets = new Set<string>()
  return {
    // Shorter ones are words that may stand anywhere.
    hide: (secret) => void (secret.length >= 8 && secrets.add(secret)),
    scrub: (text) => {
      let scrubbed = text
      for (const secret of secrets) scrubbed = scrubbed.replaceAll(secret, hidden)
      for (const pattern of patterns) scrubbed = scrubbed.replace(pattern, hidden)
      return scrubbed
    }
  }
}

/** The one in use. Default: one for this process. */
export const Scrubber = Context.Reference<Scrubber>("penstock/telemetry/Scrubber", {
  defaultValue: make
})
