/**
 * What becomes of each upstream fault where providers may be asked again and another model may answer:
 * the client sees one whole answer, and nothing of the fault. Where nobody may answer it sees the fault
 * as it was.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert"
import { answer } from "../kit/FakeProvider.ts"
import { check, type Reply } from "./client.ts"
import { type Case, testRow } from "./eachCase.ts"
import { checkCall, checkConnections, checkHidden } from "./hidden.ts"
import { keys, spareDialect, spareFor } from "./house.ts"
import { mayResolve } from "./networkRows.ts"
import { type Broken, good, type Row, type Seen } from "./Row.ts"
import { table } from "./table.ts"

const isThere = ({ at = "fake" }: Row): boolean => at === "fake" || at === "own"

/** Asks, and counts how often each provider was asked for it. */
const askOnce = async ({ row, dialect, streamed, house, model }: Case) => {
  const fake = house.fakes[dialect]
  const spares = () => house.spare.calls.filter((call) => call.dialect === spareDialect(dialect))
  const before = [fake.calls.length, spares().length] as const
  const reply = await house.ask(model, streamed)
  checkHidden(reply, row.hidden)
  const calls = fake.calls.slice(before[0])
  for (const call of calls) checkCall(call, row.at === "own" ? keys.own : keys[dialect])
  const spareCalls = spares().slice(before[1])
  for (const call of spareCalls) checkCall(call, keys.spare)
  const resent = row.resent && (calls[0]?.nthOnConnection ?? 0) > 1 ? 1 : 0
  return { reply, asked: calls.length - resent, spareCalls }
}

/** What was shown before it broke, if anything was. */
const shownBefore = (seen: Seen): string => seen.kind === "broken" ? seen.text : ""

/** A call that is to go on with `text` has it, whoever is asked. */
const checkContinues = (body: unknown, text: string) => {
  if (text !== "") assertStringIncludes(JSON.stringify(body), JSON.stringify(text).slice(1, -1))
}

/** Checks that who was asked for an answer, and how, can be read afterwards. */
const checkDecision = async (
  { house, seen }: Case,
  { headers }: Reply,
  asked: number
): Promise<void> => {
  const { outcome, attempts } = await house.read(`/requests/${headers.get("x-request-id")}`)
  assertEquals(outcome, "answered")
  const told: ReadonlyArray<{ number: number; outcome: string; resumed?: string }> = attempts
  assertEquals(told.map(({ number }) => number), Array.from({ length: asked }, (_, at) => at + 1))
  assertEquals(told.map(({ outcome }) => outcome === "answered").indexOf(true), asked - 1)
  const resumed = told.slice(1).map(({ resumed }) => resumed)
  const how = seen.kind === "broken" ? "instruction" : undefined
  assertEquals(resumed, Array(asked - 1).fill(how))
}

const rescued = async (one: Case): Promise<void> => {
  const { row, dialect, streamed, seen, house, model } = one
  const { held } = row
  const asks = row.at === "unknownHost" && !mayResolve ? 2 : row.asks ?? 1
  const fake = house.fakes[dialect]
  const spare = spareFor(dialect)
  if (held) house.clock.stop()
  const { reply, asked, spareCalls } = await askOnce(one)
  fake.respond(answer())

  // A stream tells what was known when it began.
  const attempts = seen.kind === "broken" ? 1 : asks + 1
  check(reply, { seen: good(), streamed, model, served: spare, attempts })
  assertEquals([asked, spareCalls.length], [isThere(row) ? asks : 0, 1], "Who was asked how often")
  checkContinues(spareCalls[0]?.body, shownBefore(seen))
  await checkDecision(one, reply, asks + 1)
  if (!isThere(row)) return
  await checkConnections(fake, row.closes ? 0 : 1)

  const next = await askOnce(one)
  const served = held ? spare : model
  check(next.reply, { seen: good(), streamed, model, served, attempts: 1 })
  assertEquals([next.asked, next.spareCalls.length], held ? [0, 1] : [1, 0])
}

/** As good as no fault, or one that nobody else may answer. */
const told = async (one: Case): Promise<void> => {
  const { row, streamed, seen, model } = one
  const { reply, asked, spareCalls } = await askOnce(one)
  check(reply, { seen, streamed, model, attempts: 1 })
  assertEquals([asked, spareCalls.length], [isThere(row) ? 1 : 0, 0], "Who was asked how often")
}

const healed = async (one: Case): Promise<void> => {
  const { row, streamed, seen, model } = one
  const { reply, asked, spareCalls } = await askOnce(one)
  const attempts = seen.kind === "broken" ? 1 : 2
  check(reply, { seen: good(), streamed, model, attempts })
  assertEquals([asked, spareCalls.length], [row.asks, 0], "Who was asked how often")
  await checkDecision(one, reply, 2)
}

const isFault = ({ whole, streamed }: Row): boolean => (whole ?? streamed)?.kind !== "good"

const isBroken = (seen: Seen | undefined): seen is Broken => seen?.kind === "broken"

for (const row of table) {
  const name = `${row.id}: ${row.what}`
  const { rescue = "anybody" } = row
  if (!isFault(row)) testRow(`${name}: nobody else is asked`, row, { spare: {} }, told)
  else if (rescue === "anybody") testRow(`${name}: another answers`, row, { spare: {} }, rescued)
  else testRow(`${name}: no other may answer`, row, { spare: {} }, told)

  if (rescue === "larger window") {
    const spare = { window: 10_000_000 }
    testRow(`${name}: one with a larger window answers`, row, { spare }, rescued)
  }
  if (row.asks === 2 && isThere(row)) {
    const options = { spare: {}, passes: true }
    testRow(`${name}: it passes, and the same provider answers`, row, options, healed)
  }
  if (isBroken(row.streamed)) {
    const spare = { policy: { stream_recovery: "fail" } }
    const options = { spare, modes: [true] }
    testRow(`${name}: it is not resumed where that is not wanted`, row, options, told)
  }
  if (row.id === "U22" && rescue === "nobody") {
    const spare = { policy: { reroute_filtered: true } }
    testRow(`${name}: another answers where that is wanted`, row, { spare }, rescued)
  }
}
