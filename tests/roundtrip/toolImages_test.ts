import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { modelOf, postJson, startBoth } from "../api/upstreams.ts"
import { liveTest } from "../kit/effect.ts"

const data = "iVBORw0KGgo="
const id = "functions.look:0"

/** An agent that had a picture read, as each family of clients tells of it. */
const told = {
  "/v1/messages": {
    max_tokens: 9,
    messages: [
      { role: "user", content: "Look." },
      { role: "assistant", content: [{ type: "tool_use", id, name: "look", input: {} }] },
      {
        role: "user",
        content: [{
          type: "tool_result",
          tool_use_id: id,
          content: [
            { type: "text", text: "a.png" },
            { type: "image", source: { type: "base64", media_type: "image/png", data } }
          ]
        }]
      }
    ]
  },
  "/v1/chat/completions": {
    messages: [
      { role: "user", content: "Look." },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id, type: "function", function: { name: "look", arguments: "{}" } }]
      },
      {
        role: "tool",
        tool_call_id: id,
        content: [
          { type: "text", text: "a.png" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }
        ]
      }
    ]
  }
}

for (const [path, body] of Object.entries(told)) {
  liveTest(
    `an agent at ${path} that had a picture read is answered by a model of each dialect`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth()
        for (const model of Object.values(modelOf)) {
          const { status, text } = yield* postJson(url + path, { ...body, model })
          assertEquals([status, model], [200, model], text)
        }
        // deno-lint-ignore no-explicit-any -- looked into freely
        const [toOpenAi, toAnthropic, toGemini] = provider.calls.map((call) => call.body as any)
        const [, , result, shown] = toOpenAi.messages
        assertEquals([result.tool_call_id, result.content, shown.role], [id, "a.png", "user"])
        assertEquals(shown.content[1].image_url.url, `data:image/png;base64,${data}`)
        const [, { content: [call] }, { content: [answer] }] = toAnthropic.messages
        assertEquals(/^[\w-]+$/.test(call.id) && call.id === answer.tool_use_id, true, call.id)
        assertEquals(answer.content[1].source.data, data)
        const [, , { parts }] = toGemini.contents
        assertEquals([parts[0].functionResponse.id, parts[1].inlineData.data], [id, data])
      })
  )
}
