/**
 * Counting tokens where a provider did not.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CompletionRequest } from "../../domain/Completion.ts"
import { promptTexts, roughPrompt, tokensBesideText } from "./prompt.ts"
import { endOfSegment, withoutHalf } from "./segments.ts"
import type { Written } from "./Written.ts"

/**
 * Counts tokens as `o200k_base` does, within a few in a hundred. The tokenizer is loaded soon after the
 * start, or when it is needed before that; where it cannot be, a rule of thumb counts. Long texts leave
 * room for other work.
 */
export class TokenCounter extends Context.Service<TokenCounter, {
  /**
   * The tokens of what was written so far: from 1 once there is anything, and never more than what
   * goes on from it has.
   */
  readonly count: (written: Written) => Effect.Effect<number>
  /** The tokens that a model reads of a request. */
  readonly countRequest: (request: CompletionRequest) => Effect.Effect<number>
}>()("penstock/ledger/TokenCounter") {
  static readonly layer = Layer.effect(
    TokenCounter,
    Effect.suspend(() =>
      Effect.flatMap(
        once(library),
        (loaded) => Effect.as(Effect.forkScoped(Effect.delay(loaded, loadAfter)), counterOf(loaded))
      )
    )
  )
}

/**
 * Loading holds everybody up: for a quarter of a second, and for seconds where another Deno writes to the
 * cache of compiled code that they share. At this time nobody is there yet, as a rule.
 */
const loadAfter = "1 second"

/** The tokens of a short text, whatever stands in it. */
export type Tokenizer = (text: string) => number

/** Units of text after which other work has its turn: some milliseconds, tens at the worst. */
const turn = 8192
/** Segments whose tokens are remembered. */
const capacity = 10_000

/** A counter that asks `load` for its tokenizer, once. */
export const make = (
  load: Effect.Effect<Tokenizer, unknown>
): Effect.Effect<Context.Service.Shape<typeof TokenCounter>> => Effect.map(once(load), counterOf)

/** A tokenizer that is loaded by the first who asks for it; absent where it cannot be. */
type Loaded = Effect.Effect<Tokenizer | undefined>

const once = (load: Effect.Effect<Tokenizer, unknown>): Effect.Effect<Loaded> =>
  load.pipe(
    Effect.map(remembering),
    Effect.catchCause((cause) =>
      Effect.as(
        Effect.logWarning("Cannot load the tokenizer: a rule of thumb counts instead", cause),
        undefined
      )
    ),
    Effect.cached
  )

const counterOf = (loaded: Loaded): Context.Service.Shape<typeof TokenCounter> => ({
  count: (written) =>
    Effect.gen(function* () {
      if (written.isEmpty()) return 0
      const tokens = yield* loaded
      if (tokens === undefined) return written.roughTokens()
      const texts = written.texts().map(withoutHalf)
      // The last segment may still become anything, so it is the least that it can become.
      const counted = yield* sum(texts, (text, isLast) => isLast ? 1 : tokens(text))
      return Math.max(1, counted + written.tokensBeyond())
    }),
  countRequest: (request) =>
    Effect.gen(function* () {
      const tokens = yield* loaded
      if (tokens === undefined) return roughPrompt(request)
      const counted = yield* sum(promptTexts(request), tokens)
      return counted + tokensBesideText(request)
    })
})

/** Adds up the segments of all `texts`. */
const sum = (
  texts: ReadonlyArray<string>,
  count: (segment: string, isLast: boolean) => number
): Effect.Effect<number> =>
  Effect.gen(function* () {
    let total = 0
    let left = turn
    for (const text of texts) {
      for (let at = 0; at < text.length;) {
        const end = endOfSegment(text, at)
        total += count(text.slice(at, end), end === text.length)
        left -= end - at
        at = end
        if (left > 0) continue
        left = turn
        yield* Effect.yieldNow
      }
    }
    return total
  })

const remembering = (tokenizer: Tokenizer): Tokenizer => {
  const known = new Map<string, number>()
  return (segment) => {
    const found = known.get(segment)
    if (found !== undefined) return found
    const tokens = tokenizer(segment)
    if (known.size >= capacity) known.clear()
    // A part of a text keeps all of that text in memory; this is a text of its own.
    known.set(` ${segment}`.slice(1), tokens)
    return tokens
  }
}

const library: Effect.Effect<Tokenizer, unknown> = Effect.map(
  Effect.tryPromise(() => import("gpt-tokenizer/encoding/o200k_base")),
  ({ countTokens, setMergeCacheSize }) => {
    // Its memory of 100,000 words would keep the texts that they stood in.
    setMergeCacheSize(0)
    // Nothing is forbidden: a segment that looked like a special token would be an exception.
    const options = { disallowedSpecial: new Set<string>() }
    return (text) => countTokens(text, options)
  }
)
