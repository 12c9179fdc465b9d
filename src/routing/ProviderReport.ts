/**
 * How each provider is, for those who ask.
 *
 * @module
 */
import { addressOf } from "../provider/CheckLog.ts"
import type { ProviderActor } from "../provider/ProviderActor.ts"
import type { Health } from "../guard/ModelHealth.ts"

/** A provider that can be called, and how it is. */
export interface ProviderReport {
  readonly id: string
  /** Where it is asked; absent where it answers within this process. */
  readonly address: string | undefined
  /** As checks and answers show it: `unknown` before the first, and where there are none. */
  readonly health: Health
  /** What its last check met with. */
  readonly reason: string | undefined
  /** When it last was checked, or answered a request, in Unix milliseconds. */
  readonly checkedAt: number | undefined
  /** How many models it said it serves. */
  readonly listed: number
}

/**
 * How those of `all` are that can be called. A server that this machine may have, and that was never
 * seen, is none.
 */
export const providerReports = (
  all: ReadonlyArray<ProviderActor>,
  failureThreshold: number
): ReadonlyArray<ProviderReport> =>
  all.filter(isThere).map((actor) => {
    const { settings, health, discovered } = actor
    const { checkedAt, reason } = health()
    const isRunning = actor.isRunning()
    return {
      id: settings.provider.id,
      address: settings.provider.send ? undefined : addressOf(settings),
      health: isRunning ? judge(actor, failureThreshold) : "unhealthy",
      reason: isRunning ? reason : "It takes no calls now",
      checkedAt,
      listed: discovered().size
    }
  })

const isThere = ({ answers, discovered, settings }: ProviderActor): boolean =>
  settings.readiness.ready &&
  (settings.explicit || settings.provider.send !== undefined || discovered().size > 0 ||
    answers() > 0)

const judge = ({ answers, health }: ProviderActor, failureThreshold: number): Health => {
  const { failures, ok, reason } = health()
  if (ok === true) return "healthy"
  if (ok === false) return failures >= failureThreshold ? "unhealthy" : "degraded"
  // Some have nothing to check them by. But who never answered either may be at another address.
  return reason !== undefined && answers() === 0 ? "degraded" : "unknown"
}
