import { assertEquals } from "@std/assert"
import OpenAI from "openai"
import * as Effect from "effect/Effect"
import { eventsOf } from "../../../src/api/openai/chat/events.ts"
import { readChat } from "../../../src/api/openai/chat/read.ts"
import { toCompletion } from "../../../src/api/openai/chat/whole.ts"
import { headOf } from "../../../src/api/openai/Head.ts"
import * as Toolbox from "../../../src/api/openai/Toolbox.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { FinishReason } from "../../../src/domain/FinishReason.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey } from "../../kit/gateway.ts"
import { modelOf, startBoth } from "../upstreams.ts"

const grammar = { definition: "start: /.+/", syntax: "lark" as const }
const patch: OpenAI.ChatCompletionTool = {
  type: "custom",
  custom: {
    name: "patch",
    description: "Changes files",
    format: { type: "grammar", grammar }
  }
}
const now: OpenAI.ChatCompletionTool = { type: "function", function: { name: "now" } }
const user = { role: "user", content: "Change a.ts" } as const
const input = 'a "b"\n☃'
const call = { id: "c1", type: "custom", custom: { name: "patch", input } }

const script = () =>
  FakeProvider.sequence(
    FakeProvider.answer({
      toolCalls: [{ id: "c1", name: "patch", arguments: JSON.stringify({ input }) }]
    }),
    FakeProvider.answer({
      toolCalls: [{ id: "c1", name: "patch", arguments: JSON.stringify({ input }) }]
    }),
    FakeProvider.answer({ text: "Done" })
  )

for (const [dialect, model] of Object.entries(modelOf)) {
  liveTest(
    `a custom tool is called by a model of ${dialect}, whole and streamed`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth(script())
        const { chat } = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
        const asked = { model, messages: [user], tools: [patch, now] }
        const whole = yield* Effect.promise(() => chat.completions.create(asked))
        const [choice] = whole.choices
        assertEquals<unknown>(
          choice?.message.tool_calls?.map((call) => ({ ...call, id: "c1" })),
          [call]
        )
        assertEquals(choice?.finish_reason, "tool_calls")

        const calls: Array<OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall> = []
        yield* Effect.promise(async () => {
          for await (const chunk of await chat.completions.create({ ...asked, stream: true })) {
            calls.push(...chunk.choices[0]?.delta.tool_calls ?? [])
          }
        })
        assertEquals([calls[0]?.type, calls[0]?.custom?.name], ["custom", "patch"])
        assertEquals(calls.map(({ custom }) => custom?.input).join(""), input)
        assertEquals(calls.some((call) => call.function), false)

        const { message } = choice!
        const id = message.tool_calls?.[0]?.id ?? ""
        const last = yield* Effect.promise(() =>
          chat.completions.create({
            ...asked,
            messages: [user, message, { role: "tool", tool_call_id: id, content: "ok" }],
            tool_choice: { type: "custom", custom: { name: "patch" } }
          })
        )
        assertEquals(last.choices[0]?.message.content, "Done")
        assertEquals(provider.calls.map((call) => call.dialect), [dialect, dialect, dialect])
        assertEquals(provider.strays, [])
      })
  )
}

const read = (fields: object) => {
  const chat = readChat({ model: "gpt-4", messages: [user], ...fields }, new Headers())
  if (chat instanceof GatewayError) throw new Error(JSON.stringify(chat.reason))
  return chat
}

Deno.test("who speaks OpenAI's dialect gets functions for custom tools, and all else as it was", () => {
  const messages = [
    { name: "x", ...user },
    { role: "assistant", content: null, tool_calls: [call], weight: 1 },
    { role: "tool", tool_call_id: "c1", content: "ok" }
  ]
  const { request: { original, parameters } } = read({
    tools: [now, patch],
    messages,
    tool_choice: { type: "custom", custom: { name: "patch" } },
    extra: 1
  })
  const [, second] = parameters.tools ?? []
  const calledFunction = { name: "patch", arguments: JSON.stringify({ input }) }
  assertEquals(original?.body, {
    model: "gpt-4",
    messages: [
      messages[0]!,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: calledFunction }],
        weight: 1
      },
      messages[2]!
    ],
    tools: [now, { type: "function", function: second }],
    tool_choice: { type: "function", function: { name: "patch" } },
    extra: 1
  } as object)
  assertEquals(
    second?.description,
    "Changes files\n\nThe input must match this lark grammar:\n\nstart: /.+/"
  )
  const plain = { tools: [now], messages: [user], model: "gpt-4" }
  const { request } = read(plain)
  assertEquals(request.original?.body.tools, plain.tools as object)
})

Deno.test("of the tools only those that are allowed are offered, to any provider", () => {
  const { request: { original, parameters } } = read({
    tools: [now, patch, { type: "web_search" }],
    tool_choice: { type: "allowed_tools", allowed_tools: { mode: "required", tools: [now] } }
  })
  assertEquals(parameters.tools?.map(({ name }) => name), ["now"])
  assertEquals(parameters.toolChoice, "required")
  assertEquals([original?.body.tools, original?.body.tool_choice], [[now], "required"] as object)
  const none = readChat({
    model: "m",
    messages: [user],
    tools: [now],
    tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [patch] } }
  }, new Headers())
  assertEquals(
    none instanceof GatewayError && none.reason._tag === "InvalidRequest" &&
      none.reason.issues.map(({ path }) => path),
    [["tool_choice"]]
  )
})

const toolbox = Toolbox.make([{ type: "custom", name: "patch" }])
const head = headOf("chatcmpl", "req_1", 0)

/** The input that a stream tells of calls with these arguments, and that a whole answer tells. */
const told = (reason: FinishReason, ...texts: ReadonlyArray<string>) => {
  const usage = {
    promptTokens: 1,
    completionTokens: 1,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "reported" as const
  }
  const events = eventsOf(head, "req_1", false, toolbox)
  events.open({ model: "m", usage: undefined })
  const deltas = texts.flatMap((fragment, index): ReadonlyArray<Delta> => [
    { _tag: "ToolCallStart", choice: 0, index, id: `c${index}`, name: "patch" },
    { _tag: "ToolCallArguments", choice: 0, index, fragment }
  ])
  const finishes = [{ choice: 0, reason }]
  const streamed = texts.map(() => "")
  const text = deltas.map(events.delta).join("") +
    events.finish({ model: "m", finishes, usage, cost: undefined }).join("")
  for (const event of text.split("\n\n").filter((one) => one.includes("tool_calls"))) {
    for (const one of JSON.parse(event.slice(6)).choices[0].delta.tool_calls ?? []) {
      streamed[one.index] += one.custom.input
    }
  }
  const toolCalls = texts.map((text, at) => ({ id: `c${at}`, name: "patch", arguments: text }))
  const choice = { index: 0, text: "", reasoning: [], toolCalls, finishReason: reason }
  const answer = { choices: [choice], usage }
  const { choices } = toCompletion(head, { model: "m", answer, usage, cost: undefined }, toolbox)
  const whole = Object(choices)[0].message.tool_calls.map((
    { custom }: { custom: { input: string } }
  ) => custom.input)
  return [streamed, whole]
}

Deno.test("what is no input by the rules is told all the same, unless it was cut off", () => {
  assertEquals(told("tool_calls", "raw", '{"input":"a"}'), [["raw", "a"], ["raw", "a"]])
  assertEquals(told("length", "raw", '{"in'), [["raw", ""], ["raw", ""]])
})
