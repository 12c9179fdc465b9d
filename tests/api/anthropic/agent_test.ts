import type Anthropic from "@anthropic-ai/sdk"
import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { modelOf, startBoth } from "../upstreams.ts"
import { sdk } from "./kit.ts"

type Turn = Anthropic.Beta.BetaMessageParam

const ephemeral = { type: "ephemeral" as const }
const betas = ["claude-code-20250219", "interleaved-thinking-2025-05-14"]

const tools = ["Bash", "Read", "Edit", "Grep", "Task"].map((name, at) => ({
  name,
  description: `${name} does what its name says`,
  input_schema: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object" as const,
    properties: { path: { type: "string" } },
    required: ["path"],
    additionalProperties: false
  },
  ...(at === 4 ? { cache_control: ephemeral } : {})
}))

/** A request as a coding agent makes it, in its own order. */
const request = (model: string, messages: Array<Turn>) => ({
  model,
  messages,
  system: [
    {
      type: "text" as const,
      text: "x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=cli; cch=36ee5;"
    },
    { type: "text" as const, text: "You are an agent.", cache_control: ephemeral },
    { type: "text" as const, text: "Work in /work.", cache_control: ephemeral }
  ],
  tools,
  metadata: { user_id: `user_${"0".repeat(64)}_account__session_00000000` },
  max_tokens: 32_000,
  thinking: { type: "enabled" as const, budget_tokens: 31_999 },
  context_management: {
    edits: [{ type: "clear_thinking_20251015" as const, keep: "all" as const }]
  }
})

const question: Turn = {
  role: "user",
  content: [
    { type: "text", text: "<system-reminder>Be brief</system-reminder>" },
    { type: "text", text: "What is in a.ts and b.ts?", cache_control: ephemeral }
  ]
}

/** What the agent says once it has run the tools of `message`. */
const results = ({ content }: Anthropic.Beta.BetaMessage): Turn => ({
  role: "user",
  content: [
    ...content.filter((block) => block.type === "tool_use").map((block, at) => ({
      type: "tool_result" as const,
      tool_use_id: block.id,
      content: at === 0
        ? [{ type: "text" as const, text: "export const a = 1" }]
        : "No such file: b.ts",
      ...(at === 0 ? {} : { is_error: true, cache_control: ephemeral })
    })),
    { type: "text", text: "<system-reminder>Go on</system-reminder>" }
  ]
})

const script = () =>
  FakeProvider.sequence(
    FakeProvider.answer({
      reasoning: ["I read ", "both"],
      text: "Let me look.",
      toolCalls: [
        { id: "toolu_1", name: "Read", arguments: '{"path":"a.ts"}' },
        { id: "toolu_2", name: "Read", arguments: '{"path":"b.ts"}' }
      ]
    }),
    FakeProvider.answer({ text: "a.ts has a constant, and b.ts is not there." })
  )

/** Two turns of an agent; gives its requests and what was said at the end. */
const run = Effect.fnUntraced(function* (url: string, model: string) {
  const ask = (messages: Array<Turn>) =>
    Effect.promise(() =>
      sdk(url).beta.messages.stream({ ...request(model, messages), betas }).finalMessage()
    )
  const first = yield* ask([question])
  const history: Array<Turn> = [
    question,
    { role: "assistant", content: first.content },
    results(first)
  ]
  const last = yield* ask(history)
  return { first, last, history }
})

for (const [dialect, model] of Object.entries(modelOf)) {
  liveTest(`a coding agent works with a model of ${dialect}`, () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(script())
      const { first, last } = yield* run(url, model)
      assertEquals(first.content.map(({ type }) => type), [
        "thinking",
        "text",
        "tool_use",
        "tool_use"
      ])
      assertEquals(first.stop_reason, "tool_use")
      assertEquals(last.content, [{
        type: "text",
        text: "a.ts has a constant, and b.ts is not there."
      }])
      assertEquals(last.stop_reason, "end_turn")
      assertEquals(provider.calls.map((call) => call.dialect), [dialect, dialect])
      assertEquals(provider.strays, [])
    }))
}

liveTest(
  "Anthropic is asked in the agent's own words and order, with its headers",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(script())
      const { history } = yield* run(url, modelOf.anthropic)
      const [first, second] = provider.calls
      const asWritten = (messages: Array<Turn>) =>
        JSON.stringify({ ...request(first?.model ?? "", messages), stream: true })
      assertEquals(JSON.stringify(first?.body), asWritten([question]))
      assertEquals(JSON.stringify(second?.body), asWritten(history))
      assertEquals(first?.headers.get("anthropic-beta"), betas.join(","))
      assertEquals(first?.headers.get("anthropic-version"), "2023-06-01")
    })
)

liveTest(
  "OpenAI's are asked in OpenAI's words, with what they can keep in a cache first",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(script())
      yield* run(url, modelOf.openai)
      const { messages, tools, user, ...rest } = provider.calls[1]!.body
      assertEquals(messages, [
        { role: "system", content: "You are an agent.\n\nWork in /work." },
        {
          role: "user",
          content: [
            { type: "text", text: "<system-reminder>Be brief</system-reminder>" },
            { type: "text", text: "What is in a.ts and b.ts?" }
          ]
        },
        {
          role: "assistant",
          content: "Let me look.",
          tool_calls: [
            {
              id: "toolu_1",
              type: "function",
              function: { name: "Read", arguments: '{"path":"a.ts"}' }
            },
            {
              id: "toolu_2",
              type: "function",
              function: { name: "Read", arguments: '{"path":"b.ts"}' }
            }
          ]
        },
        { role: "tool", tool_call_id: "toolu_1", content: "export const a = 1" },
        { role: "tool", tool_call_id: "toolu_2", content: "No such file: b.ts" },
        { role: "user", content: "<system-reminder>Go on</system-reminder>" }
      ])
      assertEquals(Array.isArray(tools) && tools.length, 5)
      assertEquals(user, undefined)
      assertEquals("context_management" in rest, false)
      assertEquals(provider.calls[1]!.headers.has("anthropic-beta"), false)
    })
)

liveTest(
  "a signature that Gemini gives to a tool call comes back to it with that call",
  () =>
    Effect.gen(function* () {
      const call = { name: "Read", args: { path: "a.ts" } }
      const { url, provider } = yield* startBoth(FakeProvider.sequence(
        FakeProvider.json({
          candidates: [{
            content: {
              role: "model",
              parts: [
                { text: "I think", thought: true },
                { functionCall: call, thoughtSignature: "c2lnbmVk" },
                { functionCall: call }
              ]
            },
            finishReason: "STOP"
          }],
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 }
        }),
        FakeProvider.answer({ text: "Done" })
      ))
      const { history } = yield* run(url, modelOf.gemini)
      assertEquals(
        Array.isArray(history[1]?.content) && history[1].content.map(({ type }) => type),
        ["thinking", "redacted_thinking", "tool_use", "tool_use"]
      )
      const { contents } = Object(provider.calls[1]?.body)
      assertEquals(contents[1].parts, [
        { functionCall: call, thoughtSignature: "c2lnbmVk" },
        { functionCall: call }
      ])
      // Another model may take the conversation over, and is not shown what it did not sign.
      yield* Effect.promise(() =>
        sdk(url).beta.messages.stream(request(modelOf.anthropic, history)).finalMessage()
      )
      const [, turn] = Object(provider.calls[2]?.body).messages
      assertEquals(turn.content.map(({ type }: { type: string }) => type), ["tool_use", "tool_use"])
    })
)
