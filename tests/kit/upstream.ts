/**
 * A provider that a test plays: it answers in the OpenAI dialect as a script says, by the clock of
 * whoever asks, and sees what the gateway does with its answers.
 *
 * @module
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { type Fields, object, parse } from "../../src/protocol/json.ts"
import type { Send, UpstreamRequest } from "../../src/provider/Egress.ts"

/** A text is sent as one piece, a number of milliseconds is waited; the rest is how a body ends badly. */
export type Step = string | number | typeof cut | typeof silence

/** The connection breaks. */
export const cut = Symbol("cut")
/** Nothing more comes, and the connection stays. */
export const silence = Symbol("silence")

/** An answer: its head, and its body step by step. */
export interface Reply {
  /** Milliseconds until the head comes. Default: 0. */
  readonly headMs?: number
  /** Default: 200. */
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly steps: ReadonlyArray<Step>
}

/** One request that the gateway sent, and what became of the answer to it. */
export interface Call {
  readonly request: UpstreamRequest
  readonly body: Fields
  /** How many pieces of the body were asked for. */
  pulls: number
  /** Whether the body was given up before its end. */
  cancelled: boolean
  /** Whether the gateway hung up, as it does at the end in any case. */
  readonly hungUp: () => boolean
}

/** A provider that a test plays. */
export interface Upstream {
  readonly send: Send
  /** Everything that was asked but for lists of models, oldest first. */
  readonly calls: ReadonlyArray<Call>
}

/**
 * Answers each call by `answer`, whose own mistakes are defects. Lists of models are answered with
 * `models`.
 */
export const upstream = (
  answer: (call: Call) => Reply,
  models: ReadonlyArray<string> = []
): Upstream => {
  const calls: Array<Call> = []
  return {
    calls,
    send: Effect.fnUntraced(function* (request, signal) {
      if (request.method === "GET") return Response.json({ data: models.map((id) => ({ id })) })
      const call: Call = {
        request,
        body: object(parse(request.body ?? "")) ?? {},
        pulls: 0,
        cancelled: false,
        hungUp: () => signal.aborted
      }
      calls.push(call)
      const { headMs = 0, status = 200, headers = {}, steps } = answer(call)
      yield* Effect.sleep(headMs)
      const context = yield* Effect.context<never>()
      return new Response(bodyOf(steps, call, context), { status, headers })
    })
  }
}

const bodyOf = (
  steps: ReadonlyArray<Step>,
  call: Call,
  context: Context.Context<never>
): ReadableStream<Uint8Array> => {
  const run = Effect.runPromiseWith(context)
  const left = new AbortController()
  let next = 0
  return new ReadableStream({
    type: "bytes",
    pull: async (controller) => {
      call.pulls++
      while (true) {
        const step = steps[next++]
        if (typeof step === "string") return controller.enqueue(utf8.encode(step))
        if (step === undefined) {
          controller.close()
          controller.byobRequest?.respond(0)
          return
        }
        if (step === cut) {
          return controller.error(new TypeError("error reading a body from connection"))
        }
        const wait = step === silence ? Effect.never : Effect.sleep(step)
        // Whoever leaves while we wait has seen all that it will see.
        await run(wait, { signal: left.signal }).catch(() => {})
        if (left.signal.aborted) return
      }
    },
    cancel: () => {
      call.cancelled = true
      left.abort()
    }
  })
}

const utf8 = new TextEncoder()

/** A streamed answer. */
export const streaming = (...steps: ReadonlyArray<Step>): Reply => ({
  headers: { "content-type": "text/event-stream" },
  steps
})

/** An answer in one piece. */
export const json = (value: unknown, reply: Omit<Reply, "steps"> = {}): Reply => ({
  ...reply,
  headers: { "content-type": "application/json", ...reply.headers },
  steps: [JSON.stringify(value)]
})

/** A whole answer of `text`. */
export const answering = (text: string, usage?: object, reply: Omit<Reply, "steps"> = {}): Reply =>
  json({
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage
  }, reply)

/** An event of a streamed answer. */
export const event = (value: unknown): string =>
  `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`

/** A piece of the first choice. */
export const piece = (delta: object, finish_reason: string | null = null): string =>
  event({ choices: [{ index: 0, delta, finish_reason }] })

/** A piece of text. */
export const says = (content: string): string => piece({ content })

/** The piece that many providers begin with: it shows nothing. */
export const role = piece({ role: "assistant", content: "" })

/** What the provider counted. */
export const counted = (promptTokens: number, completionTokens: number): string =>
  event({
    choices: [],
    usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens }
  })

/** The reason to stop. */
export const stop = piece({}, "stop")
/** The end of a stream that is whole. */
export const done = event("[DONE]")

/** Lets everything happen that follows from what was done, at the time that it is. */
export const settled: Effect.Effect<void> = Effect.forEach(
  Array.from({ length: 30 }),
  () => Effect.yieldNow,
  { discard: true }
)

/** Moves the clock, and lets everything happen that follows. */
export const pass = (ms: number): Effect.Effect<void> =>
  settled.pipe(Effect.andThen(TestClock.adjust(ms)), Effect.andThen(settled))
