import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Usage } from "../../src/domain/Usage.ts"
import { chargeFor, type Counted, type Ended, isAbsurd, needed } from "../../src/ledger/charge.ts"
import { law } from "../kit/effect.ts"

const reported: Usage = {
  promptTokens: 100,
  completionTokens: 40,
  cachedTokens: 60,
  cacheWriteTokens: 10,
  reasoningTokens: 30,
  source: "reported"
}

const whole: Ended & Counted = {
  reported: undefined,
  interrupted: false,
  accepted: true,
  promptTokens: 90,
  writtenTokens: 50,
  maxTokens: undefined
}
const cut = { ...whole, interrupted: true }
const guessed = { cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, source: "estimated" }

Deno.test("of a whole answer counts what was reported, and an explicit 0 is a report", () => {
  assertEquals(chargeFor({ ...whole, reported }), reported)
  const none: Usage = { ...reported, completionTokens: 0, reasoningTokens: 0 }
  assertEquals(chargeFor({ ...whole, reported: none }), none)
  assertEquals(chargeFor({ ...whole, reported, maxTokens: 20 }), reported)
})

Deno.test("where nothing was reported it is counted, and never more than was allowed", () => {
  for (const ended of [whole, cut]) {
    const counted = { ...guessed, promptTokens: 90, completionTokens: 50 }
    assertEquals<unknown>(chargeFor(ended), counted)
    assertEquals<unknown>(chargeFor({ ...ended, maxTokens: 45 }), {
      ...counted,
      completionTokens: 45
    })
  }
})

Deno.test("of a broken answer what was written since the last report is charged too", () => {
  assertEquals(chargeFor({ ...cut, reported }), {
    ...reported,
    completionTokens: 50,
    source: "mixed"
  })
  assertEquals(chargeFor({ ...cut, reported, writtenTokens: 40 }), reported)
  assertEquals(chargeFor({ ...cut, reported, writtenTokens: 39 }), reported)
  // What is counted stays below what was allowed; what is reported need not.
  assertEquals(chargeFor({ ...cut, reported, maxTokens: 45 })?.completionTokens, 45)
  assertEquals(chargeFor({ ...cut, reported, maxTokens: 30 }), reported)
})

Deno.test("what the provider says that it costs holds for the tokens that it says, and no others", () => {
  const told = { ...reported, toldNanos: 123 }
  assertEquals(chargeFor({ ...whole, reported: told })?.toldNanos, 123)
  assertEquals(chargeFor({ ...cut, reported: told, writtenTokens: 40 })?.toldNanos, 123)
  const more = chargeFor({ ...cut, reported: told })
  assertEquals([more?.completionTokens, more && "toldNanos" in more], [50, false])
})

Deno.test("what failed before anything came of it costs what was reported, else nothing", () => {
  const failed = { ...cut, accepted: false, writtenTokens: 0 }
  assertEquals(chargeFor(failed), undefined)
  assertEquals(chargeFor({ ...failed, reported }), reported)
})

Deno.test("whoever leaves before the first word has had the prompt read", () => {
  assertEquals<unknown>(chargeFor({ ...cut, writtenTokens: 0 }), {
    ...guessed,
    promptTokens: 90,
    completionTokens: 0
  })
})

Deno.test("a report of more than twice what was allowed is none", () => {
  const absurd = { ...whole, reported: { ...reported, completionTokens: 121 }, maxTokens: 60 }
  assertEquals([isAbsurd(absurd), isAbsurd({ ...absurd, maxTokens: 61 })], [true, false])
  assertEquals(chargeFor(absurd), { ...reported, completionTokens: 50, source: "mixed" })
  assertEquals(chargeFor({ ...absurd, writtenTokens: 20 }), {
    ...reported,
    completionTokens: 20,
    reasoningTokens: 20,
    source: "mixed"
  })
})

Deno.test("what was written beside the answer was not for the request to allow", () => {
  const reports = { ...reported, completionTokens: 400, asideTokens: 370 }
  assertEquals(chargeFor({ ...whole, reported: reports, maxTokens: 20 }), reports)
  assertEquals(
    isAbsurd({ ...whole, reported: { ...reports, asideTokens: 350 }, maxTokens: 20 }),
    true
  )
})

Deno.test("only what is not known is counted", () => {
  const both = (prompt: boolean, written: boolean) => ({ prompt, written })
  assertEquals(needed({ ...whole, reported }), both(false, false))
  assertEquals(needed(whole), both(true, true))
  assertEquals(needed(cut), both(true, true))
  assertEquals(needed({ ...cut, reported }), both(false, true))
  assertEquals(needed({ ...cut, accepted: false }), both(false, false))
  assertEquals(needed({ ...whole, reported, maxTokens: 10 }), both(false, true))
})

const tokens = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 }))

const anyEnd = Schema.Struct({
  report: Schema.UndefinedOr(
    Schema.Struct({ prompt: tokens, completion: tokens, reasoning: tokens, cached: tokens })
  ),
  interrupted: Schema.Boolean,
  accepted: Schema.Boolean,
  promptTokens: tokens,
  writtenTokens: tokens,
  more: tokens,
  maxTokens: Schema.UndefinedOr(tokens)
})

const toEnded = ({ report, ...ended }: typeof anyEnd.Type): Ended & Counted => ({
  ...ended,
  reported: report && {
    promptTokens: report.prompt,
    completionTokens: report.completion,
    cachedTokens: Math.min(report.cached, report.prompt),
    cacheWriteTokens: 0,
    reasoningTokens: Math.min(report.reasoning, report.completion),
    source: "reported"
  }
})

law(
  "a charge is never negative, its parts are within the wholes, and it grows with what was written",
  anyEnd,
  (end) => {
    const less = toEnded(end)
    const more = { ...less, writtenTokens: less.writtenTokens + end.more }
    const [charge, later] = [chargeFor(less), chargeFor(more)]
    if (charge === undefined || later === undefined) return charge === later
    const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens } =
      charge
    return later.completionTokens >= completionTokens && later.promptTokens === promptTokens &&
      later.reasoningTokens >= reasoningTokens &&
      reasoningTokens >= 0 && reasoningTokens <= completionTokens &&
      cachedTokens >= 0 && cachedTokens + cacheWriteTokens <= promptTokens
  }
)

law("what is not needed makes no difference", anyEnd, (end) => {
  const ended = toEnded(end)
  const { prompt, written } = needed(ended)
  const spared = {
    ...ended,
    promptTokens: prompt ? ended.promptTokens : 0,
    writtenTokens: written ? ended.writtenTokens : 0
  }
  // Nothing was written by a call that was not accepted.
  const full = ended.accepted ? ended : { ...ended, writtenTokens: 0 }
  return JSON.stringify(chargeFor(full)) === JSON.stringify(chargeFor(spared))
})
