import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import type { Script } from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { startBoth } from "../upstreams.ts"

const chunk = (delta: object) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`

/** So many characters at a time. */
const pieceLength = 64 * 1024
const piece = "x".repeat(pieceLength)
/** What goes on for as long as it is read, and never for more than this, in characters. */
const most = 100 * 1024 * 1024

const call = { index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "{" } }
const endless = {
  "the arguments of a call": [
    { tool_calls: [call] },
    { tool_calls: [{ index: 0, function: { arguments: piece } }] }
  ],
  "a text": [{ content: "a" }, { content: piece }],
  "a thought": [{ reasoning_content: "a" }, { reasoning_content: piece }]
} as const

/** Streams `first`, and then `more` for ever. */
const without = (first: object, more: object): Script => ({
  name: "without an end",
  play: async ({ peer }) => {
    await peer.write(
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    )
    await peer.write(chunk(first))
    const text = chunk(more)
    for (let written = 0; written < most; written += pieceLength) {
      if (!await peer.write(text)) return
    }
    peer.close()
  }
})

/** The last event of a stream, as far as it is told from `mark` on; its length, and what it took. */
const readThrough = async (response: Response, mark: string) => {
  const utf8 = new TextDecoder()
  let end = ""
  let isMarked = false
  let length = 0
  let taken = 0
  for await (const bytes of response.body!) {
    length += bytes.length
    taken = Math.max(taken, Deno.memoryUsage().rss)
    const text = end + utf8.decode(bytes, { stream: true })
    const at: number = isMarked ? 0 : text.indexOf(mark)
    isMarked ||= at >= 0
    end = isMarked ? text.slice(at, at + 2000) : text.slice(-mark.length)
  }
  return { length, end, taken }
}

for (const [what, [first, more]] of Object.entries(endless)) {
  liveTest(
    `${what} without an end is broken off, by an error that says so, and the provider left`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth(without(first, more))
        const asked = { model: "gpt-4", stream: true }
        for (
          const [route, prompt, mark, told] of [
            [
              "chat/completions",
              { messages: [{ role: "user", content: "Hi" }] },
              'data: {"error"',
              [
                /"code":"upstream_response_too_large"\}\}\n\n$/
              ]
            ],
            ["responses", { input: "Hi" }, "event: response.failed", [
              /"status":"failed"/,
              /"error":\{"code":"server_error","message":"The provider's answer is larger than/
            ]]
          ] as const
        ) {
          const before = Deno.memoryUsage().rss
          const { length, end, taken } = yield* Effect.promise(async () => {
            const response = await fetch(`${url}/v1/${route}`, {
              method: "POST",
              headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
              body: JSON.stringify({ ...asked, ...prompt })
            })
            return await readThrough(response, mark)
          })
          const mib = (bytes: number) => Math.round(bytes / 1024 / 1024)
          console.log(
            `  ${route}: ${mib(length)} MiB, at most ${mib(taken - before)} MiB of memory`
          )
          for (const word of told) assertMatch(end, word)
          // A response has all of it once more in its last event.
          assert(length < 80 * 1024 * 1024, `${mib(length)} MiB`)
        }
        assertEquals(provider.calls.length, 2)
      }).pipe(Effect.timeout("60 seconds"))
  )
}
