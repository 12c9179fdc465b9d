/**
 * What a client sees of each upstream fault, where nobody is asked twice and nobody else may answer;
 * and what the next call sees.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import { answer } from "../kit/FakeProvider.ts"
import { check } from "./client.ts"
import { type Case, testRow } from "./eachCase.ts"
import { checkCall, checkConnections, checkHidden } from "./hidden.ts"
import { keys, modelAt } from "./house.ts"
import { good, left, type Seconds } from "./Row.ts"
import { table } from "./table.ts"

const run = async ({ row, dialect, streamed, seen, house, model }: Case): Promise<void> => {
  const { at = "fake", held } = row
  const fake = house.fakes[dialect]
  const before = fake.calls.length
  if (held) house.clock.stop()
  const reply = await house.ask(model, streamed)
  fake.respond(answer())

  check(reply, { seen, streamed, model, attempts: 1 })
  checkHidden(reply, row.hidden)
  const calls = fake.calls.slice(before)
  const isThere = at === "fake" || at === "own"
  const resent = row.resent && (calls[0]?.nthOnConnection ?? 0) > 1 ? 1 : 0
  assertEquals(calls.length, isThere ? 1 + resent : 0, "How often the provider was asked")
  for (const call of calls) checkCall(call, at === "own" ? keys.own : keys[dialect])
  // One may wait for the next call, but none that a fault left behind.
  if (isThere) await checkConnections(fake, row.closes ? 0 : 1)

  if (held) {
    const refused = await house.ask(model, streamed)
    check(refused, { seen: left(held), streamed, model, attempts: 0 })
    assertEquals(fake.calls.length, before + calls.length, "It was asked though it is left alone")
    house.clock.move(longest(held.seconds) * 1000)
  }
  const next = isThere ? model : modelAt("fake", dialect)
  check(await house.ask(next, streamed), { seen: good(), streamed, model: next, attempts: 1 })
}

const longest = (seconds: Seconds): number => typeof seconds === "number" ? seconds : seconds[1]

for (const row of table) testRow(`${row.id}: ${row.what}`, row, { attempts: 1 }, run)
