import { assertEquals } from "@std/assert"
import type { Parameters } from "../../../src/domain/Completion.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { body, request, target } from "./request.ts"

/** What is sent for `parameters` beyond what is always sent. */
const extra = (parameters: Parameters) => {
  const { model: _, messages: __, max_tokens: ___, stream: ____, ...rest } = body(
    request(parameters)
  )
  return rest
}

Deno.test("the least request has a model, a budget, the conversation and whether to stream", () => {
  assertEquals(anthropic.encode(request(), target).path, "/v1/messages")
  assertEquals(body(request()), {
    model: "claude-opus-4-8",
    max_tokens: 4096,
    messages: [{ role: "user", content: "Hi" }],
    stream: false
  })
  assertEquals(body(request(), { ...target, stream: true }).stream, true)
})

Deno.test("the budget is the client's, else the model's, else 4096", () => {
  const roomy = { ...target, maxOutputTokens: 64_000 }
  assertEquals(body(request({ maxTokens: 7 }), roomy).max_tokens, 7)
  assertEquals(body(request(), roomy).max_tokens, 64_000)
  assertEquals(body(request()).max_tokens, 4096)
})

Deno.test("plain parameters are sent under Anthropic's names, metadata and labels are not", () => {
  assertEquals(
    extra({
      temperature: 1,
      topP: 0.5,
      stop: ["END"],
      user: "u1",
      n: 1,
      metadata: { team: "secret" },
      responseFormat: { type: "text" }
    }),
    { temperature: 1, top_p: 0.5, stop_sequences: ["END"], metadata: { user_id: "u1" } }
  )
  assertEquals(extra({ temperature: 0, topP: 0 }), { temperature: 0, top_p: 0 })
})

Deno.test("what is unsupported is left out of the call", () => {
  assertEquals(
    extra({
      temperature: 1.1,
      stop: ["\n"],
      seed: 1,
      presencePenalty: 1,
      frequencyPenalty: 1,
      n: 2,
      responseFormat: { type: "json_object" }
    }),
    {}
  )
  assertEquals(extra({ stop: ["\n", "END"] }), { stop_sequences: ["END"] })
})

Deno.test("tools are sent with the schema of an object", () => {
  assertEquals(
    extra({
      tools: [
        { name: "a" },
        { name: "b", description: "B", parameters: { properties: {} }, strict: true },
        { name: "c", parameters: { type: "object", required: ["x"] }, strict: false }
      ]
    }),
    {
      tools: [
        { name: "a", input_schema: { type: "object", properties: {} } },
        {
          name: "b",
          description: "B",
          input_schema: { type: "object", properties: {} },
          strict: true
        },
        { name: "c", input_schema: { type: "object", required: ["x"] }, strict: false }
      ]
    }
  )
  assertEquals(extra({ tools: [] }), {})
})

Deno.test("the choice of tools is said in Anthropic's words", () => {
  const tools = [{ name: "a" }]
  const choice = (toolChoice: Parameters["toolChoice"]) => extra({ tools, toolChoice }).tool_choice
  assertEquals(choice("auto"), { type: "auto" })
  assertEquals(choice("none"), { type: "none" })
  assertEquals(choice("required"), { type: "any" })
  assertEquals(choice({ name: "a" }), { type: "tool", name: "a" })
  assertEquals(choice(undefined), undefined)
})

Deno.test("a choice that is no choice is not sent without tools", () => {
  assertEquals(extra({ toolChoice: "auto" }), {})
  assertEquals(extra({ toolChoice: "none" }), {})
  assertEquals(extra({ toolChoice: "required" }), { tool_choice: { type: "any" } })
})

Deno.test("effort and the form of the answer share a field", () => {
  const schema = { type: "object" }
  const format = { type: "json_schema", schema }
  const responseFormat = { type: "json_schema", name: "x", schema, strict: true } as const
  const adaptive = { type: "adaptive" }
  assertEquals(extra({ responseFormat }), { output_config: { format } })
  assertEquals(extra({ reasoningEffort: "none" }), { thinking: { type: "disabled" } })
  assertEquals(extra({ reasoningEffort: "none", responseFormat }), {
    thinking: { type: "disabled" },
    output_config: { format }
  })
  assertEquals(extra({ reasoningEffort: "high", responseFormat }), {
    thinking: adaptive,
    output_config: { effort: "high", format }
  })
  for (
    const [asked, effort] of [
      ["minimal", "low"],
      ["low", "low"],
      ["medium", "medium"],
      ["xhigh", "xhigh"]
    ] as const
  ) {
    assertEquals(extra({ reasoningEffort: asked }), {
      thinking: adaptive,
      output_config: { effort }
    })
  }
})
