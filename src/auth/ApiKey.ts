/**
 * API keys: how one is made, told from garbage without looking it up, and compared.
 *
 * A made key is `psk_<id>_<secret><checksum>`: an id of 12 characters, 256 random bits in base64url,
 * and a checksum over all before it, by which secret scanners recognise it too.
 *
 * @module
 */
// By the default import, so that a test can count the comparisons.
import crypto from "node:crypto"
import { crc32 } from "node:zlib"
import { Buffer } from "node:buffer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** How every made key begins. */
export const prefix = "psk_"

/** The 32 bytes of a SHA-256. */
export type Digest = Uint8Array

/** A new key: `key` is shown once, `id` and `sha256` (hexadecimal) are kept. */
export interface MadeKey {
  readonly id: string
  readonly key: Redacted.Redacted<string>
  readonly sha256: string
}

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const checksumAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const shape = /^psk_([0-9a-z]{12})_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/
const length = 66
const checksumLength = 6

const checksum = (text: string): string => {
  let rest = crc32(text)
  let written = ""
  for (let digit = 0; digit < checksumLength; digit++) {
    written = checksumAlphabet.charAt(rest % 62) + written
    rest = Math.floor(rest / 62)
  }
  return written
}

/** Makes a key that nobody has seen. */
export const make: Effect.Effect<MadeKey> = Effect.sync(() => {
  let id = ""
  for (const byte of crypto.randomBytes(12)) id += idAlphabet.charAt(byte % idAlphabet.length)
  const body = `${prefix}${id}_${crypto.randomBytes(32).toString("base64url")}`
  const key = body + checksum(body)
  return { id, key: Redacted.make(key, { label: "API key" }), sha256: toHex(digest(key)) }
})

/** The id inside a made key; `undefined` where `key` is not one, or was mistyped. */
export const idOf = (key: string): string | undefined => {
  if (key.length !== length) return undefined
  const id = shape.exec(key)?.[1]
  const end = length - checksumLength
  return id !== undefined && key.slice(end) === checksum(key.slice(0, end)) ? id : undefined
}

/** SHA-256: enough for 256 random bits, and too fast to overload the gateway with. */
export const digest = (key: string): Digest => crypto.hash("sha256", key, "buffer")

/** A digest that was kept in hexadecimal. */
export const fromHex = (sha256: string): Digest => Buffer.from(sha256, "hex")

/** A digest in hexadecimal, as it is kept. */
export const toHex = (digest: Digest): string => Buffer.from(digest).toString("hex")

// Random, so that no key can be made to match it.
const nobody = digest(crypto.randomUUID())

/** Whether two digests are the same; with nothing to compare with it takes as long, and says no. */
export const matches = (sent: Digest, kept: Digest | undefined): boolean =>
  crypto.timingSafeEqual(sent, kept ?? nobody) && kept !== undefined
