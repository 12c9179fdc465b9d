/**
 * Providers whose health is looked after, on virtual time.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Supervisor } from "../../src/actor/Supervisor.ts"
import { Configuration } from "../../src/config/Configuration.ts"
import { defaultTraffic } from "../../src/config/Traffic.ts"
import type { UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import type { Send, UpstreamRequest } from "../../src/provider/Egress.ts"
import * as HealthSchedule from "../../src/provider/HealthSchedule.ts"
import { networkFault } from "../../src/provider/networkFault.ts"
import { well } from "../../src/provider/ProviderHealth.ts"
import type { Providers } from "../../src/provider/Providers.ts"
import { test } from "../kit/effect.ts"
import { answering, pass, upstream } from "../kit/upstream.ts"
import { actorOf, actors } from "./actors.ts"

/** A provider that is not there. */
export const refused: Effect.Effect<never, UpstreamFault> = Effect.fail(
  networkFault(new TypeError("connection refused"))
)
/** A provider that lists these models. */
export const listing = (...ids: ReadonlyArray<string>) =>
  Effect.sync(() => Response.json({ data: ids.map((id) => ({ id })) }))

/** What a test turns, and what it sees. */
export interface Ward {
  /** How providers answer when they are asked for their models. */
  list: (request: UpstreamRequest, signal: AbortSignal) => Effect.Effect<Response, UpstreamFault>
  intervalMs: number
  /** The scheduler's next look at the configuration crashes it. */
  crashes: boolean
  /** When which address was asked for its models. */
  readonly asked: Array<{ readonly at: number; readonly url: string }>
  /** Everything else that was asked. */
  readonly calls: ReadonlyArray<{ readonly body: object }>
  readonly layer: Layer.Layer<Providers | Supervisor>
}

/** The settings of a provider of our own. */
export const own = (options: object = {}) => ({
  dialect: "openai",
  base_url: "http://own/v1",
  discover: false,
  ...options
})

/** Looks after the health of `providers`. */
export const ward = (
  providers: object,
  variables: Record<string, string> = {},
  headMs = 0
): Ward => {
  const others = upstream(() => answering("Hello", undefined, { headMs }))
  const send: Send = (request, signal) =>
    request.method === "POST" ? others.send(request, signal) : Effect.flatMap(
      Clock.currentTimeMillis,
      (at) => {
        self.asked.push({ at, url: request.url })
        return self.list(request, signal)
      }
    )
  const self: Ward = {
    list: () => listing("one"),
    intervalMs: 30_000,
    crashes: false,
    asked: [],
    calls: others.calls,
    layer: HealthSchedule.layer.pipe(
      Layer.provide(Layer.succeed(Configuration, {
        current: () => {
          if (self.crashes) {
            self.crashes = false
            throw new Error("a bug")
          }
          const loadBalancing = {
            ...defaultTraffic.loadBalancing,
            healthCheckIntervalMs: self.intervalMs
          }
          return { ...defaultTraffic, loadBalancing }
        }
      })),
      Layer.provideMerge(
        actors(send, { providers: { ollama: { enabled: false }, ...providers } }, variables)
      )
    )
  }
  return self
}

/** A test of a ward. */
export const scheduled = (
  name: string,
  make: () => Ward,
  body: (ward: Ward) => Effect.Effect<void, unknown, Providers | Supervisor>
) => {
  test(name, () => {
    const one = make()
    return body(one).pipe(Effect.provide(one.layer))
  })
}

/** Both clocks of these tests begin at 0. */
export const wellAt = (ms: number) => well({ checkedAt: ms, checkedAtMonotonic: ms })

/** What is known of a provider. */
export const health = (id = "own") => Effect.map(actorOf(id), (actor) => actor.health())

/** Passes a whole interval with its jitter, second by second. */
export const round = Effect.forEach(Array.from({ length: 33 }), () => pass(1000), { discard: true })
