import { assert, assertEquals } from "@std/assert"
import OpenAI from "openai"
import { fold } from "../../../src/domain/Answer.ts"
import type { Parameters } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { dataEvents, replay, utf8 } from "../../kit/replay.ts"
import { body, decoded, request, user } from "./deltas.ts"

type Params = OpenAI.ChatCompletionCreateParams

/** Runs `use` with OpenAI's own client, against a server that answers with `reply`. */
const withClient = async <A>(
  reply: { readonly type: string; readonly content: string },
  use: (client: OpenAI) => Promise<A>
) => {
  const asked: Array<{ readonly path: string; readonly body: unknown }> = []
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (http) => {
      asked.push({ path: new URL(http.url).pathname, body: await http.json() })
      return new Response(reply.content, { headers: { "content-type": reply.type } })
    }
  )
  const client = new OpenAI({
    apiKey: "test",
    baseURL: `http://127.0.0.1:${server.addr.port}/v1`,
    maxRetries: 0
  })
  try {
    return { result: await use(client), asked }
  } finally {
    await server.shutdown()
  }
}

const json = (content: unknown) => ({
  type: "application/json",
  content: JSON.stringify(content)
})
const events = (...chunks: ReadonlyArray<unknown>) => ({
  type: "text/event-stream",
  content: dataEvents(...chunks, "[DONE]")
})

const image = "data:image/png;base64,iVBORw0KGgo="
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false
}

/** Each conversation twice: as the gateway knows it, and as OpenAI's client takes it. */
const conversations: ReadonlyArray<{
  readonly name: string
  readonly messages: ReadonlyArray<Message>
  readonly parameters?: Parameters
  readonly params: Omit<Params, "model" | "stream">
}> = [
  {
    name: "a text",
    messages: [user("你好")],
    params: { messages: [{ role: "user", content: "你好" }] }
  },
  {
    name: "a system message, several turns and plain parameters",
    messages: [
      { role: "system", content: [{ type: "text", text: "Be brief" }] },
      { role: "user", content: [{ type: "text", text: "a" }], name: "Ann" },
      {
        role: "assistant",
        content: [{ type: "text", text: "b" }],
        reasoning: [{ type: "text", text: "hm" }],
        toolCalls: []
      },
      user("c")
    ],
    parameters: {
      temperature: 0.2,
      topP: 0.9,
      maxTokens: 7,
      n: 2,
      stop: ["x"],
      seed: 4,
      presencePenalty: 1,
      frequencyPenalty: -1,
      reasoningEffort: "minimal",
      user: "u",
      metadata: { team: "t" }
    },
    params: {
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "a", name: "Ann" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" }
      ],
      temperature: 0.2,
      top_p: 0.9,
      max_tokens: 7,
      n: 2,
      stop: ["x"],
      seed: 4,
      presence_penalty: 1,
      frequency_penalty: -1,
      reasoning_effort: "minimal",
      user: "u"
    }
  },
  {
    name: "an image",
    messages: [{
      role: "user",
      content: [{ type: "text", text: "What?" }, { type: "image", url: image, detail: "low" }]
    }],
    params: {
      messages: [{
        role: "user",
        content: [
          { type: "text", text: "What?" },
          { type: "image_url", image_url: { url: image, detail: "low" } }
        ]
      }]
    }
  },
  {
    name: "tools and their results",
    messages: [
      user("Weather?"),
      {
        role: "assistant",
        content: [],
        reasoning: [],
        toolCalls: [
          { id: "c1", name: "weather", arguments: `{"city":"Oslo"}` },
          { id: "c2", name: "now", arguments: "{}" }
        ]
      },
      { role: "tool", toolCallId: "c1", content: [{ type: "text", text: "3 °C" }] },
      { role: "tool", toolCallId: "c2", content: [{ type: "text", text: "noon" }] }
    ],
    parameters: {
      tools: [
        { name: "weather", description: "The weather", parameters: schema, strict: true },
        { name: "now" }
      ],
      toolChoice: { name: "weather" }
    },
    params: {
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "weather", arguments: `{"city":"Oslo"}` }
            },
            { id: "c2", type: "function", function: { name: "now", arguments: "{}" } }
          ]
        },
        { role: "tool", tool_call_id: "c1", content: "3 °C" },
        { role: "tool", tool_call_id: "c2", content: "noon" }
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: "The weather",
            parameters: schema,
            strict: true
          }
        },
        { type: "function", function: { name: "now" } }
      ],
      tool_choice: { type: "function", function: { name: "weather" } }
    }
  },
  {
    name: "a JSON schema",
    messages: [user("Where?")],
    parameters: {
      responseFormat: { type: "json_schema", name: "place", description: "d", schema, strict: true }
    },
    params: {
      messages: [{ role: "user", content: "Where?" }],
      response_format: {
        type: "json_schema",
        json_schema: { name: "place", description: "d", schema, strict: true }
      }
    }
  }
]

const empty = {
  choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "stop" }]
}

for (const { name, messages, parameters, params } of conversations) {
  Deno.test(`encode() asks as OpenAI's own client does: ${name}`, async () => {
    const plain = await withClient(
      json(empty),
      (client) => client.chat.completions.create({ ...params, model: "gpt-x" })
    )
    assertEquals(plain.asked, [{
      path: `/v1${openai().encode(request(messages), { model: "m", stream: false }).path}`,
      body: body(request(messages, parameters))
    }])
    const streamed = await withClient(events(), async (client) => {
      const stream = await client.chat.completions.create({
        ...params,
        model: "gpt-x",
        stream: true,
        stream_options: { include_usage: true }
      })
      for await (const _ of stream) assert(false)
    })
    assertEquals(streamed.asked.map(({ body }) => body), [
      body(request(messages, parameters), {}, true)
    ])
  })
}

/** What OpenAI's client and ours must agree on. */
const read = (deltas: Iterable<Delta>) => {
  const answer = fold(deltas)
  return {
    choices: answer!.choices.map(({ text, refusal, toolCalls, finishReason }) => ({
      text,
      refusal,
      reason: finishReason,
      calls: toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }))
    })),
    usage: [
      answer!.usage!.promptTokens,
      answer!.usage!.completionTokens,
      answer!.usage!.cachedTokens,
      answer!.usage!.reasoningTokens
    ]
  }
}

const readByClient = ({ choices, usage }: OpenAI.ChatCompletion) => ({
  choices: choices.map(({ message, finish_reason }) => ({
    text: message.content ?? "",
    refusal: message.refusal ?? undefined,
    reason: finish_reason,
    calls: (message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ id: call.id, ...call.function }] : []
    )
  })),
  usage: [
    usage!.prompt_tokens,
    usage!.completion_tokens,
    usage!.prompt_tokens_details!.cached_tokens,
    usage!.completion_tokens_details!.reasoning_tokens
  ]
})

const head = { id: "chatcmpl-1", created: 1, model: "gpt-x" }
const usage = {
  prompt_tokens: 20,
  completion_tokens: 12,
  total_tokens: 32,
  prompt_tokens_details: { cached_tokens: 16 },
  completion_tokens_details: { reasoning_tokens: 5 }
}
const call = (id: string, name: string, args: string) => ({
  id,
  type: "function",
  function: { name, arguments: args }
})

const answers = {
  "a text": [{ message: { content: "Grüß 👋" }, finish_reason: "stop" }],
  "two choices": [
    { message: { content: "a" }, finish_reason: "length" },
    { message: { content: "b" }, finish_reason: "content_filter" }
  ],
  "a refusal": [{ message: { content: null, refusal: "No." }, finish_reason: "stop" }],
  "tool calls": [{
    message: {
      content: null,
      tool_calls: [call("c1", "weather", `{"city":"Oslo"}`), call("c2", "now", "{}")]
    },
    finish_reason: "tool_calls"
  }]
}
for (const [name, choices] of Object.entries(answers)) {
  Deno.test(`decode() reads what OpenAI's own client reads: ${name}`, async () => {
    const answer = {
      ...head,
      object: "chat.completion",
      choices: choices.map(({ message, finish_reason }, index) => ({
        index,
        message: { role: "assistant", ...message },
        finish_reason
      })),
      usage
    }
    const { result } = await withClient(
      json(answer),
      (client) => client.chat.completions.create({ model: "gpt-x", messages: [] })
    )
    assertEquals(read(decoded(answer)), readByClient(result))
  })
}

const chunk = (index: number, delta: unknown, finish_reason: string | null = null) => ({
  ...head,
  object: "chat.completion.chunk",
  choices: [{ index, delta, finish_reason }],
  usage: null
})
const called = (index: number, call: unknown) => chunk(0, { tool_calls: [{ index, ...call! }] })

const streams = {
  "a text": [
    chunk(0, { role: "assistant", content: "" }),
    chunk(0, { content: "Grüß " }),
    chunk(0, { content: "👋" }),
    chunk(0, {}, "stop")
  ],
  "two choices": [
    chunk(0, { role: "assistant", content: "a" }),
    chunk(1, { role: "assistant", content: "c" }),
    chunk(0, { content: "b" }),
    chunk(1, {}, "length"),
    chunk(0, {}, "stop")
  ],
  "a refusal": [
    chunk(0, { role: "assistant", refusal: "N" }),
    chunk(0, { refusal: "o." }),
    chunk(0, {}, "stop")
  ],
  "interleaved tool calls": [
    chunk(0, { role: "assistant", content: null }),
    called(0, call("c1", "weather", "")),
    called(1, call("c2", "time", "")),
    called(0, { function: { arguments: `{"city":` } }),
    called(1, { function: { arguments: `{"zone":"UTC"}` } }),
    called(0, { function: { arguments: `"Oslo"}` } }),
    chunk(0, {}, "tool_calls")
  ]
}
for (const [name, chunks] of Object.entries(streams)) {
  Deno.test(`reader() reads what OpenAI's own client reads: ${name}`, async () => {
    const last = { ...head, object: "chat.completion.chunk", choices: [], usage }
    const reply = events(...chunks, last)
    const { result } = await withClient(
      reply,
      (client) =>
        client.chat.completions.stream({ model: "gpt-x", messages: [] }).finalChatCompletion()
    )
    const { deltas, fault } = replay(openai(), [utf8(reply.content)])
    assertEquals(fault, undefined)
    assertEquals(read(deltas), readByClient(result))
  })
}
