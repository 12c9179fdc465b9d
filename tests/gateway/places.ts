/**
 * A gateway in front of two providers that a test plays, `one` and `two`, and the models `near` (by
 * `one`) and `far` (by `two`), of which the second stands in for the first.
 *
 * @module
 */
import type { Setup } from "../kit/gateway.ts"
import { type Call, type Reply, upstream } from "../kit/upstream.ts"

const own = (base_url: string) => ({ dialect: "openai", base_url, api_key: "k", discover: false })

/** How the gateway is set up; `changes` come over it. */
export const setup = (changes: {
  readonly near?: object
  readonly far?: object
  readonly config?: object
} = {}): Setup => ({
  config: {
    providers: { one: own("http://one/v1"), two: own("http://two/v1") },
    models: {
      near: { provider: "one", fallback_models: ["far"], ...changes.near },
      far: { provider: "two", ...changes.far }
    },
    ...changes.config
  }
})

/** Which provider a call went to. */
export const placeOf = ({ request: { url } }: Call): string => new URL(url).hostname

/** Both providers; each answers its calls in order, and the last answer again and again. */
export const providers = (replies: Readonly<Record<string, ReadonlyArray<Reply>>>) => {
  const asked = new Map<string, number>()
  const provider = upstream((call) => {
    const place = placeOf(call)
    const at = asked.get(place) ?? 0
    asked.set(place, at + 1)
    const own = replies[place] ?? []
    const reply = own[at] ?? own.at(-1)
    if (reply === undefined) throw new Error(`Nobody expected a call to ${place}`)
    return reply
  })
  return { ...provider, places: () => provider.calls.map(placeOf) }
}
