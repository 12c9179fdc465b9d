/**
 * What must stay hidden: from clients what providers are and say, from providers everything but what
 * they need.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import type { DialectName } from "../../src/domain/Message.ts"
import type { FakeProvider, RecordedCall } from "../kit/FakeProvider.ts"
import { apiKey } from "../kit/gateway.ts"
import type { Reply } from "./client.ts"
import { keys } from "./house.ts"

/** Nothing of this is a client's business. */
const secrets = [
  ...Object.values(keys).flatMap((key) => [key, key.slice(0, 14)]),
  "127.0.0.1",
  ".invalid",
  "it is the proxy",
  "<",
  "OpenSSH",
  "canary"
]

/** Nothing else is passed on. */
const ours = new Set([
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "date",
  "retry-after",
  "retry-after-ms",
  "transfer-encoding",
  "vary",
  "x-accel-buffering",
  "x-penstock-attempts",
  "x-request-id",
  "x-should-retry"
])

/** Checks that a client is shown no secret, nothing of `more`, and no header but ours. */
export const checkHidden = ({ headers, text }: Reply, more: ReadonlyArray<string> = []): void => {
  const all = `${JSON.stringify([...headers])}\n${text}`.toLowerCase()
  for (const secret of [...secrets, ...more]) {
    assert(!all.includes(secret.toLowerCase()), `The client is shown ${secret}: ${all}`)
  }
  assertEquals([...headers.keys()].filter((name) => !ours.has(name)), [], "Headers not ours")
}

/** The header that shows our key, and how. */
const shows: Record<DialectName, (key: string) => readonly [string, string]> = {
  openai: (key) => ["authorization", `Bearer ${key}`],
  anthropic: (key) => ["x-api-key", key],
  gemini: (key) => ["x-goog-api-key", key],
  bedrock: (key) => ["authorization", `Bearer ${key}`],
  cohere: (key) => ["authorization", `Bearer ${key}`]
}

/** Checks that a provider is shown `key` where it belongs, and no other. */
export const checkCall = ({ dialect, headers, path, body }: RecordedCall, key: string): void => {
  assertEquals(headers.get("accept-encoding"), "identity")
  const [name, value] = shows[dialect](key)
  assertEquals(headers.get(name), value)
  const elsewhere = JSON.stringify([
    path,
    body,
    ...[...headers].filter(([other]) => other !== name)
  ])
  for (const other of [...Object.values(keys), apiKey]) {
    assert(!elsewhere.includes(other), "A key is in a place that it does not belong in")
  }
}

/** Waits, turn by turn of the event loop, until at most `most` connections are open. */
export const checkConnections = async (fake: FakeProvider, most: number): Promise<void> => {
  const latest = performance.now() + 2000
  while (fake.active() > most && performance.now() < latest) {
    await new Promise((turn) => setTimeout(turn, 0))
  }
  assert(fake.active() <= most, `${fake.active()} connections to the provider are still open`)
}
