/**
 * A provider that is not one: a real server on a real loopback socket that speaks OpenAI's,
 * Anthropic's, Gemini's, Bedrock's and Cohere's dialects, records what it is asked, and does wrong what it is
 * told to.
 *
 * ```ts
 * const provider = yield* FakeProvider.start()
 * provider.respond(sequence(fail("server"), answer({ text: "Hi" })))
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { answer } from "./fake/answering.ts"
import { anthropic } from "./fake/anthropic.ts"
import { bedrock } from "./fake/bedrock.ts"
import { cohere } from "./fake/cohere.ts"
import type { FakeDialect } from "./fake/FakeDialect.ts"
import { status } from "./fake/faults.ts"
import { gemini } from "./fake/gemini.ts"
import { openai } from "./fake/openai.ts"
import { recognise, type RecordedCall } from "./fake/RecordedCall.ts"
import type { Choose, Script } from "./fake/Script.ts"
import { anthropicModels } from "../../src/provider/catalog/models/anthropic.ts"
import { googleModels } from "../../src/provider/catalog/models/google.ts"
import { openaiModels } from "../../src/provider/catalog/models/openai.ts"
import { type Peer, type RawRequest, type RawServerOptions, serve } from "./RawServer.ts"

export * from "./fake/answering.ts"
export * from "./fake/faults.ts"
export type { RecordedCall } from "./fake/RecordedCall.ts"
export { type Choose, type Script, sequence, type Stage } from "./fake/Script.ts"

/** How a fake provider starts. */
export interface FakeProviderOptions extends RawServerOptions {
  /** How generations are treated. Default: answered with a short greeting. */
  readonly respond?: Script | Choose | undefined
  /** The models that it lists. Default: `fake-model`, and what the catalogue knows of its kind. */
  readonly models?: ReadonlyArray<string> | undefined
}

/** A fake provider that is listening. */
export interface FakeProvider {
  /** Its address without a path: `http://127.0.0.1:PORT`, or `https:` where it speaks TLS. */
  readonly url: string
  /** The generations asked for so far, oldest first. */
  readonly calls: ReadonlyArray<RecordedCall>
  /** The lists of models asked for so far. */
  readonly probes: ReadonlyArray<RecordedCall>
  /** Calls to paths that no dialect has, answered with 404: none, where all is well. */
  readonly strays: ReadonlyArray<RecordedCall>
  /** How generations are treated from now on. */
  readonly respond: (script: Script | Choose) => void
  /** How lists of models are treated from now on, instead of with the list. */
  readonly respondToProbes: (script: Script | Choose) => void
  /** The `n`-th generation, counted from 1, as soon as it has come. */
  readonly received: (n: number) => Effect.Effect<RecordedCall>
  /**
   * When the client left the `n`-th generation before its answer was written, as
   * `performance.now()`. Waits for it; never resolves for a call that was answered.
   */
  readonly abandoned: (n: number) => Effect.Effect<number>
  /** When the `n`-th generation was over, whoever ended it, as `performance.now()`. */
  readonly settled: (n: number) => Effect.Effect<number>
  /** Connections open now; idle ones of a client's pool count. */
  readonly active: () => number
  /** Connections made so far. */
  readonly opened: () => number
  /** Connections that the client ended, idle ones too. */
  readonly closedByPeer: () => number
}

const dialects: Record<RecordedCall["dialect"], FakeDialect> = {
  openai,
  anthropic,
  gemini,
  bedrock,
  cohere
}

/** By their upstream names: who is like a great provider lists its models. */
const known: Record<RecordedCall["dialect"], ReadonlyArray<string>> = {
  openai: openaiModels.map(({ id }) => id),
  anthropic: anthropicModels.map(({ id }) => id),
  gemini: googleModels.map(({ id }) => id),
  bedrock: [],
  cohere: []
}

/** Starts a fake provider on a port of the system's choice; it stops with the scope. */
export const start = (
  options: FakeProviderOptions = {}
): Effect.Effect<FakeProvider, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => run(options)),
      ({ stop }) => Effect.promise(stop)
    ),
    ({ provider }) => provider
  )

/**
 * An address where nobody listens: connections to it are refused. Its port is our end of a connection
 * until the scope ends, so that nobody else is given it.
 */
export const refusedUrl: Effect.Effect<string, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })
      const [ours, theirs] = await Promise.all([
        Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
        listener.accept()
      ])
      return { ours, all: [ours, theirs, listener] }
    }),
    ({ all }) => Effect.sync(() => all.forEach((one) => one.close()))
  ),
  ({ ours }) => `http://127.0.0.1:${ours.localAddr.port}`
)

/** An address whose host no name server knows. */
export const unknownHostUrl = "http://no-such-provider.invalid"

/** Resolves once, for whoever waits, before or after. */
interface Moments {
  readonly received: PromiseWithResolvers<RecordedCall>
  readonly abandoned: PromiseWithResolvers<number>
  readonly settled: PromiseWithResolvers<number>
}

const run = async (options: FakeProviderOptions) => {
  const records = {
    generate: Array<RecordedCall>(),
    models: Array<RecordedCall>(),
    unknown: Array<RecordedCall>()
  }
  const moments: Array<Moments> = []
  const momentsOf = (n: number): Moments =>
    moments[n] ??= {
      received: Promise.withResolvers(),
      abandoned: Promise.withResolvers(),
      settled: Promise.withResolvers()
    }
  const script: Record<RecordedCall["operation"], Script | Choose> = {
    generate: options.respond ?? answer(),
    models: ({ dialect }) =>
      status(200, {
        body: dialects[dialect].models(options.models ?? ["fake-model", ...known[dialect]])
      }),
    unknown: ({ method, path }) => status(404, { body: `The fake has no ${method} ${path}\n` })
  }

  const play = async (request: RawRequest, peer: Peer) => {
    const asked = recognise(request)
    const record = records[asked.operation]
    const call: RecordedCall = { ...asked, number: record.length + 1 }
    record.push(call)
    const chosen = script[call.operation]
    const { play } = typeof chosen === "function" ? chosen(call) : chosen
    const stage = { call, peer, dialect: dialects[call.dialect] }
    if (call.operation !== "generate") return await play(stage)
    const { received, abandoned, settled } = momentsOf(call.number)
    let playing = true
    peer.over.then(() => {
      if (playing && peer.leftByClient()) abandoned.resolve(performance.now())
    })
    received.resolve(call)
    await play(stage)
    playing = false
    settled.resolve(performance.now())
  }

  const server = await serve(options, play)
  const provider: FakeProvider = {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${server.port}`,
    calls: records.generate,
    probes: records.models,
    strays: records.unknown,
    respond: (chosen) => {
      script.generate = chosen
    },
    respondToProbes: (chosen) => {
      script.models = chosen
    },
    received: (n) => Effect.promise(() => momentsOf(n).received.promise),
    abandoned: (n) => Effect.promise(() => momentsOf(n).abandoned.promise),
    settled: (n) => Effect.promise(() => momentsOf(n).settled.promise),
    active: server.active,
    opened: server.opened,
    closedByPeer: server.closedByPeer
  }
  return { provider, stop: server.stop }
}
