import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { anthropic } from "../../src/protocol/anthropic/mod.ts"
import { openai } from "../../src/protocol/openai/mod.ts"
import * as StreamDecoder from "../../src/protocol/StreamDecoder.ts"
import { deltas } from "../../src/provider/body.ts"
import { test } from "../kit/effect.ts"

const dialects = { openai: openai(), anthropic }

/** A body that says `first`, and then `again` without end; `left` says whether it was hung up on. */
const endless = (first: string, again: string) => {
  const state = { left: false, bytes: 0 }
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(first)),
    pull: (controller) => {
      const bytes = encoder.encode(again)
      state.bytes += bytes.length
      // Where nobody hangs up, the test is to end all the same.
      if (state.bytes > 10_000_000) return controller.close()
      controller.enqueue(bytes)
    },
    cancel: () => {
      state.left = true
    }
  })
  return { body, state }
}

const data = (json: unknown) => `data: ${JSON.stringify(json)}\n\n`
const chunk = (tool_calls: unknown) =>
  data({ choices: [{ index: 0, delta: { tool_calls: [tool_calls] } }] })
const started = (content_block: object) =>
  data({ type: "content_block_start", index: 0, content_block })
const more = (delta: object) => data({ type: "content_block_delta", index: 0, delta })

/** What may be held until it says something, and never does. */
const endlessly: Record<string, readonly [keyof typeof dialects, string, string]> = {
  "arguments of a call without a name": [
    "openai",
    chunk({ index: 0, id: "c", function: { arguments: "{" } }),
    chunk({ index: 0, function: { arguments: "x".repeat(1000) } })
  ],
  "a block that nobody has heard of": [
    "anthropic",
    started({ type: "hologram" }),
    more({ type: "hologram_delta", light: "x".repeat(1000) })
  ],
  "comments": ["openai", "", `: ${"x".repeat(1000)}\n\n`]
}

for (const [what, [dialect, first, again]] of Object.entries(endlessly)) {
  test(`a stream that says nothing without end is hung up on: ${what}`, () =>
    Effect.gen(function* () {
      const { body, state } = endless(first, again)
      const most = 200_000
      const decoder = StreamDecoder.make(dialects[dialect].reader())
      const fault = yield* Effect.flip(Stream.runDrain(deltas(body, decoder, most)))
      assertEquals(fault.class, "too_large")
      assert(state.left)
      assert(state.bytes < 10 * most, `${state.bytes} bytes`)
    }))
}
