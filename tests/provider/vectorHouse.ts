/**
 * A gateway in front of a server that a test plays, on real sockets.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { postJson } from "../api/upstreams.ts"
import { start } from "../kit/gateway.ts"

/** A call as the server saw it. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly bytes: Uint8Array
  readonly body: Record<string, unknown>
}

/** Starts both; `env` says where the server is and who asks, `answer` what the server says. */
export const vectorHouse = Effect.fnUntraced(function* (
  env: (url: string) => Record<string, string>,
  answer: (call: SeenCall, number: number) => Response
) {
  const calls: Array<SeenCall> = []
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
        const { headers, method } = request
        const bytes = new Uint8Array(await request.arrayBuffer())
        // As it stood in the request line.
        const path = request.url.replace(/^http:\/\/[^/]+/, "")
        const call = { method, path, headers, bytes, body: JSON.parse(decoder.decode(bytes)) }
        calls.push(call)
        return answer(call, calls.length)
      })
    ),
    (server) => Effect.promise(() => server.shutdown())
  )
  const { url } = yield* start({
    env: env(`http://127.0.0.1:${server.addr.port}`),
    config: { retries: { attempts: 1 } }
  })
  return {
    calls,
    /** Asks by OpenAI's route. */
    embed: (body: object) => postJson(`${url}/v1/embeddings`, body),
    /** Asks by any route. */
    post: (path: string, body: object) => postJson(url + path, body)
  }
})

const decoder = new TextDecoder()

/** The vectors in an answer of OpenAI's route. */
export const vectorsIn = (
  body: { readonly data: ReadonlyArray<{ readonly embedding: unknown }> }
) => body.data.map(({ embedding }) => embedding)
