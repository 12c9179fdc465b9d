import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { DialectName } from "../../src/domain/Message.ts"
import { answer, type FakeProvider, type RecordedCall } from "../kit/FakeProvider.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import { check, type Reply } from "./client.ts"
import { dialects, type House, keys, modelAt, open } from "./house.ts"
import { good, type Row } from "./Row.ts"
import { leftOut, table } from "./table.ts"

const scope = Scope.makeUnsafe()
let house: House

Deno.test.beforeAll(async () => {
  house = await Effect.runPromise(Scope.provide(open, scope))
})
Deno.test.afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

const ask = async (api: string, model: string, streamed: boolean): Promise<Reply> => {
  const response = await fetch(`${api}/generate${streamed ? "/stream" : ""}`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: JSON.stringify(hello(model)),
    signal: AbortSignal.timeout(15_000)
  })
  const { status, headers } = response
  return { status, headers, text: await response.text() }
}

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

const checkHidden = ({ headers, text }: Reply, { hidden = [] }: Row) => {
  const all = `${JSON.stringify([...headers])}\n${text}`.toLowerCase()
  for (const secret of [...secrets, ...hidden]) {
    assert(!all.includes(secret.toLowerCase()), `The client is shown ${secret}: ${all}`)
  }
  assertEquals([...headers.keys()].filter((name) => !ours.has(name)), [], "Headers not ours")
}

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
  "x-request-id"
])

/** The header that shows our key, and how. */
const shows: Record<DialectName, (key: string) => readonly [string, string]> = {
  openai: (key) => ["authorization", `Bearer ${key}`],
  anthropic: (key) => ["x-api-key", key],
  gemini: (key) => ["x-goog-api-key", key]
}

const checkCall = ({ dialect, headers, path, body }: RecordedCall, key: string) => {
  assertEquals(headers.get("accept-encoding"), "identity")
  const [name, value] = shows[dialect](key)
  assertEquals(headers.get(name), value)
  const elsewhere = JSON.stringify([
    path,
    body,
    ...[...headers].filter(([other]) => other !== name)
  ])
  assert(!elsewhere.includes(key), "The key is in another place as well")
  assert(!elsewhere.includes(apiKey), "The provider is shown the client's key")
}

/** Waits, turn by turn of the event loop, until at most `most` connections are open. */
const checkConnections = async (fake: FakeProvider, most: number) => {
  const latest = performance.now() + 2000
  while (fake.active() > most && performance.now() < latest) {
    await new Promise((turn) => setTimeout(turn, 0))
  }
  assert(fake.active() <= most, `${fake.active()} connections to the provider are still open`)
}

const run = async (row: Row, dialect: DialectName, streamed: boolean): Promise<void> => {
  const expected = streamed ? row.streamed : row.whole
  if (expected === undefined) return
  const { at = "fake", script } = row
  const api = row.hasty ? house.hasty : house.patient
  const fake = house.fakes[dialect]
  const model = modelAt(at, dialect)
  if (row.warm) await ask(api, model, false)
  const before = fake.calls.length
  fake.respond(
    typeof script === "function" ? (call) => script(call, house.elsewhere.url) : script ?? answer()
  )
  const reply = await ask(api, model, streamed)
  fake.respond(answer())

  check(reply, expected, streamed, model)
  checkHidden(reply, row)
  const calls = fake.calls.slice(before)
  const asked = at === "fake" || at === "own" ? 1 : 0
  const again = row.resent && (calls[0]?.nthOnConnection ?? 0) > 1 ? 1 : 0
  assertEquals(calls.length, asked + again, "How often the provider was asked")
  for (const call of calls) checkCall(call, at === "own" ? keys.own : keys[dialect])
  // One may wait for the next call, but none that a fault left behind.
  if (asked) await checkConnections(fake, row.closes ? 0 : 1)

  const next = await ask(api, modelAt("fake", dialect), streamed)
  check(next, good(), streamed, modelAt("fake", dialect))
}

for (const row of table) {
  Deno.test({
    name: `${row.id}: ${row.what}`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const wrong: Array<string> = []
      for (const streamed of [false, true]) {
        await Promise.all(
          (row.dialects ?? dialects).map((dialect) =>
            run(row, dialect, streamed).catch((cause) => {
              wrong.push(`${dialect}, ${streamed ? "streamed" : "whole"}: ${cause}`)
            })
          )
        )
      }
      assert(wrong.length === 0, wrong.join("\n"))
      const { calls, strays } = house.elsewhere
      assertEquals([calls.length, strays.length], [0, 0], "Nobody follows a redirect")
      const open = new Set<FakeProvider>(Object.values(house.fakes))
      for (const fake of house.all) {
        assertEquals(fake.strays.length, 0, "A call to an address that no dialect has")
        await checkConnections(fake, open.has(fake) ? 1 : 0)
      }
    }
  })
}

Deno.test("every upstream fault from U1 to U41 is in the matrix, or is left out for a reason", () => {
  const ids = Array.from({ length: 41 }, (_, at) => `U${at + 1}`)
  const there = new Set<string>([...table, ...leftOut].map(({ id }) => id))
  assertEquals(ids.filter((id) => !there.has(id)), [])
  assertEquals([...there].filter((id) => !ids.includes(id)), [])
  const names = table.map(({ id, what }) => `${id}: ${what}`)
  assertEquals(names.length, new Set(names).size, "Two rows have the same name")
})
