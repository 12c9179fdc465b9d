import { assertEquals } from "@std/assert"
import * as Redacted from "effect/Redacted"
import { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import { withoutKey } from "../../src/provider/withoutKey.ts"

const key = "plain words with no shape"

const told = (message: string, apiKey: string | undefined = key) =>
  withoutKey(apiKey === undefined ? undefined : Redacted.make(apiKey))(
    new UpstreamFault({ class: "auth", message, status: 401, retryAfterMs: 5 })
  )

Deno.test("a key is taken out of a fault wherever it stands, and nothing else is", () => {
  const fault = told(`No "${key}", not even ${key}`)
  assertEquals(fault.message, 'No "[redacted]", not even [redacted]')
  assertEquals([fault.class, fault.status, fault.retryAfterMs], ["auth", 401, 5])
  assertEquals(told("All is well").message, "All is well")
})

Deno.test("a key that was cut off with the message is taken out as well", () => {
  for (let length = 4; length < key.length; length++) {
    assertEquals(told(`No ${key.slice(0, length)}…`).message, "No [redacted]…")
  }
  assertEquals(told("No pl…").message, "No pl…")
})

Deno.test("a placeholder is no key: it stands in ordinary words", () => {
  assertEquals(told("The ollama server failed", "ollama").message, "The ollama server failed")
  assertEquals(withoutKey(undefined)(told("x")).message, "x")
})
