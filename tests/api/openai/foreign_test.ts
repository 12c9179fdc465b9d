/**
 * What only OpenAI's clients understand, on its way from such a provider to them.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import { eventsOf } from "../../../src/api/openai/chat/events.ts"
import { toCompletion } from "../../../src/api/openai/chat/whole.ts"
import { eventsOf as completionEvents } from "../../../src/api/openai/completions/events.ts"
import { headOf } from "../../../src/api/openai/Head.ts"
import { fold } from "../../../src/domain/Answer.ts"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { DialectName } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"

const head = headOf("chatcmpl", "req_1", 1_700_000_000_999)
const annotations = [{ type: "url_citation", url_citation: { url: "https://a.b" } }]

const foreign = (dialect: DialectName): Delta => ({
  _tag: "Foreign",
  choice: 0,
  dialect,
  part: { annotations }
})

Deno.test("citations are fields of a chunk, and those of other dialects are nothing", () => {
  const events = eventsOf(head, "req_1", false)
  events.open({ model: "m", usage: undefined })
  assertEquals(events.delta(foreign("anthropic")), "")
  const chunks = [
    events.delta({ _tag: "Text", choice: 0, text: "a" }),
    events.delta(foreign("openai"))
  ]
    .join("").split("\n\n").filter((event) => event !== "")
    .map((event) => JSON.parse(event.slice(6)).choices[0])
  assertEquals(chunks, [
    { index: 0, delta: { role: "assistant", content: "", refusal: null }, finish_reason: null },
    { index: 0, delta: { content: "a" }, finish_reason: null },
    { index: 0, delta: { annotations }, finish_reason: null }
  ])
  const older = completionEvents(head, "req_1", false)
  older.open({ model: "m", usage: undefined })
  assertEquals(older.delta(foreign("openai")), "")
})

/** What a client is told of a whole answer whose provider said `body`. */
const told = (body: JsonObject, dialect: DialectName = "openai") => {
  const deltas = openai().decode(body)
  if (deltas instanceof UpstreamFault) throw deltas
  const answer = fold(deltas)!
  const usage = answer.usage ?? {
    promptTokens: 3,
    completionTokens: 4,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: "estimated" as const
  }
  const given = { model: "m", answer: { ...answer, original: { dialect, body } }, usage }
  return toCompletion(head, { ...given, cost: undefined })
}

const body = {
  choices: [{
    finish_reason: "stop",
    message: {
      annotations,
      role: "assistant",
      content: "Hi",
      refusal: null,
      audio: { id: "audio_1" }
    },
    logprobs: null,
    content_filter_results: { hate: { filtered: false } },
    index: 0
  }],
  created: 123,
  id: "theirs",
  model: "theirs",
  object: "chat.completion",
  system_fingerprint: "fp_1",
  service_tier: "default",
  usage: {
    prompt_tokens: 5,
    completion_tokens: 2,
    total_tokens: 7,
    prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, accepted_prediction_tokens: 0 },
    cost: 0.5
  }
}

Deno.test("a whole answer is the provider's own, but for its id and its model", () => {
  assertEquals(
    JSON.stringify(told(body)),
    JSON.stringify({ ...body, id: "chatcmpl-1", model: "m" })
  )
})

Deno.test("what imitators of OpenAI write otherwise is told in OpenAI's words", () => {
  assertEquals(
    told({
      object: "chat",
      error: null,
      extra: 1,
      choices: [
        {
          finish_reason: "eos",
          error: null,
          message: {
            role: "model",
            content: "",
            reasoning_content: "",
            tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }],
            extra: 2
          }
        },
        { index: 1, finish_reason: "model_length", message: { content: ["b"], tool_calls: null } }
      ]
    }),
    {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "m",
      extra: 1,
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            refusal: null,
            extra: 2,
            tool_calls: [{
              id: "call_0_0",
              type: "function",
              function: { name: "f", arguments: '{"a":1}' }
            }]
          },
          logprobs: null,
          finish_reason: "tool_calls"
        },
        {
          index: 1,
          message: { role: "assistant", content: "b", refusal: null },
          logprobs: null,
          finish_reason: "length"
        }
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 4,
        total_tokens: 7,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 }
      }
    }
  )
})

Deno.test("each choice has what its provider said of it, in whatever order", () => {
  const choice = (index: number) => ({
    index,
    finish_reason: "stop",
    message: { content: `${index}`, mark: index }
  })
  const { choices } = told({ choices: [choice(1), choice(0)] })
  assertEquals(
    Array.isArray(choices) &&
      choices.map(({ index, message }) => [index, message.content, message.mark]),
    [[0, "0", 0], [1, "1", 1]]
  )
})

Deno.test("the body of another dialect is not told", () => {
  assertEquals("system_fingerprint" in told(body, "anthropic"), false)
})
