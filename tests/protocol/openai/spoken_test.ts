import { assertEquals } from "@std/assert"
import type { CompletionRequest, JsonObject } from "../../../src/domain/Completion.ts"
import { openai, type OpenAiQuirks } from "../../../src/protocol/openai/mod.ts"
import { readChat } from "../../../src/api/openai/chat/read.ts"
import { GatewayError } from "../../../src/domain/GatewayError.ts"

/** The request that a client of OpenAI's API makes by `body`. */
const asked = (body: JsonObject): CompletionRequest => {
  const chat = readChat(body, new Headers())
  if (chat instanceof GatewayError) throw new Error(JSON.stringify(chat.reason))
  return chat.request
}

/** What goes out for it, as text. */
const sent = (request: CompletionRequest, quirks: OpenAiQuirks = {}, stream = false): string =>
  JSON.stringify(openai(quirks).encode(request, { model: "m", stream }).body)

const hi = { role: "user", content: "Hi" }

Deno.test("a request in OpenAI's words goes out in them: order, unknown fields and spelling kept", () => {
  const body = {
    temperature: 0,
    zeta: { b: 1, a: [null] },
    messages: [
      {
        content: [{ text: "Be kind", type: "text", cache_control: { type: "x" } }],
        role: "system"
      },
      { name: "Ann", content: "Hi", role: "user", mood: "good" },
      {
        role: "assistant",
        tool_calls: [{ function: { arguments: "{}", name: "f" }, type: "function", id: "c1" }]
      },
      { tool_call_id: "c1", role: "tool", content: [{ type: "text", text: "x" }] }
    ],
    tools: [{ function: { parameters: { type: "object" }, name: "f" }, type: "function", x: 1 }],
    stop: "END",
    model: "gpt",
    logprobs: true,
    top_logprobs: 2,
    store: true
  }
  assertEquals(sent(asked(body)), JSON.stringify({ ...body, model: "m" }))
})

Deno.test("a budget goes out once, by the name that the provider knows", () => {
  for (const quirks of [{}, { maxTokensField: "max_completion_tokens" }] as const) {
    const field = quirks.maxTokensField ?? "max_tokens"
    for (
      const budget of [
        { max_tokens: 7 },
        { max_completion_tokens: 7 },
        { max_tokens: 9, max_completion_tokens: 7 }
      ]
    ) {
      const body = JSON.parse(sent(asked({ model: "g", messages: [hi], ...budget }), quirks))
      assertEquals(body, { model: "m", messages: [hi], [field]: 7 })
    }
  }
})

Deno.test("what a gateway's stream needs is asked for, whatever the client asked of its own", () => {
  const body = {
    stream_options: { include_usage: false },
    stream: true,
    model: "g",
    messages: [hi]
  }
  assertEquals(
    sent(asked(body), {}, true),
    JSON.stringify({ ...body, stream_options: { include_usage: true }, model: "m" })
  )
  assertEquals(sent(asked(body), { streamUsage: false }, true).includes("stream_options"), false)
  assertEquals(sent(asked(body)), JSON.stringify({ model: "m", messages: [hi] }))
})

Deno.test("labels and nulls stay behind", () => {
  const body = { model: "g", messages: [hi], metadata: { a: "b" }, temperature: null, stop: [] }
  assertEquals(sent(asked(body)), JSON.stringify({ model: "m", messages: [hi] }))
})

Deno.test("a developer's message reaches nobody who does not know the role", () => {
  const body = { model: "g", messages: [{ role: "developer", content: "Be kind", x: 1 }, hi] }
  assertEquals(sent(asked(body), { developerRole: true }), JSON.stringify({ ...body, model: "m" }))
  assertEquals(
    sent(asked(body)),
    JSON.stringify({ model: "m", messages: [{ role: "system", content: "Be kind" }, hi] })
  )
})

Deno.test("reasoning goes back only to whom it is known by the field that it stands in", () => {
  const said = (field: string) => ({
    model: "m",
    messages: [hi, { role: "assistant", content: "x", [field]: "hm" }]
  })
  const plain = JSON.stringify({ model: "m", messages: [hi, { role: "assistant", content: "x" }] })
  for (const field of ["reasoning", "reasoning_content"] as const) {
    const other = field === "reasoning" ? "reasoning_content" : "reasoning"
    assertEquals(sent(asked(said(field))), plain)
    assertEquals(
      sent(asked(said(field)), { reasoningField: field }),
      JSON.stringify(said(field))
    )
    assertEquals(sent(asked(said(other)), { reasoningField: field }), JSON.stringify(said(field)))
  }
})

Deno.test("words that a provider has others for are said in its own, and all others are kept", () => {
  const tool = { type: "function", function: { name: "f" }, x: 1 }
  const body = {
    zeta: 1,
    seed: 3,
    model: "g",
    tool_choice: "required",
    messages: [hi],
    tools: [tool]
  }
  const words = { seedField: "random_seed", requiredToolChoice: "any", userField: "none" } as const
  assertEquals(
    sent(asked({ ...body, user: "u" }), words),
    JSON.stringify({
      zeta: 1,
      model: "m",
      tool_choice: "any",
      messages: [hi],
      tools: [tool],
      random_seed: 3
    })
  )
  const named = {
    ...body,
    seed: null,
    tool_choice: { type: "function", function: { name: "f" } },
    tools: [tool, { type: "function", function: { name: "g" } }]
  }
  assertEquals(JSON.parse(sent(asked(named), { namedToolChoice: false })), {
    zeta: 1,
    model: "m",
    messages: [hi],
    tool_choice: "required",
    tools: [{ type: "function", function: { name: "f" } }]
  })
  const id = JSON.parse(
    sent(
      asked({
        model: "g",
        messages: [hi, {
          role: "assistant",
          tool_calls: [{ id: "toolu_long-id", type: "function", function: { name: "f" } }]
        }, { role: "tool", tool_call_id: "toolu_long-id", content: "x" }]
      }),
      { shortToolCallIds: true }
    )
  ).messages[2].tool_call_id
  assertEquals(/^[a-zA-Z0-9]{9}$/.test(id), true, id)
})

Deno.test("what the gateway changed is said anew, and the rest is kept", () => {
  const request = asked({ top_p: 0.5, messages: [hi], model: "g", max_tokens: 100, x: 1 })
  const { parameters } = request
  assertEquals(
    sent({ ...request, parameters: { ...parameters, maxTokens: 50 } }),
    JSON.stringify({ top_p: 0.5, messages: [hi], model: "m", max_tokens: 50, x: 1 })
  )
  assertEquals(
    sent({ ...request, parameters: { ...parameters, topP: undefined, temperature: 1 } }),
    JSON.stringify({ messages: [hi], model: "m", max_tokens: 100, x: 1, temperature: 1 })
  )
  const more = [...request.messages, ...request.messages]
  assertEquals(JSON.parse(sent({ ...request, messages: more })).messages, [hi, hi])
})

Deno.test("a request in another dialect's words goes out in plain ones", () => {
  const request = asked({ model: "g", messages: [hi], x: 1, max_tokens: 3 })
  const original = { ...request.original!, dialect: "anthropic" } as const
  assertEquals(
    sent({ ...request, original }),
    JSON.stringify({ model: "m", messages: [hi], max_tokens: 3 })
  )
})

Deno.test("images of tools, and signatures that nobody asked for, do not go out where a client put them", () => {
  const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } }
  const extra_content = { google: { thought_signature: "S" } }
  const of = (tool_call: object, content: unknown) => ({
    model: "g",
    messages: [
      { role: "assistant", content: null, mood: "good", tool_calls: [tool_call] },
      { role: "tool", tool_call_id: "c1", content }
    ]
  })
  const signed = of({ ...call, extra_content }, "x") as JsonObject
  assertEquals(
    JSON.parse(sent(asked(signed), {})).messages[0],
    { role: "assistant", content: null, tool_calls: [call] }
  )
  const kept = sent(asked(signed), { thoughtSignatures: true })
  assertEquals(kept, JSON.stringify({ ...signed, model: "m" }))
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }
  const shown = JSON.parse(sent(asked(of(call, [image]) as JsonObject), {})).messages
  assertEquals(shown.map(({ role }: { role: string }) => role), ["assistant", "tool", "user"])
  assertEquals(shown[2].content[1], image)
})
