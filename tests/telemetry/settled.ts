/**
 * Requests that are over, for tests.
 *
 * @module
 */
import type { Called, Settled } from "../../src/ledger/Entry.ts"
import type { Usage } from "../../src/domain/Usage.ts"

/** So many tokens, as the provider reported them. */
export const usage = (promptTokens: number, completionTokens: number): Usage => ({
  promptTokens,
  completionTokens,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported"
})

/** A call that was answered. */
export const called = (over: Partial<Called> = {}): Called => ({
  number: 1,
  deployment: "gpt-4@openai",
  model: "gpt-4",
  provider: "openai",
  startedMs: 1,
  resumed: undefined,
  outcome: "answered",
  status: undefined,
  durationMs: 90,
  queueMs: 4,
  firstTokenMs: undefined,
  showed: true,
  charge: {
    usage: usage(10, 21),
    cost: { inputNanos: 300, outputNanos: 700 },
    rates: { input: 1, output: 1 }
  },
  ...over
})

/** A request that was answered in one piece. */
export const settled = (over: Partial<Settled> = {}): Settled => ({
  id: "req_1",
  caller: "key_1",
  at: 0,
  asked: "gpt-4",
  streamed: false,
  version: 1,
  traceId: undefined,
  outcome: "ok",
  model: "gpt-4",
  provider: "openai",
  durationMs: 100,
  firstTokenMs: undefined,
  queueMs: 4,
  upstreamMs: 90,
  calls: [called()],
  ...over
})
