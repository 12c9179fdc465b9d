import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { costOf, type Rates, toDollars, toldCost, totalNanos } from "../../src/domain/Cost.ts"
import { plus, type Usage } from "../../src/domain/Usage.ts"
import { law } from "../kit/effect.ts"

const usage = (counts: Partial<Usage>): Usage => ({
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported",
  ...counts
})

const rates: Rates = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, reasoning: 20 }

Deno.test("costOf() prices each kind of token at its own rate", () => {
  const cost = costOf(
    rates,
    usage({
      promptTokens: 1111,
      cachedTokens: 1000,
      cacheWriteTokens: 100,
      completionTokens: 12,
      reasoningTokens: 10
    })
  )
  assertEquals(cost, {
    inputNanos: 11 * 3000 + 1000 * 300 + 100 * 3750,
    outputNanos: 2 * 15_000 + 10 * 20_000
  })
})

Deno.test("costOf() prices what is cached for an hour apart from what is cached for minutes", () => {
  const counts = { promptTokens: 100, cacheWriteTokens: 100 }
  const dear = { ...rates, longCacheWrite: 6 }
  const inputOf = (rates: Rates, longCacheWriteTokens: number) =>
    costOf(rates, usage({ ...counts, longCacheWriteTokens })).inputNanos
  assertEquals(inputOf(dear, 0), 100 * 3750)
  assertEquals(inputOf(dear, 30), 70 * 3750 + 30 * 6000)
  assertEquals(inputOf(dear, 100), 100 * 6000)
  // A list that does not know better says the same of both.
  assertEquals(inputOf(rates, 30), 100 * 3750)
})

Deno.test("costOf() prices audio and images apart from text, cached audio too", () => {
  const counts = { promptTokens: 100, cachedTokens: 30, completionTokens: 60, reasoningTokens: 10 }
  const media = { audioPrompt: 40, cachedAudio: 20, audioWritten: 15, imageWritten: 25 }
  const dear = { ...rates, audioInput: 7, cachedAudioInput: 0.7, audioOutput: 40, imageOutput: 90 }
  assertEquals(costOf(dear, usage({ ...counts, media })), {
    inputNanos: 50 * 3000 + 10 * 300 + 20 * 7000 + 20 * 700,
    outputNanos: 10 * 15_000 + 10 * 20_000 + 15 * 40_000 + 25 * 90_000
  })
  // Where they have no price of their own, they have that of text.
  assertEquals(costOf(rates, usage({ ...counts, media })), costOf(rates, usage(counts)))
})

Deno.test("costOf() prices searches one by one, with billed tokens too", () => {
  const dear = { ...rates, perSearch: 0.01 }
  assertEquals(costOf(dear, usage({ searches: 3 })), { inputNanos: 30_000_000, outputNanos: 0 })
  const billed = { promptTokens: 1, completionTokens: 0 }
  assertEquals(costOf(dear, usage({ searches: 1, billed })).inputNanos, 10_003_000)
})

Deno.test("toldCost() shares out what a provider says, to the last nano-dollar", () => {
  const counts = usage({ promptTokens: 100, completionTokens: 20 })
  // 300 and 300 by the list.
  assertEquals(toldCost(1001, rates, counts), { inputNanos: 500, outputNanos: 501 })
  assertEquals(toldCost(1200, undefined, counts), { inputNanos: 1000, outputNanos: 200 })
  assertEquals(toldCost(7, rates, usage({})), { inputNanos: 7, outputNanos: 0 })
  assertEquals(toldCost(0, rates, counts), { inputNanos: 0, outputNanos: 0 })
})

Deno.test("costOf() prices cached and reasoning tokens like others where they have no rate", () => {
  const counts = { promptTokens: 10, completionTokens: 10 }
  const parts = { cachedTokens: 3, cacheWriteTokens: 4, reasoningTokens: 5 }
  const plain = { input: 3, output: 15 }
  assertEquals(
    costOf(plain, usage({ ...counts, ...parts })),
    costOf(plain, usage(counts))
  )
})

Deno.test("costOf() prices the whole request by the tier that its prompt is past", () => {
  const tiered = {
    input: 1,
    output: 2,
    tiers: [
      { overPromptTokens: 100, input: 10, output: 20 },
      { overPromptTokens: 200, input: 100, output: 200 }
    ]
  }
  const inputOf = (promptTokens: number) =>
    costOf(tiered, usage({ promptTokens, completionTokens: 1 }))
  assertEquals(inputOf(100), { inputNanos: 100 * 1000, outputNanos: 2000 })
  assertEquals(inputOf(101), { inputNanos: 101 * 10_000, outputNanos: 20_000 })
  assertEquals(inputOf(201), { inputNanos: 201 * 100_000, outputNanos: 200_000 })
})

Deno.test("costOf() charges a fee for each request", () => {
  const cost = costOf({ input: 1, output: 1, perRequest: 0.012 }, usage({ promptTokens: 1 }))
  assertEquals(cost, { inputNanos: 12_000_000 + 1000, outputNanos: 0 })
})

Deno.test("costOf() rounds half a nano-dollar to the even side, once for each side", () => {
  // 0.0005 dollars per million tokens are 500 pico-dollars each: half a nano-dollar.
  const half = { input: 0.0005, output: 0.0005, cachedInput: 0.0005 }
  const inputs = [1, 2, 3, 4, 5].map((promptTokens) =>
    costOf(half, usage({ promptTokens })).inputNanos
  )
  assertEquals(inputs, [0, 1, 2, 2, 2])
  const parts = usage({ promptTokens: 2, cachedTokens: 1, completionTokens: 3 })
  assertEquals(costOf(half, parts), { inputNanos: 1, outputNanos: 2 })
})

Deno.test("costOf() stays exact where a float would not", () => {
  const cost = costOf({ input: 600, output: 0.0005 }, usage({ promptTokens: 999_999_999 }))
  assertEquals(cost.inputNanos, 999_999_999 * 600_000)
  // 1,500 pico-dollars each: far past the safe integers, and half a nano-dollar over.
  const huge = [2_000_000_000_000_001, 2_000_000_000_000_003].map((promptTokens) =>
    costOf({ input: 0.0015, output: 0 }, usage({ promptTokens })).inputNanos
  )
  assertEquals(huge, [3_000_000_000_000_002, 3_000_000_000_000_004])
})

Deno.test("costOf() never gives money back, nor more than a total can hold", () => {
  const odd = usage({ promptTokens: 5, cachedTokens: 9, completionTokens: 1, reasoningTokens: 4 })
  assertEquals(costOf(rates, odd), { inputNanos: 9 * 300, outputNanos: 4 * 20_000 })
  const most = Number.MAX_SAFE_INTEGER
  const cost = costOf(rates, usage({ promptTokens: most, completionTokens: most }))
  assertEquals(Number.isSafeInteger(totalNanos(cost)), true)
})

Deno.test("toDollars() shows nano-dollars as people write them", () => {
  assertEquals([100_000, 1, 1_234_567_890_123].map(toDollars), [0.0001, 1e-9, 1234.567890123])
})

const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_000_000 }))
const picos = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 600_000_000 }))

const Case = Schema.Struct({
  uncached: count,
  cached: count,
  written: count,
  longWritten: count,
  heard: count,
  heardFromCache: count,
  searches: count,
  visible: count,
  reasoning: count,
  spoken: count,
  drawn: count,
  more: count,
  /** Large ones are reckoned in another way. */
  scale: Schema.Literals([1, 1000]),
  prices: Schema.Struct({
    input: picos,
    output: picos,
    cachedInput: picos,
    cacheWrite: picos,
    longCacheWrite: picos,
    audioInput: picos,
    cachedAudioInput: picos,
    reasoning: picos,
    audioOutput: picos,
    imageOutput: picos,
    perSearch: picos
  })
})

/** Dollars a million tokens of so many pico-dollars a token; a search is one, and not a million. */
const ratesOf = ({ prices: { perSearch, ...prices } }: typeof Case.Type): Rates => {
  const { input, output, ...rest } = prices
  return {
    input: input / 1e6,
    output: output / 1e6,
    ...Object.fromEntries(Object.entries(rest).map(([name, price]) => [name, price / 1e6])),
    perSearch: perSearch / 1e12
  }
}

const usageOf = ({ scale, ...given }: Omit<typeof Case.Type, "prices" | "more">): Usage => {
  const of = (...counts: ReadonlyArray<number>) => scale * counts.reduce((sum, one) => sum + one, 0)
  const { cached, drawn, heard, heardFromCache, longWritten, reasoning, spoken, written } = given
  return usage({
    promptTokens: of(given.uncached, cached, written, longWritten, heard, heardFromCache),
    cachedTokens: of(cached, heardFromCache),
    cacheWriteTokens: of(written, longWritten),
    longCacheWriteTokens: of(longWritten),
    searches: of(given.searches),
    completionTokens: of(given.visible, reasoning, spoken, drawn),
    reasoningTokens: of(reasoning),
    media: {
      audioPrompt: of(heard, heardFromCache),
      cachedAudio: of(heardFromCache),
      audioWritten: of(spoken),
      imageWritten: of(drawn)
    }
  })
}

/** Half to even, by the book. */
const rounded = (picos: bigint): number => {
  const twice = picos * 2n
  const floor = picos / 1000n
  const over = twice - floor * 2000n
  return Number(over > 1000n || (over === 1000n && floor % 2n === 1n) ? floor + 1n : floor)
}

law("costOf() is the exact sum of each side, rounded once", Case, (given) => {
  const { prices, scale } = given
  const times = (count: number, price: number) => BigInt(count * scale) * BigInt(price)
  const input = times(given.uncached, prices.input) + times(given.cached, prices.cachedInput) +
    times(given.written, prices.cacheWrite) + times(given.longWritten, prices.longCacheWrite) +
    times(given.heard, prices.audioInput) +
    times(given.heardFromCache, prices.cachedAudioInput) + times(given.searches, prices.perSearch)
  const output = times(given.visible, prices.output) + times(given.reasoning, prices.reasoning) +
    times(given.spoken, prices.audioOutput) + times(given.drawn, prices.imageOutput)
  const cost = costOf(ratesOf(given), usageOf(given))
  const most = (Number.MAX_SAFE_INTEGER - 1) / 2
  return cost.inputNanos === Math.min(rounded(input), most) &&
    cost.outputNanos === Math.min(rounded(output), most)
})

law("costOf() never falls when a count grows", Case, (given) => {
  const rates = ratesOf(given)
  const base = costOf(rates, usageOf(given))
  const { more: _, prices: __, scale: ___, ...counts } = given
  const kinds = Struct.keys(counts)
  return base.inputNanos >= 0 && base.outputNanos >= 0 && kinds.every((kind) => {
    const grown = costOf(rates, usageOf({ ...given, [kind]: given[kind] + given.more }))
    return grown.inputNanos >= base.inputNanos && grown.outputNanos >= base.outputNanos
  })
})

law("toldCost() shares out what it is told, no more and no less", Case, (given) => {
  const cost = toldCost(given.more, ratesOf(given), usageOf(given))
  return totalNanos(cost) === given.more && cost.inputNanos >= 0 && cost.outputNanos >= 0
})

Deno.test("costOf() prices what is billed, where that is other than what was counted", () => {
  const counted = usage({
    promptTokens: 507,
    cachedTokens: 448,
    completionTokens: 10,
    reasoningTokens: 3,
    billed: { promptTokens: 12, completionTokens: 7 }
  })
  const cost = { inputNanos: 12 * 3000, outputNanos: 7 * 15_000 }
  assertEquals(costOf(rates, counted), cost)
  const both = plus(counted, usage({ promptTokens: 1, completionTokens: 2 }))
  assertEquals(both.billed, { promptTokens: 13, completionTokens: 9 })
  assertEquals("billed" in plus(usage({}), usage({})), false)
})
