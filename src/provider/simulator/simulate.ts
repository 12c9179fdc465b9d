/**
 * The simulator's side of HTTP.
 *
 * @module
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { count, type Fields, object, parse, string } from "../../protocol/json.ts"
import type { Send } from "../Egress.ts"
import * as Reply from "./reply.ts"
import { type Script, write } from "./script.ts"
import { vectorsOf } from "./vectors.ts"

/** How a simulated model behaves; times in milliseconds. */
interface Manner {
  readonly beforeFirst: number
  readonly betweenPieces: number
  /** How a streamed answer ends after half of its pieces, if not well. */
  readonly ending?: "cut" | "silent" | undefined
}

const quick: Manner = { beforeFirst: 20, betweenPieces: 10 }
const manners = new Map<string | undefined, Manner>([
  ["simulator-slow", { beforeFirst: 2000, betweenPieces: 100 }],
  ["simulator-cut", { ...quick, ending: "cut" }],
  ["simulator-silent", { ...quick, ending: "silent" }]
])

/** Answers requests in the OpenAI dialect, within this process. */
export const simulate = (seed: number): Send => {
  let flakyCalls = 0
  return Effect.fnUntraced(function* ({ body = "", url }) {
    const request = object(parse(body)) ?? {}
    const model = string(request.model) ?? ""
    if (model === "simulator-rate-limited") {
      return Reply.error(429, "rate_limit_exceeded", { "retry-after": "2" })
    }
    if (model === "simulator-flaky" && ++flakyCalls % 2 === 1) {
      return Reply.error(500, "server_error")
    }
    const manner = manners.get(model) ?? quick
    if (url.endsWith("/embeddings")) {
      yield* Effect.sleep(manner.beforeFirst)
      return Response.json(vectorsOf(request, model, seed))
    }
    const scripts = written(request, seed)
    if (request.stream === true) return yield* streamed(scripts, manner, model)
    const longest = Math.max(...scripts.map(({ pieces }) => pieces.length))
    yield* Effect.sleep(manner.beforeFirst + longest * manner.betweenPieces)
    if (manner.ending === "silent") yield* Effect.never
    return Reply.whole(scripts, model, manner.ending === "cut")
  })
}

/** As many answers as are asked for, each by a seed of its own: the client's, where it gives one. */
const written = (request: Fields, seed: number): ReadonlyArray<Script> => {
  const first = typeof request.seed === "number" ? request.seed : seed
  return Array.from({ length: count(request.n) || 1 }, (_, at) => write(request, first + at))
}

/**
 * A body that waits between its pieces by the clock of whoever asked, so that tests can move it; one
 * piece is made when the one before it was taken.
 */
const streamed = (scripts: ReadonlyArray<Script>, manner: Manner, model: string) =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.sync(() => {
      const events = Reply.events(scripts, model)
      const half = Math.ceil(events.length / 2)
      const run = Effect.runPromiseWith(context)
      let next = 0
      const left = new AbortController()
      const body = new ReadableStream({
        type: "bytes",
        pull: (controller) => {
          if (manner.ending && next >= half) {
            if (manner.ending === "silent") return run(Effect.never, { signal: left.signal })
            return controller.error(new TypeError("error reading a body from connection"))
          }
          const wait = next === 0 ? manner.beforeFirst : manner.betweenPieces
          return run(Effect.sleep(wait), { signal: left.signal }).then(() => {
            const event = events[next++]
            if (event) controller.enqueue(event)
            if (next >= events.length) controller.close()
          })
        },
        cancel: () => left.abort()
      })
      return new Response(body, { headers: { "content-type": "text/event-stream" } })
    })
  )
