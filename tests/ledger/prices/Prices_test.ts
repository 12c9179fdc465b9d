import { assert, assertEquals } from "@std/assert"
import { calcPrice, findProvider } from "@pydantic/genai-prices"
import * as Schema from "effect/Schema"
import { costOf, totalNanos } from "../../../src/domain/Cost.ts"
import { make } from "../../../src/ledger/prices/Prices.ts"
import { law } from "../../kit/effect.ts"

const at = (time: string) => Date.parse(time)
const now = at("2026-11-22T12:00:00Z")

Deno.test("ratesOf() knows the prices of a model, by any name that its provider gives it", () => {
  const { ratesOf } = make()
  const rates = ratesOf("openai", "gpt-4o-2024-08-06", now)
  assertEquals([rates?.input, rates?.cachedInput, rates?.output], [2.5, 1.25, 10])
  assertEquals(ratesOf("openai", "gpt-4o", now), rates)
})

Deno.test("ratesOf() knows prices that rise with the length of the prompt", () => {
  assertEquals(make().ratesOf("google", "gemini-2.5-pro", now)?.tiers, [{
    overPromptTokens: 200_000,
    input: 2.5,
    output: 15,
    cachedInput: 0.25,
    cacheWrite: undefined,
    longCacheWrite: undefined,
    reasoning: undefined,
    audioInput: undefined,
    cachedAudioInput: undefined,
    audioOutput: undefined,
    imageOutput: undefined
  }])
})

Deno.test("ratesOf() knows what audio and images cost, where that is other than text", () => {
  const { ratesOf } = make()
  const flash = ratesOf("google", "gemini-2.5-flash", now)
  assertEquals([flash?.input, flash?.audioInput, flash?.cachedAudioInput], [0.3, 1, 0.1])
  assertEquals(ratesOf("google", "gemini-2.5-flash-image", now)?.imageOutput, 30)
  const audio = ratesOf("openai", "gpt-audio", now)
  assertEquals([audio?.audioInput, audio?.audioOutput], [32, 64])
})

Deno.test("ratesOf() knows Bedrock's profiles, and what Claude's long cache costs there too", () => {
  const { ratesOf } = make()
  const of = (profile: string) => {
    const rates = ratesOf("aws", `${profile}anthropic.claude-sonnet-4-5-20250929-v1:0`, now)
    return [rates?.input, rates?.cacheWrite, rates?.longCacheWrite]
  }
  assertEquals(of("global."), [3, 3.75, 6])
  for (const profile of ["us.", "eu.", "jp.", ""]) assertEquals(of(profile), [3.3, 4.125, 6.6])
})

Deno.test("ratesOf() takes the time of day for DeepSeek's prices", () => {
  const { ratesOf } = make()
  const at = (time: string) =>
    ratesOf("deepseek", "deepseek-v4-flash", Date.parse(`2026-11-22T${time}Z`))?.input
  assertEquals([at("00:30:00"), at("02:00:00"), at("05:00:00"), at("07:00:00")], [
    0.22,
    0.44,
    0.22,
    0.44
  ])
})

Deno.test("ratesOf() knows what it costs to be kept in the cache for an hour", () => {
  const rates = make().ratesOf("anthropic", "claude-sonnet-4-6", now)
  assertEquals([rates?.input, rates?.cacheWrite, rates?.longCacheWrite], [3, 3.75, 6])
})

Deno.test("ratesOf() knows what a model takes that makes vectors: its answers have no tokens", () => {
  const { ratesOf } = make()
  const rates = ratesOf("openai", "text-embedding-3-small", now)
  assertEquals([rates?.input, rates?.output], [0.02, 0])
})

Deno.test("ratesOf() knows fees for each request", () => {
  assertEquals(make().ratesOf("perplexity", "sonar", now)?.perRequest, 0.012)
})

const unpriced: ReadonlyArray<readonly [why: string, provider: string, model: string]> = [
  ["an unknown model", "openai", "gpt-nonsense"],
  ["an unknown provider", "nonsense", "gpt-4o"],
  ["a provider merely called like another", "my-openai-proxy", "gpt-4o"],
  ["a later version of a known model", "anthropic", "claude-sonnet-5-5"],
  ["a dated later version of a known model", "anthropic", "claude-sonnet-5-5-20261001"],
  ["a model whose entry in the list is empty", "google", "gemma-4-31b-it"],
  ["a model that is priced by something else than tokens", "mistral", "mistral-ocr-latest"],
  ["a model that has no price for answers", "openai", "whisper-1"],
  ["a model that bills its searches beside", "openai", "gpt-4o-search-preview"],
  ["a dated one that does", "openai", "gpt-4o-mini-search-preview-2025-03-11"],
  ["a model whose audio the list takes for text", "openai", "gpt-4o-audio-preview-2025-06-03"],
  ["a model that bills what it cites", "perplexity", "sonar-deep-research"]
]

for (const [why, provider, model] of unpriced) {
  Deno.test(`ratesOf() has no price for ${why}`, () => {
    const { ratesOf } = make()
    assertEquals(ratesOf(provider, model, now), undefined)
    assertEquals(ratesOf(provider, model, now), undefined)
  })
}

Deno.test("ratesOf() takes dated names and previews for the model that they are of", () => {
  const { ratesOf } = make()
  for (
    const model of [
      "claude-haiku-4-5-20251001",
      "claude-sonnet-5-20260630",
      "claude-opus-5-5-20260924"
    ]
  ) assert(ratesOf("anthropic", model, now), model)
  for (const model of ["gemini-2.5-pro-preview-05-06", "gemini-3-flash-preview-12-2025"]) {
    assert(ratesOf("google", model, now), model)
  }
})

Deno.test("ratesOf() changes a price on the day that it changes, and back with the clock", () => {
  const { ratesOf } = make()
  const input = (time: string) => ratesOf("google", "gemini-3.8-flash", at(time))?.input
  assertEquals(input("2026-12-31T23:59:59.999Z"), 0.75)
  assertEquals(input("2027-01-01T00:00:00Z"), 1.5)
  assertEquals(input("2026-12-31T23:59:00Z"), 0.75)
})

Deno.test("ratesOf() changes a price at the minute of the day that it changes", () => {
  const { ratesOf } = make()
  const input = (time: string) => ratesOf("deepseek", "deepseek-chat", at(time))?.input
  assertEquals(input("2026-11-22T00:29:59.999Z"), 0.135)
  assertEquals(input("2026-11-22T00:30:00Z"), 0.27)
  assertEquals(input("2026-11-22T16:30:00Z"), 0.135)
})

Deno.test("ratesOf() remembers what it found, and forgets the oldest where there is no room", () => {
  const { ratesOf } = make(2)
  const first = ratesOf("openai", "gpt-4o", now)
  ratesOf("openai", "gpt-4.1", now)
  assert(ratesOf("openai", "gpt-4o", now) === first)
  ratesOf("openai", "gpt-5", now)
  assert(ratesOf("openai", "gpt-4o", now) !== first)
  assertEquals(ratesOf("openai", "gpt-4o", now), first)
})

const providers = ["openai", "anthropic", "google", "groq", "mistral", "deepseek", "perplexity"]

Deno.test("ratesOf() never takes an unknown price for 0", () => {
  const { ratesOf } = make(10_000)
  const free: Array<string> = []
  for (const provider of [...providers, "azure", "cerebras", "github-copilot", "x-ai"]) {
    for (const { id } of findProvider({ providerId: provider })?.models ?? []) {
      const rates = ratesOf(provider, id, now)
      // Who makes vectors writes nothing.
      const isFree = rates?.input === 0 || (rates?.output === 0 && !id.includes("embed"))
      if (isFree) free.push(`${provider} ${id}`)
    }
  }
  assertEquals(free, [])
})

const models = providers.flatMap((provider) =>
  (findProvider({ providerId: provider })?.models ?? []).flatMap(({ id }) =>
    make().ratesOf(provider, id, now) ? [{ provider, model: id }] : []
  )
)

Deno.test("the price list prices the models that the next law is about", () => {
  assertEquals(providers.filter((name) => !models.some(({ provider }) => provider === name)), [])
  assert(models.length > 150, `${models.length} models`)
})

const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400_000 }))
const Call = Schema.Struct({
  model: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: models.length - 1 })),
  time: Schema.Int.check(
    Schema.isBetween({ minimum: at("2025-01-01"), maximum: at("2028-01-01") })
  ),
  uncached: count,
  cached: count,
  written: count,
  visible: count,
  reasoning: count
})

const prices = make()

law("costs are those of the price list, within a nano-dollar a side", Call, (call) => {
  const { provider, model } = models[call.model]!
  const usage = {
    promptTokens: call.uncached + call.cached + call.written,
    completionTokens: call.visible + call.reasoning,
    cachedTokens: call.cached,
    cacheWriteTokens: call.written,
    reasoningTokens: call.reasoning,
    source: "reported" as const
  }
  const theirs = calcPrice(
    {
      input_tokens: usage.promptTokens,
      output_tokens: usage.completionTokens,
      cache_read_tokens: usage.cachedTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      output_reasoning_tokens: usage.reasoningTokens
    },
    model,
    { providerId: provider, timestamp: new Date(call.time) }
  )
  const rates = prices.ratesOf(provider, model, call.time)
  if (!rates || !theirs) return false
  const ours = costOf(rates, usage)
  const near = (nanos: number, dollars: number) => Math.abs(nanos - dollars * 1e9) <= 1
  // A fee for a request is on neither side of theirs, but in their total.
  return near(totalNanos(ours) - ours.outputNanos, theirs.total_price - theirs.output_price) &&
    near(ours.outputNanos, theirs.output_price)
})
