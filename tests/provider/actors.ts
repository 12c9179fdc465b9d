/**
 * Providers' actors on their own, without the gateway above them.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { Guard } from "../../src/actor/Team.ts"
import { parseConfigFile } from "../../src/config/readFile.ts"
import { settingsOf } from "../../src/config/Settings.ts"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { Egress, type Send } from "../../src/provider/Egress.ts"
import type { ProviderActor } from "../../src/provider/ProviderActor.ts"
import { Providers } from "../../src/provider/Providers.ts"
import { roster } from "../../src/provider/roster.ts"

/** The actors of the providers in `config`, all of which are `send`. */
export const actors = (
  send: Send,
  config: object,
  variables: Record<string, string> = {}
): Layer.Layer<Providers | Supervisor> =>
  Layer.unwrap(Effect.gen(function* () {
    const env = { OLLAMA_BASE_URL: "http://127.0.0.1:9", ...variables }
    const providers = yield* Effect.provide(
      Effect.gen(function* () {
        const file = yield* parseConfigFile("test.json", JSON.stringify(config))
        return yield* roster(yield* settingsOf(file, "test.json"))
      }),
      Layer.succeedContext(
        Context.make(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env))
      )
    )
    return Providers.layer(providers).pipe(
      Layer.provideMerge(Supervisor.layer),
      Layer.provide(Layer.succeed(Egress, { send })),
      Layer.provideMerge(Logger.layer([]))
    )
  })).pipe(Layer.orDie)

/** The actor of provider `id`. */
export const actorOf = (id: string): Effect.Effect<ProviderActor, never, Providers> =>
  Providers.useSync(({ get }) => get(id)!)

/** How an operator sees the actor called `name`. */
export const childNamed = (name: string) =>
  Supervisor.useSync((supervisor) => supervisor.children().find((child) => child.name === name)!)

/** How an operator sees the actor of provider `id`. */
export const vitals = (id: string) => childNamed(`provider/${id}`)

/** Crashes the actor of provider `id`. */
export const crash = (id: string) =>
  Effect.flatMap(
    actorOf(id),
    ({ tell }) => Effect.ignore(tell({ _tag: "Crash", defect: new Error("a bug") }))
  )

const request: CompletionRequest = {
  model: "m",
  messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
  parameters: {},
  dropUnsupported: false
}

/** Asks provider `id` for a whole answer. */
export const whole = <E = never>(
  id: string,
  lane = "",
  guard: Guard<E> = () => ({ begun: () => {}, over: () => {} })
) =>
  Effect.flatMap(
    actorOf(id),
    ({ complete }) => complete(request, { model: "m", stream: false }, guard, lane)
  )

const unwatched: Guard<never> = () => ({ begun: () => {}, over: () => {} })

/** The text that provider `id` answers with, or the class of the fault that it fails with. */
export const outcome = (id: string, lane = "") =>
  Effect.match(whole(id, lane), {
    onFailure: (error) => error.class,
    onSuccess: ({ choices }) => choices.map(({ text }) => text).join("")
  })

/** Asks provider `id` for a stream; `texts` grows as it comes. */
export const begin = Effect.fnUntraced(function* (
  id: string,
  onText = (text: string, texts: Array<string>): unknown => texts.push(text)
) {
  const { stream } = yield* actorOf(id)
  const texts: Array<string> = []
  const fiber = yield* Effect.forkChild(Effect.result(
    stream(
      request,
      { model: "m", stream: true },
      unwatched,
      (deltas) =>
        Stream.runForEachArray(deltas, (batch) =>
          Effect.sync(() => {
            for (const delta of batch) if (delta._tag === "Text") onText(delta.text, texts)
          }))
    )
  ))
  return { texts, fiber }
})
