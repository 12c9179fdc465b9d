/**
 * A gateway in front of a server of vectors, on real sockets: it speaks OpenAI's dialect and Gemini's.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { type Setup, start } from "../kit/gateway.ts"
import { variablesFor } from "./upstreams.ts"

/** A call as the server saw it. */
export interface VectorCall {
  readonly path: string
  readonly body: Record<string, unknown>
}

/** The vector of the input `at`: its numbers fit into 32 bits. */
export const vectorOf = (at: number): ReadonlyArray<number> => [at, 0.5, -0.25]

/** How many tokens were read, as the server says. */
export const tokensRead = 12

/** Starts both. `fails` says which calls are answered with 500, from 1. */
export const startVectors = Effect.fnUntraced(function* (
  { fails = () => false, ...setup }: Setup & { readonly fails?: (call: number) => boolean } = {}
) {
  const calls: Array<VectorCall> = []
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
        if (request.method === "GET") return Response.json({ data: [], models: [] })
        const { pathname } = new URL(request.url)
        const body = await request.json()
        calls.push({ path: pathname, body })
        if (fails(calls.length)) return Response.json({ error: { message: "no" } }, { status: 500 })
        return Response.json(answer(pathname, body))
      })
    ),
    (server) => Effect.promise(() => server.shutdown())
  )
  const env = { ...variablesFor(`http://127.0.0.1:${server.addr.port}`), ...setup.env }
  return { calls, ...(yield* start({ ...setup, env })) }
})

const answer = (path: string, body: Record<string, unknown>): object => {
  const usageMetadata = { promptTokenCount: tokensRead }
  if (path.endsWith(":embedContent")) {
    return { embedding: { values: vectorOf(0) }, usageMetadata }
  }
  if (path.endsWith(":batchEmbedContents")) {
    const requests = Array.from(Object(body.requests))
    return { embeddings: requests.map((_, at) => ({ values: vectorOf(at) })), usageMetadata }
  }
  const inputs = Array.from(Object(body.input))
  return {
    object: "list",
    data: inputs.map((_, index) => ({
      object: "embedding",
      index,
      embedding: body.encoding_format === "base64"
        ? new Uint8Array(Float32Array.from(vectorOf(index)).buffer).toBase64()
        : vectorOf(index)
    })),
    usage: { prompt_tokens: tokensRead, total_tokens: tokensRead }
  }
}
