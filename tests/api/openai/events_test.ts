import { assertEquals } from "@std/assert"
import { eventsOf } from "../../../src/api/openai/chat/events.ts"
import { toCompletion } from "../../../src/api/openai/chat/whole.ts"
import { eventsOf as completionEvents } from "../../../src/api/openai/completions/events.ts"
import { headOf } from "../../../src/api/openai/Head.ts"
import { fold } from "../../../src/domain/Answer.ts"
import type { Delta, Finish } from "../../../src/domain/Delta.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"
import type { Usage } from "../../../src/domain/Usage.ts"

const usage: Usage = {
  promptTokens: 10,
  completionTokens: 5,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  reasoningTokens: 2,
  source: "reported"
}
const told = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 }
}
const head = headOf("chatcmpl", "req_1", 1_700_000_000_999)

const text = (text: string, choice = 0): Delta => ({ _tag: "Text", choice, text })
const finish = (reason: Finish["reason"] = "stop", choice = 0): Finish => ({
  _tag: "Finish",
  choice,
  reason
})
const start = (index: number, id: string, name: string): Delta => ({
  _tag: "ToolCallStart",
  choice: 0,
  index,
  id,
  name
})
const more = (index: number, fragment: string): Delta => ({
  _tag: "ToolCallArguments",
  choice: 0,
  index,
  fragment
})

/** The chunks of a stream of `deltas`, as the gateway has them written; `finishes` at their end. */
const stream = (
  deltas: ReadonlyArray<Delta>,
  finishes: ReadonlyArray<Finish> = [finish()],
  includeUsage = false,
  events = eventsOf(head, "req_1", includeUsage)
) => {
  const written = [
    events.open({ model: "gpt", usage: undefined }),
    ...deltas.map(events.delta),
    ...events.finish({ model: "other", finishes, usage, cost: undefined })
  ].join("")
  const data = written.split("\n\n").slice(0, -1).map((event) => event.slice("data: ".length))
  assertEquals(data.at(-1), "[DONE]")
  return data.slice(0, -1).map((one) => JSON.parse(one))
}
const choices = (...args: Parameters<typeof stream>) =>
  stream(...args).map(({ choices: [{ index: _, ...choice }] }) => choice)

const first = (content: "" | null) => ({
  delta: { role: "assistant", content, refusal: null },
  finish_reason: null
})
const said = (delta: object, more: object = {}) => ({ delta, ...more, finish_reason: null })
const over = (reason = "stop", more: object = {}) => ({ delta: {}, ...more, finish_reason: reason })

Deno.test("eventsOf() writes the same head on all chunks, and the role on the first alone", () => {
  const chunks = stream([text("a"), text("b")])
  for (const { choices: _, ...rest } of chunks) {
    assertEquals(rest, {
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model: "gpt"
    })
  }
  assertEquals(choices([text("a"), text("b")]), [
    first(""),
    said({ content: "a" }),
    said({ content: "b" }),
    over()
  ])
})

Deno.test("eventsOf() tells usage at the very end, and only where it was asked for", () => {
  const [a, b, end, last] = stream([text("a")], [finish()], true)
  assertEquals([a, b, end].map(({ usage }) => usage), [null, null, null])
  assertEquals([last.choices, last.usage], [[], told])
  for (const chunk of stream([text("a")])) assertEquals("usage" in chunk, false)
})

Deno.test("eventsOf() tells a tool call's id and name once, and its arguments in fragments", () => {
  const call = (index: number, id: string, name: string) => ({
    tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }]
  })
  const rest = (index: number, text: string) => ({
    tool_calls: [{ index, function: { arguments: text } }]
  })
  assertEquals(
    choices(
      [start(0, "c1", "f"), more(0, '{"a"'), start(1, "c2", "g"), more(0, ":1}"), more(1, "{}")],
      [finish("tool_calls")]
    ),
    [
      first(null),
      said(call(0, "c1", "f")),
      said(rest(0, '{"a"')),
      said(call(1, "c2", "g")),
      said(rest(0, ":1}")),
      said(rest(1, "{}")),
      over("tool_calls")
    ]
  )
})

Deno.test("eventsOf() gives each choice its role and its end, even one that says nothing", () => {
  assertEquals(
    stream([text("a", 1), text("b"), text("c", 1)], [
      finish(),
      finish("length", 1),
      finish("stop", 2)
    ])
      .map((
        { choices: [{ index, delta, finish_reason }] }
      ) => [index, delta.role ?? delta.content ?? "", finish_reason]),
    [
      [1, "assistant", null],
      [1, "a", null],
      [0, "assistant", null],
      [0, "b", null],
      [1, "c", null],
      [0, "", "stop"],
      [1, "", "length"],
      [2, "assistant", null],
      [2, "", "stop"]
    ]
  )
})

Deno.test("eventsOf() puts log probabilities on the chunk of the text that they belong to", () => {
  const likely = (...tokens: ReadonlyArray<string>): Delta => ({
    _tag: "Logprobs",
    choice: 0,
    tokens
  })
  const of = (...content: ReadonlyArray<string>) => ({ logprobs: { content, refusal: null } })
  assertEquals(choices([likely("A"), text("a"), text("b"), likely("C"), likely("D"), text("cd")]), [
    first(null),
    said({ content: "a" }, of("A")),
    said({ content: "b" }),
    said({ content: "cd" }, of("C", "D")),
    over()
  ])
  assertEquals(choices([likely("A"), { _tag: "Refusal", choice: 0, text: "No" }, likely("B")]), [
    first(null),
    said({ refusal: "No" }, { logprobs: { content: null, refusal: ["A"] } }),
    over("stop", of("B"))
  ])
})

Deno.test("eventsOf() tells reasoning as it comes, and signed as a whole, to be sent back", () => {
  const signature = { dialect: "anthropic", value: "S" } as const
  assertEquals(
    choices([
      { _tag: "Reasoning", choice: 0, text: "a" },
      { _tag: "Reasoning", choice: 0, text: "b" },
      { _tag: "ReasoningSignature", choice: 0, signature },
      { _tag: "ReasoningRedacted", choice: 0, data: { dialect: "anthropic", value: "R" } },
      { ...start(0, "c", "f"), signature: { dialect: "gemini", value: "T" } } as Delta
    ]),
    [
      first(null),
      said({ reasoning_content: "a" }),
      said({ reasoning_content: "b" }),
      said({
        reasoning_details: [{ type: "reasoning.text", text: "ab", signature: "anthropic:S" }]
      }),
      said({ reasoning_details: [{ type: "reasoning.encrypted", data: "anthropic:R" }] }),
      said({
        tool_calls: [{
          index: 0,
          id: "c",
          type: "function",
          function: { name: "f", arguments: "" },
          extra_content: { google: { thought_signature: "T" } }
        }]
      }),
      over()
    ]
  )
})

Deno.test("eventsOf() keeps every event on one line, whatever the text", () => {
  const odd = 'a"\n\r\u2028\u0085\u0000\ud83d\\'
  const [, chunk] = stream([text(odd)])
  assertEquals(chunk.choices[0].delta.content, odd)
})

Deno.test("eventsOf() ends an answer that broke off by an error, and nothing else", () => {
  const error = new GatewayError({ reason: { _tag: "Internal" } })
  for (const events of [eventsOf(head, "r", true), completionEvents(head, "r", true)]) {
    events.open({ model: "m", usage: undefined })
    events.delta(text("a"))
    const [data, rest] = events.fail(error).slice("data: ".length).split("\n\n")
    assertEquals(rest, "")
    assertEquals(JSON.parse(data!), {
      error: {
        message: "Penstock made a mistake. Its log says more, by this request's id",
        type: "server_error",
        param: null,
        code: "internal_error"
      }
    })
  }
})

Deno.test("toCompletion() tells a whole answer as its chunks do", () => {
  const whole = (...deltas: ReadonlyArray<Delta>) => {
    const answer = fold(deltas)!
    const body = toCompletion(head, { model: "gpt", answer, usage, cost: undefined })
    return JSON.parse(JSON.stringify(body))
  }
  const { choices, ...rest } = whole(text("a"), finish())
  assertEquals(rest, {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "gpt",
    usage: told
  })
  const plain = { role: "assistant", content: "a", refusal: null }
  assertEquals(choices, [{ index: 0, message: plain, logprobs: null, finish_reason: "stop" }])
  const message = (...deltas: ReadonlyArray<Delta>) => whole(...deltas, finish()).choices[0].message
  assertEquals(message(), { ...plain, content: "" })
  assertEquals(message({ _tag: "Refusal", choice: 0, text: "No" }), {
    ...plain,
    content: null,
    refusal: "No"
  })
  assertEquals(message(start(0, "c", "f"), more(0, "{}")), {
    ...plain,
    content: null,
    tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }]
  })
  assertEquals(message({ _tag: "Reasoning", choice: 0, text: "hm" }, text("a")), {
    ...plain,
    reasoning_content: "hm"
  })
  assertEquals(
    whole({ _tag: "Logprobs", choice: 0, tokens: ["A"] }, text("a"), finish()).choices[0].logprobs,
    { content: ["A"], refusal: null }
  )
})

Deno.test("a completion's chunks have text, its end and nothing of tools", () => {
  const chunks = stream(
    [text("a"), start(0, "c", "f"), { _tag: "Refusal", choice: 0, text: "b" }],
    [finish("length")],
    true,
    completionEvents(headOf("cmpl", "mine", 5000), "mine", true)
  )
  assertEquals(chunks.slice(0, -1).map(({ choices: [choice] }) => choice), [
    { text: "a", index: 0, logprobs: null, finish_reason: null },
    { text: "b", index: 0, logprobs: null, finish_reason: null },
    { text: "", index: 0, logprobs: null, finish_reason: "length" }
  ])
  const { choices, ...last } = chunks.at(-1)
  assertEquals([choices, last], [[], {
    id: "cmpl-mine",
    object: "text_completion",
    created: 5,
    model: "gpt",
    usage: told
  }])
})
