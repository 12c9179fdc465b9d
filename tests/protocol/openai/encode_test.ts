import { assertEquals } from "@std/assert"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { body, request, user } from "./deltas.ts"

const hi = [user("Hi")]

Deno.test("encode() asks for the target's model, and says nothing that was not asked", () => {
  const call = openai().encode(request(hi), { model: "m", maxOutputTokens: 9, stream: false })
  assertEquals(call.path, "/chat/completions")
  assertEquals(
    JSON.stringify(call.body),
    `{"model":"m","messages":[{"role":"user","content":"Hi"}]}`
  )
})

Deno.test("encode() says every parameter but the metadata, in a fixed order", () => {
  const schema = { type: "object", properties: { city: { type: "string" } } }
  const said = body(
    request(hi, {
      metadata: { team: "secret" },
      user: "u1",
      reasoningEffort: "low",
      toolChoice: { name: "weather" },
      tools: [{ name: "weather", description: "d", parameters: schema, strict: true }, {
        name: "now"
      }],
      responseFormat: { type: "json_object" },
      n: 2,
      frequencyPenalty: -1,
      presencePenalty: 0,
      seed: 0,
      stop: ["a", "b"],
      topP: 0.5,
      maxTokens: 10,
      temperature: 0
    })
  )
  assertEquals(Object.entries(said).slice(2), [
    ["temperature", 0],
    ["max_tokens", 10],
    ["top_p", 0.5],
    ["stop", ["a", "b"]],
    ["seed", 0],
    ["presence_penalty", 0],
    ["frequency_penalty", -1],
    ["n", 2],
    ["response_format", { type: "json_object" }],
    ["tools", [
      {
        type: "function",
        function: { name: "weather", description: "d", parameters: schema, strict: true }
      },
      { type: "function", function: { name: "now" } }
    ]],
    ["tool_choice", { type: "function", function: { name: "weather" } }],
    ["reasoning_effort", "low"],
    ["user", "u1"]
  ])
})

Deno.test("encode() says each response format and each tool choice", () => {
  assertEquals(body(request(hi, { responseFormat: { type: "text" } })).response_format, {
    type: "text"
  })
  const schema = { type: "object" }
  assertEquals(
    body(request(hi, { responseFormat: { type: "json_schema", name: "n", schema, strict: true } }))
      .response_format,
    { type: "json_schema", json_schema: { name: "n", schema, strict: true } }
  )
  for (const choice of ["auto", "none", "required"] as const) {
    assertEquals(body(request(hi, { toolChoice: choice })).tool_choice, choice)
  }
})

Deno.test("encode() leaves out empty lists, which a provider would refuse", () => {
  assertEquals(Object.keys(body(request(hi, { stop: [], tools: [] }))), ["model", "messages"])
})

Deno.test("encode() asks for usage with a stream, unless the provider refuses that", () => {
  assertEquals(Object.entries(body(request(hi), {}, true)).slice(2), [
    ["stream", true],
    ["stream_options", { include_usage: true }]
  ])
  assertEquals(Object.entries(body(request(hi), { streamUsage: false }, true)).slice(2), [
    ["stream", true]
  ])
})

Deno.test("encode() names the fields as the provider does", () => {
  const asked = request(hi, { maxTokens: 5, seed: 1, user: "u" })
  assertEquals(
    Object.entries(
      body(asked, {
        maxTokensField: "max_completion_tokens",
        seedField: "random_seed",
        userField: "safety_identifier"
      })
    ).slice(2),
    [["max_completion_tokens", 5], ["random_seed", 1], ["safety_identifier", "u"]]
  )
  assertEquals(Object.entries(body(asked, { userField: "none" })).slice(2), [
    ["max_tokens", 5],
    ["seed", 1]
  ])
})
