/**
 * What the log says of how a provider is: a line where that changes, and none for each check.
 *
 * @module
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { FaultClass, UpstreamFault } from "../domain/UpstreamFault.ts"
import type { ProviderSettings } from "./ProviderSettings.ts"

/** What was checked, of which a log tells. */
export interface CheckLog {
  /** It went well; `models` is how many the provider listed, where it was asked for that. */
  readonly passed: (models?: number) => Effect.Effect<void>
  readonly failed: (fault: UpstreamFault) => Effect.Effect<void>
}

/** What there is to do: faults that are mended alike are one trouble, and told once. */
type Trouble = "away" | "elsewhere" | "refused" | "ill"

/** The same trouble is told again no sooner, however often it comes and goes. */
const quietMs = 600_000

/** The log of one kind of check of a provider; `what` begins its sentences, such as `its list`. */
export const make = (
  settings: ProviderSettings,
  clock: Clock.Clock,
  what: string
): CheckLog => {
  const { explicit, provider } = settings
  const whom = `Provider "${provider.id}" at ${addressOf(settings)}`
  const toldAt = new Map<Trouble, number>()
  let standing: Trouble | undefined
  let wasWell = false
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000

  return {
    passed: (models) =>
      Effect.suspend(() => {
        const [isFirst, isAgain] = [!wasWell, standing !== undefined]
        wasWell = true
        standing = undefined
        if (models === undefined) {
          return isAgain ? Effect.logInfo(`${whom}: ${what} can be had again`) : Effect.void
        }
        if (!isFirst && !isAgain) return Effect.void
        return Effect.logInfo(`${whom} lists ${models} ${models === 1 ? "model" : "models"}`)
      }),
    failed: ({ class: kind }) =>
      Effect.suspend(() => {
        const trouble = troubles[kind]
        // Whom nobody set up, such as a server that this machine may have, need not be there.
        if (trouble === undefined || trouble === standing || !(explicit || wasWell)) {
          return Effect.logDebug(`${whom} failed a check: ${kind}`)
        }
        const last = toldAt.get(trouble)
        if (last !== undefined && now() - last < quietMs) return Effect.void
        standing = trouble
        toldAt.set(trouble, now())
        return Effect.logWarning(
          `${whom}: ${what} cannot be had: ${words[kind] ?? kind}. ${advice[trouble](settings)}`
        )
      })
  }
}

/** Where a provider is asked; it holds no credential. */
export const addressOf = ({ baseUrl, connection }: ProviderSettings): string =>
  connection?.baseUrl ?? baseUrl

/** Whatever is not here passes by itself, or is no fault of the provider's. */
const troubles: { readonly [C in FaultClass]?: Trouble } = {
  connect: "away",
  dns: "away",
  tls: "away",
  reset: "away",
  timeout_connect: "away",
  timeout_headers: "away",
  timeout_total: "away",
  not_found: "elsewhere",
  redirect: "elsewhere",
  bad_response: "elsewhere",
  bad_request: "elsewhere",
  too_large: "elsewhere",
  auth: "refused",
  quota_exhausted: "refused",
  server: "ill"
}

/** In our own words: what a provider says is not for the log. */
const words: { readonly [C in FaultClass]?: string } = {
  connect: "nobody takes connections there",
  dns: "the name cannot be resolved",
  tls: "no secure connection can be made",
  reset: "the connection was closed before an answer came",
  timeout_connect: "no connection was made in time",
  timeout_headers: "no answer came in time",
  timeout_total: "no answer came in time",
  not_found: "there is no such path (404)",
  redirect: "it redirects to another address",
  bad_response: "what came is no such answer",
  bad_request: "it refuses to be asked that",
  too_large: "what came is too large",
  auth: "it does not take the key (401 or 403)",
  quota_exhausted: "the account has no quota or money left",
  server: "it failed (5xx)"
}

const advice: { readonly [T in Trouble]: (settings: ProviderSettings) => string } = {
  away: (settings) => `Is it up, and is ${addressSetting(settings)} right?`,
  elsewhere: (settings) => {
    const { id, dialect } = settings.provider
    const [path] = dialect.modelsPath.split("?")
    return `Is ${addressSetting(settings)} right, which is what stands before ${path}? For a ` +
      `server without a list set providers.${id}.discover to false and health_check to none`
  },
  refused: ({ provider: { id, environment: { apiKey: [variable] } } }) =>
    `See to ${variable === undefined ? "" : `${variable} or `}providers.${id}.api_key, and start ` +
    "Penstock again",
  ill: () => "It is asked again from time to time"
}

const addressSetting = ({ provider: { id, environment } }: ProviderSettings): string =>
  `${environment.baseUrl === undefined ? "" : `${environment.baseUrl} or `}providers.${id}.base_url`
