import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { postJson } from "../api/upstreams.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey, start } from "../kit/gateway.ts"

const tokens = {
  billed_units: { input_tokens: 5, output_tokens: 2 },
  tokens: { input_tokens: 507, output_tokens: 4 },
  cached_tokens: 448
}

const call = {
  id: "weather_1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Rome"}' }
}

const events = (...events: ReadonlyArray<object>) =>
  new Response(
    events.map((event) => `event: ${Object(event).type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(""),
    { headers: { "content-type": "text/event-stream" } }
  )

const content = (type: string, content: object, index = 0) => ({
  type,
  index,
  delta: { message: { content } }
})

const streamed = () =>
  events(
    { type: "message-start", id: "x", delta: { message: { role: "assistant" } } },
    content("content-start", { type: "thinking", thinking: "" }),
    content("content-delta", { thinking: "Hm." }),
    { type: "content-end", index: 0 },
    content("content-start", { type: "text", text: "" }, 1),
    content("content-delta", { text: "Hel" }, 1),
    content("content-delta", { text: "lo" }, 1),
    { type: "content-end", index: 1 },
    { type: "message-end", delta: { finish_reason: "COMPLETE", usage: tokens } }
  )

const whole = (message: object, finish_reason: string) =>
  Response.json({
    id: "x",
    finish_reason,
    message: { role: "assistant", ...message },
    usage: tokens
  })

/** A gateway in front of a Cohere that answers by its body. */
const startCohere = Effect.fnUntraced(function* (
  answer: (path: string, body: Record<string, unknown>) => Response
) {
  const seen: Array<{ readonly path: string; readonly key: string | null; readonly body: object }> =
    []
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
        const { pathname, search } = new URL(request.url)
        if (request.method === "GET") {
          return pathname + search === "/v1/models?page_size=1000"
            ? Response.json({ models: [{ name: "command-new", endpoints: ["chat"] }] })
            : new Response(null, { status: 404 })
        }
        const body = await request.json()
        seen.push({ path: pathname, key: request.headers.get("authorization"), body })
        return answer(pathname, body)
      })
    ),
    (server) => Effect.promise(() => server.shutdown())
  )
  const gateway = yield* start({
    env: { CO_API_KEY: "co-key", CO_API_URL: `http://127.0.0.1:${server.addr.port}` }
  })
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 })
  return { ...gateway, seen, client }
})

const model = "command-a-03-2025"
const messages = [{ role: "user", content: "Hi" }] as const

liveTest(
  "Cohere answers in one piece, and is paid for what it bills",
  () =>
    Effect.gen(function* () {
      const { seen, url } = yield* startCohere(() =>
        whole({ content: [{ type: "text", text: "Hello" }] }, "COMPLETE")
      )
      const told = yield* postJson(`${url}/v1/chat/completions`, { model, messages, top_p: 0.5 })
      assertEquals(told.body.choices[0].message.content, "Hello")
      assertEquals(told.body.choices[0].finish_reason, "stop")
      assertEquals([told.body.usage.prompt_tokens, told.body.usage.completion_tokens], [507, 4])
      // 5 tokens at 2.5 dollars a million, and 2 at 10.
      assertEquals(told.headers.get("x-penstock-cost"), "0.0000325")
      assertEquals(seen, [{
        path: "/v2/chat",
        key: "Bearer co-key",
        body: { model, messages: [{ role: "user", content: "Hi" }], p: 0.5, stream: false }
      }])
    })
)

liveTest("Cohere's stream is told as any other", () =>
  Effect.gen(function* () {
    const { client } = yield* startCohere(streamed)
    const told = yield* Effect.promise(async () => {
      const stream = client.chat.completions.stream({
        model,
        messages: [...messages],
        stream_options: { include_usage: true }
      })
      return await stream.finalChatCompletion()
    })
    assertEquals(told.choices[0]?.message.content, "Hello")
    assertEquals(told.choices[0]?.finish_reason, "stop")
    assertEquals(told.usage?.total_tokens, 511)
  }))

liveTest("Cohere's tools are called, and their results go back", () =>
  Effect.gen(function* () {
    const { client, seen } = yield* startCohere((_, body) =>
      JSON.stringify(body).includes("tool_call_id")
        ? whole({ content: [{ type: "text", text: "Sunny" }] }, "COMPLETE")
        : whole({ tool_plan: "I will look.", tool_calls: [call] }, "TOOL_CALL")
    )
    const text = yield* Effect.promise(async () => {
      const runner = client.chat.completions.runTools({
        model,
        messages: [...messages],
        tools: [{
          type: "function",
          function: {
            name: "weather",
            description: "The weather",
            parameters: { type: "object" },
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `sunny in ${city}`
          }
        }]
      })
      return await runner.finalContent()
    })
    assertEquals(text, "Sunny")
    const { messages: sent } = Object(seen[1]?.body)
    assertEquals(sent[1].tool_calls, [call])
    assertEquals(sent[2], {
      role: "tool",
      tool_call_id: "weather_1",
      content: "sunny in Rome"
    })
  }))

liveTest(
  "Cohere makes vectors, and of a stranger's limit nothing is hidden",
  () =>
    Effect.gen(function* () {
      const { seen, url } = yield* startCohere((path) =>
        path === "/v2/embed"
          ? Response.json({
            embeddings: { float: [[1, 2]] },
            meta: { billed_units: { input_tokens: 3 } }
          })
          : Response.json({ message: "You are past the per minute request limit" }, { status: 429 })
      )
      const vectors = yield* postJson(`${url}/v1/embeddings`, { model: "embed-v4.0", input: "a" })
      assertEquals(vectors.body.data[0].embedding, [1, 2])
      assertEquals(vectors.body.usage.prompt_tokens, 3)
      assertEquals(seen[0]?.path, "/v2/embed")
      const limited = yield* postJson(`${url}/v1/chat/completions`, { model, messages })
      assertEquals(limited.body.error.code, "rate_limit_exceeded")
    })
)

liveTest(
  "what Cohere lists is offered, and what it cannot do is refused by name",
  () =>
    Effect.gen(function* () {
      const { client, seen, url } = yield* startCohere(() => new Response(null, { status: 500 }))
      const ids = yield* Effect.promise(async () => {
        for (let tries = 0; tries < 200; tries++) {
          const ids = (await client.models.list()).data.map(({ id }) => id)
          if (ids.includes("command-new")) return ids
        }
        throw new Error("It was never listed")
      })
      assertEquals(ids.includes(model), true)
      const refused = yield* postJson(`${url}/v1/chat/completions`, { model, messages, n: 2 })
      assertEquals([refused.status, refused.body.error.param], [400, "n"])
      assertEquals(seen, [])
    })
)
