import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import * as Raw from "../../kit/raw.ts"
import { modelOf, postJson, startBoth } from "../upstreams.ts"
import { hi } from "./kit.ts"

const said = (content: unknown) => ({ messages: [{ role: "user", content }] })
const before = (content: unknown) => ({
  messages: [{ role: "user", content: "a" }, { role: "assistant", content }, {
    role: "user",
    content: "b"
  }]
})
const image = { type: "image", source: { type: "base64", media_type: "image/tiff", data: "@" } }

/** What is wrong in itself, whoever is asked, and where that is told. */
const wrong: Record<string, object> = {
  "stream": { stream: "true" },
  "max_tokens": { max_tokens: "10" },
  "messages": { messages: null },
  "messages.0.role": { messages: [{ content: "Hi" }] },
  "messages.0.content": said(null),
  "messages.0.content.0": said(["Hi"]),
  "messages.0.content.0.text": said([{ type: "text", text: 5 }]),
  "messages.0.content.0.source": said([{ type: "image" }]),
  "messages.0.content.0.tool_use_id": said([{ type: "tool_result", content: "x" }]),
  "messages.1.content.0.input": before([{ type: "tool_use", id: "a", name: "f", input: "x" }]),
  "system": { system: 5 },
  "tools": { tools: "x" },
  "tools.0.name": { tools: [{ input_schema: {} }] },
  "tool_choice.type": { tool_choice: "auto" },
  "thinking": { thinking: "enabled" },
  "thinking.budget_tokens": { thinking: { type: "enabled", budget_tokens: "1000" } },
  "output_config": { output_config: "high" },
  "metadata": { metadata: "x" }
}

/** What other providers cannot be told, and where that is told. */
const others: Record<string, object> = {
  "system": { system: [{ type: "text", text: "a" }, image] },
  "messages.1.content.0": before([
    { type: "server_tool_use", id: "s", name: "web_search", input: {} },
    { type: "web_search_tool_result", tool_use_id: "s", content: [] }
  ]),
  "messages.0.content.1": said([{ type: "text", text: "a" }, { type: "hologram\r\n", x: 1 }])
}

liveTest(
  "what is wrong is told by its place, in the client's own words, and nobody is asked",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      const refused = function* (model: string, place: string, more: object) {
        for (const path of ["/v1/messages", "/v1/messages/count_tokens"]) {
          if (path.endsWith("tokens") && more === others[place]) continue
          const { body, status } = yield* postJson(url + path, { ...hi(model), ...more })
          assertEquals(status, 400, place)
          assert(body.error.message.includes(`${place}: `), `${place}: ${body.error.message}`)
          assert(!/[\r\n]/.test(body.error.message))
        }
      }
      for (const model of Object.values(modelOf)) {
        for (const [place, more] of Object.entries(wrong)) yield* refused(model, place, more)
      }
      for (const model of [modelOf.openai, modelOf.gemini]) {
        for (const [place, more] of Object.entries(others)) yield* refused(model, place, more)
      }
      assertEquals(provider.calls.length, 0)
    })
)

liveTest(
  "an image that a model cannot be shown is told by its own place",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const messages = [
        { role: "user", content: "a" },
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
        {
          role: "user",
          content: [
            { type: "text", text: "x" },
            {
              type: "tool_result",
              tool_use_id: "t",
              content: [{ type: "text", text: "y" }, image]
            },
            image
          ]
        }
      ]
      // In two places, of which the gateway itself makes two messages.
      const shown = { ...hi(modelOf.anthropic), system: "Be brief.", messages }
      const { body, status } = yield* postJson(`${url}/v1/messages`, shown)
      assertEquals(status, 400)
      const { message } = body.error
      assert(message.startsWith("messages.2.content.1.content.1: "), message)
      assert(message.includes("; messages.2.content.2: "), message)
      assert(message.endsWith(". Leave it out, or ask a model that can"), message)
    })
)

liveTest(
  "an unknown model is told with the list that these clients know",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const { body, headers } = yield* postJson(`${url}/v1/messages`, hi("x\r\nX-Evil: 1"))
      const message = 'There is no model "x??X-Evil: 1": GET /v1/models lists those there are'
      assertEquals(body.error, { type: "not_found_error", message })
      assertEquals(headers.get("x-evil"), null)
    })
)

liveTest(
  "odd names, labels and headers harm nobody",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      const odd = `{"max_tokens":10,"__proto__":{"stream":true},"constructor":{},
        "metadata":{"user_id":"a\\r\\nX-Evil: 1"},"stop_sequences":["\\ud800"],
        "tools":[{"name":"__proto__","input_schema":{"properties":{"__proto__":{"type":"string"}}}}],
        "messages":[{"role":"user","content":"a\\ud800b","__proto__":{"x":1}},
          {"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"gemini:abc"},
            {"type":"redacted_thinking","data":"tool:constructor:x"},
            {"type":"tool_use","id":"toString","name":"constructor","input":{"__proto__":1}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"toString"}]}],`
      for (const model of Object.values(modelOf)) {
        const body = `${odd}"model":"${model}"}`
        const answer = yield* Raw.ask(url, {
          method: "POST",
          target: "/v1/messages",
          headers: [
            ["Host", new URL(url).host],
            ["X-API-Key", apiKey],
            ["Content-Type", "application/json"],
            ["Content-Length", String(new TextEncoder().encode(body).length)],
            ["anthropic-beta", `é, ${"b".repeat(5000)}`],
            ["anthropic-version", "\u0001"]
          ],
          body
        })
        assert(answer === undefined || answer.status < 500, answer?.body)
      }
      assertEquals(provider.calls.some(({ headers }) => headers.has("x-evil")), false)
      const after = yield* postJson(`${url}/v1/messages`, hi(modelOf.anthropic))
      assertEquals(after.status, 200)
    })
)

liveTest(
  "what a client's thoughts of another provider leave empty is no empty turn",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth(FakeProvider.answer())
      const foreign = before([{ type: "thinking", thinking: "hm", signature: "openai:x" }])
      const { status } = yield* postJson(`${url}/v1/messages`, {
        ...hi(modelOf.anthropic),
        ...foreign
      })
      assertEquals(status, 200)
      assertEquals(provider.calls[0]?.body.messages, [
        { role: "user", content: "a" },
        { role: "user", content: "b" }
      ])
    })
)
