/**
 * A provider that keeps its own log of what it was asked and what it said that it took, to hold the
 * books of a gateway against.
 *
 * @module
 */
import * as Effect from "effect/Effect"

/** One call, as the provider saw it. */
export interface Logged {
  /** The word in the prompt that its request is known by. */
  readonly word: string
  readonly failed: boolean
  /** Tokens that it reported; absent as long as it has not. */
  reported: { readonly prompt: number; readonly completion: number } | undefined
}

/** Reads the word that `ask` puts into a prompt. */
const wordIn = (body: string): string => /word-[\w-]+/.exec(body)?.[0] ?? ""

/** A request whose prompt holds `word`. */
export const ask = (word: string) => ({
  model: "counted",
  messages: [{ role: "user", content: `Say something about ${word}` }]
})

const chunk = (body: object) => new TextEncoder().encode(`data: ${JSON.stringify(body)}\n\n`)
const said = (content: string) => ({ choices: [{ index: 0, delta: { content } }] })

/**
 * A provider of OpenAI's dialect that streams a few words with pauses of up to `pauseMs`, fails one
 * call in ten, and reports tokens by the numbers that `random` gives, from 0 to 1.
 */
export const loggingProvider = (random: () => number, pauseMs: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const log: Array<Logged> = []
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        async (request) => {
          if (request.method === "GET") return Response.json({ data: [] })
          const call: Logged = {
            word: wordIn(await request.text()),
            failed: random() < 0.1,
            reported: undefined
          }
          log.push(call)
          if (call.failed) return Response.json({ error: { message: "No" } }, { status: 500 })
          const usage = { prompt: 1 + Math.floor(random() * 50), completion: 5 }
          const stream = async function* () {
            for (let n = 1; n <= usage.completion; n++) {
              yield chunk(said(`${n} `))
              await new Promise((resolve) => setTimeout(resolve, random() * pauseMs))
            }
            call.reported = usage
            yield chunk({
              choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
              usage: { prompt_tokens: usage.prompt, completion_tokens: usage.completion }
            })
            yield new TextEncoder().encode("data: [DONE]\n\n")
          }
          return new Response(ReadableStream.from(stream()), {
            headers: { "content-type": "text/event-stream" }
          })
        }
      )
      return { url: `http://127.0.0.1:${server.addr.port}/v1`, log, server }
    }),
    ({ server }) => Effect.promise(() => server.shutdown())
  )
