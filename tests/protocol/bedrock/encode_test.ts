import { assertEquals } from "@std/assert"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"
import { body, request, target, user } from "./request.ts"

const pathOf = (model: string, stream: boolean) => bedrock.encode(request(), { model, stream }).path

Deno.test("a model's id stands in the path, escaped, be it a profile or an ARN", () => {
  assertEquals(
    pathOf("us.anthropic.claude-sonnet-4-5-20250929-v1:0", false),
    "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
  )
  assertEquals(
    pathOf("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova", true),
    "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.amazon.nova/" +
      "converse-stream"
  )
  assertEquals(pathOf("\ud800", false), "/model/%EF%BF%BD/converse")
})

Deno.test("a plain request says no more than what was asked", () => {
  assertEquals(body(request()), { messages: [{ role: "user", content: [{ text: "Hi" }] }] })
})

Deno.test("what steers an answer is in inferenceConfig", () => {
  const parameters = { maxTokens: 7, temperature: 0, topP: 0.5, stop: ["END", " ", ""] }
  assertEquals(body(request(parameters)).inferenceConfig, {
    maxTokens: 7,
    temperature: 0,
    topP: 0.5,
    stopSequences: ["END"]
  })
  assertEquals(body(request({ temperature: 1.5 })).inferenceConfig, undefined)
  assertEquals(body(request({ stop: ["\n"] })).inferenceConfig, undefined)
})

Deno.test("only Claude is told its own limit where a request has none", () => {
  const limit = (model: string) =>
    body(request(), { model, maxOutputTokens: 64_000 }).inferenceConfig?.maxTokens
  assertEquals(limit("global.anthropic.claude-sonnet-4-6"), 64_000)
  assertEquals(limit("amazon.nova-pro-v1:0"), undefined)
})

Deno.test("Claude is asked which of the stop texts it met", () => {
  const asked = (model: string, stream: boolean, stop?: ReadonlyArray<string>) =>
    body(request({ stop }), { model, stream }).additionalModelResponseFieldPaths
  const claude = "anthropic.claude-sonnet-4-6"
  assertEquals(asked(claude, true, ["x"]), ["/delta/stop_sequence"])
  assertEquals(asked(claude, false, ["x"]), ["/stop_sequence"])
  assertEquals(asked(claude, false), undefined)
  assertEquals(asked("amazon.nova-pro-v1:0", false, ["x"]), undefined)
})

Deno.test("a schema for the answer is a text in outputConfig", () => {
  const schema = { type: "object", properties: { a: { type: "number" } } }
  const format = { type: "json_schema", name: "it", schema } as const
  assertEquals(body(request({ responseFormat: format })).outputConfig, {
    textFormat: {
      type: "json_schema",
      structure: { jsonSchema: { name: "it", schema: JSON.stringify(schema) } }
    }
  })
  for (const type of ["text", "json_object"] as const) {
    assertEquals(body(request({ responseFormat: { type } })).outputConfig, undefined)
  }
})

/** What is said in the words of a model's maker. */
const own = (model: string, parameters: object, dropUnsupported = false) =>
  body(request(parameters, [user("Hi")], dropUnsupported), { model }).additionalModelRequestFields

Deno.test("top_k is said in the words of each maker", () => {
  assertEquals(own("us.anthropic.claude-opus-4-6-v1", { topK: 5 }), { top_k: 5 })
  assertEquals(own("us.amazon.nova-lite-v1:0", { topK: 5 }), { inferenceConfig: { topK: 5 } })
  assertEquals(own("mistral.mistral-large-3", { topK: 5 }), { top_k: 5 })
  assertEquals(own("mistral.mistral-large-3", { topK: 5 }, true), undefined)
})

Deno.test("Claude from 4.6 on thinks as hard as it is told, in Converse's own word", () => {
  const told = (reasoningEffort: "none" | "minimal" | "xhigh") => {
    const asked = request({ reasoningEffort })
    const sent = body(asked, { model: "global.anthropic.claude-opus-5" })
    return [sent.additionalModelRequestFields, sent.outputConfig]
  }
  assertEquals(told("minimal"), [{ thinking: { type: "adaptive" } }, { effort: "low" }])
  assertEquals(told("xhigh"), [{ thinking: { type: "adaptive" } }, { effort: "xhigh" }])
  assertEquals(told("none"), [{ thinking: { type: "disabled" } }, undefined])
})

Deno.test("an older Claude is given a budget, which leaves room to answer", () => {
  const budget = (model: string, parameters: object) =>
    own(model, { reasoningEffort: "high", ...parameters })
  const older = [
    "anthropic.claude-3-7-sonnet-20250219-v1:0",
    "us.anthropic.claude-opus-4-1-20250805-v1:0",
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "global.anthropic.claude-haiku-4-5-20251001-v1:0"
  ]
  for (const model of older) {
    assertEquals(budget(model, {}), { thinking: { type: "enabled", budget_tokens: 16_384 } }, model)
  }
  const [model = ""] = older
  assertEquals(budget(model, { maxTokens: 5000 }).thinking.budget_tokens, 4000)
  assertEquals(budget(model, { maxTokens: 1000 }), undefined)
  assertEquals(budget(model, { reasoningEffort: "none" }), undefined)
})

Deno.test("others are told how hard to think in their makers' words", () => {
  const effort = { reasoningEffort: "xhigh" }
  assertEquals(own("global.amazon.nova-2-lite-v1:0", effort), {
    reasoningConfig: { type: "enabled", maxReasoningEffort: "high" }
  })
  assertEquals(own("openai.gpt-oss-120b-1:0", effort, true), { reasoning_effort: "high" })
  assertEquals(own("qwen.qwen3-32b-v1:0", effort), { reasoning_effort: "high" })
  assertEquals(own("qwen.qwen3-32b-v1:0", effort, true), undefined)
})

Deno.test("where an ARN hides whose model it is, the client's name for it tells", () => {
  const model = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
  const asked = { ...request({ reasoningEffort: "low" }), model: "my-claude" }
  const { additionalModelRequestFields } = body(asked, { model })
  assertEquals(additionalModelRequestFields, { thinking: { type: "adaptive" } })
})

Deno.test("a prompt is counted by its model, not by the profile that leads to it", () => {
  const { path, body } = bedrock.counting!.encode(request(), {
    ...target,
    model: "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0"
  })
  assertEquals(path, "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens")
  assertEquals(JSON.parse(JSON.stringify(body)), {
    input: { converse: { messages: [{ role: "user", content: [{ text: "Hi" }] }] } }
  })
  assertEquals(bedrock.counting!.decode({ inputTokens: 8 }), 8)
})
