/**
 * Google's own client as the judge: it must send what we send, and read what we read.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import { type Content, FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel } from "@google/genai"
import type { GenerateContentConfig, GenerateContentResponse } from "@google/genai"
import { fold } from "../../../src/domain/Answer.ts"
import type { Parameters } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { dataEvents, replay, split, utf8 } from "../../kit/replay.ts"
import { assistant, chunk, request, system, text, tool, user } from "./conversation.ts"

/** Runs `use` with Google's client, against a server that always answers `reply` and tells of each call. */
const withClient = async (
  reply: string,
  type: string,
  use: (client: GoogleGenAI) => Promise<void>
): Promise<ReadonlyArray<{ readonly path: string; readonly body: unknown }>> => {
  const calls: Array<{ path: string; body: unknown }> = []
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url)
      calls.push({ path: pathname + search, body: await request.json() })
      return new Response(reply, { headers: { "content-type": type } })
    }
  )
  const baseUrl = `http://127.0.0.1:${server.addr.port}`
  try {
    await use(new GoogleGenAI({ apiKey: "test", apiVersion: "v1beta", httpOptions: { baseUrl } }))
  } finally {
    await server.shutdown()
  }
  return calls
}

interface Conversation {
  readonly name: string
  readonly model?: string
  readonly messages: ReadonlyArray<Message>
  readonly parameters?: Parameters
  readonly contents: ReadonlyArray<Content>
  readonly config?: GenerateContentConfig
}

const hi = { messages: [user(text("Hi"))], contents: [{ role: "user", parts: [{ text: "Hi" }] }] }
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }

const conversations: ReadonlyArray<Conversation> = [
  { name: "a text", ...hi },
  { name: "a model that is tuned", model: "tunedModels/mine-1", ...hi },
  { name: "a model by its full name", model: "models/gemini-2.5-pro", ...hi },
  {
    name: "a system and many turns",
    messages: [
      system(text("Be brief.")),
      user(text("你好 🌸")),
      assistant([text("Hello")]),
      user(text("Bye"))
    ],
    contents: [
      { role: "user", parts: [{ text: "你好 🌸" }] },
      { role: "model", parts: [{ text: "Hello" }] },
      { role: "user", parts: [{ text: "Bye" }] }
    ],
    config: { systemInstruction: { parts: [{ text: "Be brief." }] } }
  },
  {
    name: "images",
    messages: [
      user(
        text("What is it?"),
        { type: "image", url: "data:image/png;base64,iVBORw0KGgo=" },
        { type: "image", url: "https://a.test/b.webp" }
      )
    ],
    contents: [{
      role: "user",
      parts: [
        { text: "What is it?" },
        { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } },
        { fileData: { mimeType: "image/webp", fileUri: "https://a.test/b.webp" } }
      ]
    }]
  },
  {
    name: "tools and their results",
    model: "gemini-3-pro-preview",
    messages: [
      user(text("Weather?")),
      assistant([], [{
        id: "f1",
        name: "weather",
        arguments: '{"city":"台北"}',
        signature: { dialect: "gemini", value: "c2ln" }
      }, { id: "call_r_0_1", name: "time", arguments: "" }]),
      tool("f1", text('{"celsius":31}')),
      tool("call_r_0_1", text("noon"))
    ],
    parameters: {
      tools: [{ name: "weather", description: "W", parameters: schema }, { name: "time" }],
      toolChoice: { name: "weather" }
    },
    contents: [
      { role: "user", parts: [{ text: "Weather?" }] },
      {
        role: "model",
        parts: [
          {
            functionCall: { id: "f1", name: "weather", args: { city: "台北" } },
            thoughtSignature: "c2ln"
          },
          { functionCall: { name: "time", args: {} } }
        ]
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "f1", name: "weather", response: { celsius: 31 } } },
          { functionResponse: { name: "time", response: { output: "noon" } } }
        ]
      }
    ],
    config: {
      tools: [{
        functionDeclarations: [
          { name: "weather", description: "W", parametersJsonSchema: schema },
          { name: "time" }
        ]
      }],
      toolConfig: {
        functionCallingConfig: {
          mode: FunctionCallingConfigMode.ANY,
          allowedFunctionNames: ["weather"]
        }
      }
    }
  },
  {
    name: "every parameter, and a schema",
    ...hi,
    parameters: {
      temperature: 0.7,
      topP: 0.9,
      maxTokens: 1000,
      stop: ["END"],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      n: 2,
      reasoningEffort: "low",
      responseFormat: { type: "json_schema", name: "place", schema }
    },
    config: {
      temperature: 0.7,
      topP: 0.9,
      maxOutputTokens: 1000,
      stopSequences: ["END"],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      candidateCount: 2,
      thinkingConfig: { thinkingBudget: 1024, includeThoughts: true },
      responseMimeType: "application/json",
      responseJsonSchema: schema
    }
  },
  {
    name: "how hard to think, by level",
    model: "gemini-3-flash-preview",
    ...hi,
    parameters: { reasoningEffort: "minimal" },
    config: {
      thinkingConfig: { thinkingLevel: ThinkingLevel.MINIMAL, includeThoughts: true }
    }
  }
]

/** Google's client sends a configuration also where it is empty. */
const withoutEmptyConfig = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (key, value) =>
      key === "generationConfig" && Object.keys(value).length === 0 ? undefined : value)
  )

for (const { name, model = "gemini-2.5-flash", ...conversation } of conversations) {
  Deno.test(`encode() and Google's client send the same: ${name}`, async () => {
    const asked = {
      model,
      contents: [...conversation.contents],
      ...(conversation.config && { config: conversation.config })
    }
    const ours = (stream: boolean) => {
      const { path, body } = gemini.encode(
        request(conversation.messages, conversation.parameters),
        { model, stream }
      )
      return { path, body: JSON.parse(JSON.stringify(body)) }
    }
    const whole = await withClient(
      JSON.stringify(chunk([])),
      "application/json",
      async (client) => {
        await client.models.generateContent(asked)
      }
    )
    const streamed = await withClient(
      dataEvents(chunk([])),
      "text/event-stream",
      async (client) => {
        for await (const _ of await client.models.generateContentStream(asked));
      }
    )
    const theirs = [...whole, ...streamed].map(({ path, body }) => ({
      path,
      body: withoutEmptyConfig(body)
    }))
    assertEquals<unknown>([ours(false), ours(true)], theirs)
  })
}

/** What Google's client read from the chunks of an answer. */
const theirReading = (chunks: ReadonlyArray<GenerateContentResponse>) => {
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  const counts = chunks.findLast(({ usageMetadata }) => usageMetadata)?.usageMetadata
  return {
    text: parts.map(({ text, thought }) => thought ? "" : text ?? "").join(""),
    thoughts: parts.map(({ text, thought }) => thought ? text ?? "" : "").join(""),
    calls: chunks.flatMap(({ functionCalls = [] }) =>
      functionCalls.map(({ name, args }) => [name, args ?? {}])
    ),
    ended: chunks.findLast(({ candidates }) => candidates?.[0]?.finishReason)?.candidates?.[0]
      ?.finishReason,
    read: counts?.promptTokenCount,
    written: counts?.totalTokenCount! - counts?.promptTokenCount!
  }
}

const ourReading = (deltas: Iterable<Delta>) => {
  const { choices: [choice], usage } = fold(deltas)!
  const { text, reasoning, toolCalls, finishReason } = choice!
  return {
    text,
    thoughts: reasoning.map((block) => block.type === "text" ? block.text : "").join(""),
    calls: toolCalls.map((call) => [call.name, JSON.parse(call.arguments)]),
    ended: finishReason === "length" ? "MAX_TOKENS" : "STOP",
    read: usage!.promptTokens,
    written: usage!.completionTokens
  }
}

const usage = (prompt: number, candidates: number, thoughts: number) => ({
  usageMetadata: {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    thoughtsTokenCount: thoughts,
    totalTokenCount: prompt + candidates + thoughts
  }
})

const answers: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  "a text": [
    chunk([{ text: "春" }], {}, usage(9, 1, 0)),
    chunk([{ text: "天 🌸" }], { finishReason: "STOP" }, usage(9, 4, 0))
  ],
  "thoughts": [
    chunk([{ text: "想一想", thought: true }], {}, usage(9, 0, 5)),
    chunk([{ text: "42", thoughtSignature: "c2ln" }], { finishReason: "STOP" }, usage(9, 2, 5))
  ],
  "tool calls": [
    chunk([{ functionCall: { name: "f", args: { city: "台北" } }, thoughtSignature: "c2ln" }]),
    chunk([{ functionCall: { name: "g", id: "1" } }], {}, usage(9, 7, 5)),
    chunk([{ text: "" }], { finishReason: "STOP" }, usage(9, 9, 5))
  ],
  "the budget": [
    chunk([{ text: "Once" }], {}, usage(9, 1, 0)),
    { candidates: [{ finishReason: "MAX_TOKENS", index: 0 }], ...usage(9, 1, 0) }
  ]
}

for (const [name, chunks] of Object.entries(answers)) {
  Deno.test(`the reader and Google's client read the same: ${name}`, async () => {
    const events = dataEvents(...chunks)
    const read: Array<GenerateContentResponse> = []
    await withClient(events, "text/event-stream", async (client) => {
      const asked = { model: "gemini-2.5-flash", contents: "Hi" }
      for await (const chunk of await client.models.generateContentStream(asked)) read.push(chunk)
    })
    const { deltas, fault } = replay(gemini, split(utf8(events), 3))
    assertEquals(fault, undefined)
    assertEquals<unknown>(ourReading(deltas), theirReading(read))
  })

  Deno.test(`decode() and Google's client read the same: ${name}`, async () => {
    for (const body of chunks.slice(-1)) {
      const read: Array<GenerateContentResponse> = []
      await withClient(JSON.stringify(body), "application/json", async (client) => {
        read.push(await client.models.generateContent({ model: "gemini-2.5-pro", contents: "Hi" }))
      })
      const deltas = gemini.decode(body)
      if (deltas instanceof UpstreamFault) throw deltas
      assertEquals<unknown>(ourReading(deltas), theirReading(read))
    }
  })
}
