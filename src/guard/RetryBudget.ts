/**
 * How many of the calls to a provider may be retries: a provider in trouble is not asked twice as often.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What a provider was asked in the last 10 seconds, for an operator. */
export interface BudgetView {
  readonly provider: string
  readonly firstAttempts: number
  readonly retries: number
  /** Retries that may still be made now. */
  readonly left: number
  /** Retries that were not allowed, since the gateway started. */
  readonly denied: number
}

/** How many of the calls to a provider may be retries. All of it is synchronous. */
export class RetryBudget extends Context.Service<RetryBudget, {
  /** Takes note of the first attempt of a request at `provider`. */
  readonly request: (provider: string) => void
  /**
   * Takes leave for a retry at `provider`: one for 5 first attempts of the last 10 seconds, or 30
   * where those are fewer than 150.
   */
  readonly take: (provider: string) => boolean
  /** Every provider that was asked, in no order. */
  readonly all: () => ReadonlyArray<BudgetView>
}>()("penstock/guard/RetryBudget") {
  static readonly layer = Layer.effect(
    RetryBudget,
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      // Monotonic: a clock that is set neither forgets nor invents attempts.
      const second = () => Math.floor(Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000_000)
      const windows = new Map<string, Window>()

      /** What `provider` was asked, up to now. */
      const current = (provider: string): Window => {
        const time = second()
        let window = windows.get(provider)
        if (!window) {
          window = empty(time)
          windows.set(provider, window)
        }
        if (window.second !== time) advance(window, time)
        return window
      }

      return RetryBudget.of({
        request: (provider) => {
          const window = current(provider)
          add(window.firstBySecond, window.second)
          window.firstAttempts++
        },
        take: (provider) => {
          const window = current(provider)
          if (left(window) < 1) {
            window.denied++
            return false
          }
          add(window.retriesBySecond, window.second)
          window.retries++
          return true
        },
        all: () =>
          Array.from(windows.keys(), (provider) => {
            const window = current(provider)
            const { firstAttempts, retries, denied } = window
            return { provider, firstAttempts, retries, left: Math.max(0, left(window)), denied }
          })
      })
    })
  )
}

/** So long is looked back, by whole seconds, the one under way among them. */
const windowSeconds = 10
/** A fifth: with its first attempts, a provider is asked 1.2 times as often as without retries. */
const firstAttemptsPerRetry = 5
/** Retries that are allowed at any rate: 3 a second. */
const floor = 3 * windowSeconds

/** The last seconds, each in the place of its number modulo 10, and their sums. */
interface Window {
  second: number
  readonly firstBySecond: Uint32Array
  readonly retriesBySecond: Uint32Array
  firstAttempts: number
  retries: number
  denied: number
}

const empty = (second: number): Window => ({
  second,
  firstBySecond: new Uint32Array(windowSeconds),
  retriesBySecond: new Uint32Array(windowSeconds),
  firstAttempts: 0,
  retries: 0,
  denied: 0
})

const left = ({ firstAttempts, retries }: Window): number =>
  Math.max(floor, Math.floor(firstAttempts / firstAttemptsPerRetry)) - retries

const add = (bySecond: Uint32Array, second: number): void => {
  const place = second % windowSeconds
  bySecond[place] = (bySecond[place] ?? 0) + 1
}

/** Forgets the seconds that are too long ago at `second`. */
const advance = (window: Window, second: number): void => {
  const passed = Math.min(second - window.second, windowSeconds)
  for (let one = 0; one < passed; one++) {
    const place = (second - one) % windowSeconds
    window.firstAttempts -= window.firstBySecond[place] ?? 0
    window.retries -= window.retriesBySecond[place] ?? 0
    window.firstBySecond[place] = 0
    window.retriesBySecond[place] = 0
  }
  window.second = second
}
