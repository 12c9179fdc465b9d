/**
 * @module
 */
import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { ToolCall } from "../../../src/domain/Message.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { law } from "../../kit/effect.ts"
import { assistant, encoded, request, system, text, tool, user } from "./conversation.ts"

const call = (id: string, rest: Partial<ToolCall> = {}): ToolCall => ({
  id,
  name: "weather",
  arguments: '{"city":"台北"}',
  ...rest
})

const path = (model: string, stream = false) =>
  gemini.encode(request([user(text("Hi"))]), { model, stream }).path

Deno.test("encode() names the model in the path", () => {
  assertEquals(path("gemini-2.5-flash"), "/v1beta/models/gemini-2.5-flash:generateContent")
  assertEquals(
    path("gemini-2.5-flash", true),
    "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
  )
  assertEquals(path("models/x"), "/v1beta/models/x:generateContent")
  assertEquals(path("tunedModels/x"), "/v1beta/tunedModels/x:generateContent")
})

Deno.test("encode() escapes what would lead elsewhere", () => {
  assertEquals(path("models/../../v1/x"), "/v1beta/models/..%2F..%2Fv1%2Fx:generateContent")
  assertEquals(path("x?key=1#a"), "/v1beta/models/x%3Fkey%3D1%23a:generateContent")
  assertEquals(path("\ud800"), "/v1beta/models/%EF%BF%BD:generateContent")
})

law("whatever the model is called, the path stays below its prefix", Schema.String, (model) => {
  for (const id of [model, `models/${model}`, `tunedModels/../${model}`, `..${model}`]) {
    const url = new URL(`https://google.test${path(id)}`)
    if (url.host !== "google.test" || url.search !== "" || url.hash !== "") return false
    if (!/^\/v1beta\/(models|tunedModels)\/[^/]*:generateContent$/.test(url.pathname)) return false
  }
  return true
})

Deno.test("encode() gathers what the system says, wherever it says it", () => {
  assertEquals(encoded([system(text("Be brief.")), user(text("Hi")), system(text("In verse."))]), {
    systemInstruction: { parts: [{ text: "Be brief." }, { text: "In verse." }] },
    contents: [{ role: "user", parts: [{ text: "Hi" }] }]
  })
})

Deno.test("encode() joins turns of the same side", () => {
  const { contents } = encoded([
    user(text("你好")),
    user(text("Hi"), text("!")),
    assistant([text("Hello")]),
    assistant([text(" there")]),
    user(text("Bye"))
  ])
  assertEquals(contents, [
    { role: "user", parts: [{ text: "你好" }, { text: "Hi" }, { text: "!" }] },
    { role: "model", parts: [{ text: "Hello" }, { text: " there" }] },
    { role: "user", parts: [{ text: "Bye" }] }
  ])
})

Deno.test("encode() leaves out a model's empty turn, but not a user's", () => {
  assertEquals(encoded([user(text("")), assistant([text("")]), user(text("Hi"))]).contents, [
    { role: "user", parts: [{ text: "" }, { text: "Hi" }] }
  ])
})

Deno.test("encode() sends tool calls and their results by name", () => {
  const { contents } = encoded([
    user(text("Weather?")),
    assistant([text("Let me see.")], [call("f1"), call("call_r_0_1", { name: "time" })]),
    tool("call_r_0_1", text("noon")),
    tool("f1", text('{"celsius":31}')),
    tool("nobody", text("[1]"))
  ])
  assertEquals(contents.slice(1), [
    {
      role: "model",
      parts: [
        { text: "Let me see." },
        { functionCall: { id: "f1", name: "weather", args: { city: "台北" } } },
        { functionCall: { name: "time", args: { city: "台北" } } }
      ]
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "f1", name: "weather", response: { celsius: 31 } } },
        { functionResponse: { name: "time", response: { output: "noon" } } },
        { functionResponse: { name: "nobody", response: { output: "[1]" } } }
      ]
    }
  ])
})

Deno.test("encode() puts results first in their turn, in the order of their calls", () => {
  const { contents } = encoded([
    assistant([], [call("call_0_0"), call("call_0_1")]),
    user(text("Wait")),
    tool("call_0_1", text("second")),
    tool("call_0_0", text("first")),
    assistant([], [call("call_0_0")]),
    tool("call_0_0", text("third"))
  ])
  const response = (output: string) => ({
    functionResponse: { name: "weather", response: { output } }
  })
  assertEquals([contents[1], contents[3]], [
    { role: "user", parts: [response("first"), response("second"), { text: "Wait" }] },
    { role: "user", parts: [response("third")] }
  ])
})

Deno.test("encode() sends the ids that some provider gave, and none that was made up", () => {
  const idOf = (id: string) => {
    const { contents } = encoded([assistant([], [call(id)]), tool(id, text("x"))])
    // deno-lint-ignore no-explicit-any -- looked into freely
    const [[asked], [answer]] = contents.map(({ parts }: any) => parts) as any
    assertEquals(answer.functionResponse.id, asked.functionCall.id)
    return asked.functionCall.id
  }
  for (const id of ["call_8aBcDeF0123", "toolu_01A", "functions.x:0", "call_simulated_1a"]) {
    assertEquals(idOf(id), id)
  }
  for (const id of ["call_0", "call_0_12", "call_r-1_x_0_1", "call_made_7"]) {
    assertEquals(idOf(id), undefined)
  }
})

Deno.test("encode() never mends arguments", () => {
  const args = (text: string) =>
    encoded([assistant([], [call("f1", { arguments: text })])]).contents[0].parts[0].functionCall
      .args
  assertEquals(args(""), {})
  assertEquals(args('{"city":'), { INVALID_JSON: '{"city":' })
  assertEquals(args("[1]"), { INVALID_JSON: "[1]" })
  const deep = '{"0":'.repeat(20_000) + "0" + "}".repeat(20_000)
  assertEquals(args(deep), { INVALID_JSON: deep })
})

Deno.test("encode() puts images that a tool gave back beside its result", () => {
  const { contents } = encoded([
    assistant([], [call("f1")]),
    tool("f1", text("done"), { type: "image", url: "data:image/png;base64,AAAA" })
  ])
  assertEquals(contents[1].parts, [
    { functionResponse: { id: "f1", name: "weather", response: { output: "done" } } },
    { inlineData: { mimeType: "image/png", data: "AAAA" } }
  ])
})

Deno.test("encode() gives back Gemini's signatures of calls, and nobody else's", () => {
  const { contents } = encoded(
    [
      assistant([], [
        call("f1", { signature: { dialect: "gemini", value: "sig" } }),
        call("f2", { signature: { dialect: "anthropic", value: "other" } })
      ])
    ],
    {},
    { model: "gemini-3-pro-preview", stream: false }
  )
  assertEquals(
    contents[0].parts.map((part: { thoughtSignature?: string }) => part.thoughtSignature),
    ["sig", undefined]
  )
})

Deno.test("encode() marks calls that Gemini did not make, for models that want a signature", () => {
  const signatures = (model: string) =>
    encoded([assistant([], [call("toolu_1"), call("toolu_2")])], {}, { model, stream: false })
      .contents[0].parts.map((part: { thoughtSignature?: string }) => part.thoughtSignature)
  assertEquals(signatures("gemini-3-flash-preview"), [
    "skip_thought_signature_validator",
    undefined
  ])
  assertEquals(signatures("gemini-flash-latest"), signatures("gemini-3.1-pro-preview"))
  assertEquals(signatures("gemini-2.5-pro"), [undefined, undefined])
})

Deno.test("encode() gives back a signature of thoughts on the last text", () => {
  const parts = (...content: Array<string>) =>
    encoded([{
      role: "assistant",
      content: content.map(text),
      toolCalls: [],
      reasoning: [
        { type: "text", text: "Hm", signature: { dialect: "gemini", value: "old" } },
        { type: "text", text: "Hm", signature: { dialect: "gemini", value: "sig" } },
        { type: "text", text: "Hm", signature: { dialect: "anthropic", value: "other" } },
        { type: "redacted", data: { dialect: "anthropic", value: "hidden" } },
        { type: "text", text: "unsigned" }
      ]
    }]).contents[0].parts
  assertEquals(parts("a", "b"), [{ text: "a" }, { text: "b", thoughtSignature: "sig" }])
  assertEquals(parts(), [{ text: "", thoughtSignature: "sig" }])
})

Deno.test("encode() sends images as data or by address", () => {
  const part = (url: string) => encoded([user({ type: "image", url })]).contents[0].parts[0]
  assertEquals(part("data:image/PNG;base64,AAAA"), {
    inlineData: { mimeType: "image/png", data: "AAAA" }
  })
  assertEquals(part("https://a.test/b.JPG?c=d.png"), {
    fileData: { mimeType: "image/jpeg", fileUri: "https://a.test/b.JPG?c=d.png" }
  })
  assertEquals(part("https://a.test/b"), { fileData: { fileUri: "https://a.test/b" } })
})

Deno.test("encode() names every parameter as Gemini does", () => {
  const { generationConfig } = encoded([user(text("Hi"))], {
    temperature: 0,
    topP: 0.9,
    maxTokens: 100,
    stop: ["a", "b"],
    seed: -1,
    presencePenalty: 0.5,
    frequencyPenalty: -0.5,
    n: 2,
    responseFormat: { type: "json_schema", name: "x", schema: { type: "object" } },
    user: "someone",
    metadata: { team: "a" }
  })
  assertEquals(generationConfig, {
    temperature: 0,
    topP: 0.9,
    maxOutputTokens: 100,
    stopSequences: ["a", "b"],
    seed: -1,
    presencePenalty: 0.5,
    frequencyPenalty: -0.5,
    candidateCount: 2,
    responseMimeType: "application/json",
    responseJsonSchema: { type: "object" }
  })
})

Deno.test("encode() says nothing where nothing is asked for", () => {
  const body = encoded([user(text("Hi"))], {
    user: "a",
    metadata: {},
    responseFormat: { type: "text" }
  })
  assertEquals(Object.keys(body), ["contents"])
  assertEquals(
    encoded([user(text("Hi"))], { responseFormat: { type: "json_object" } }).generationConfig,
    { responseMimeType: "application/json" }
  )
})

Deno.test("encode() declares tools, and how to choose among them", () => {
  const tools = [{ name: "f", description: "F", parameters: { type: "object" } }, { name: "g" }]
  const sent = encoded([user(text("Hi"))], { tools, toolChoice: "required" })
  assertEquals(sent.tools, [{
    functionDeclarations: [
      { name: "f", description: "F", parametersJsonSchema: { type: "object" } },
      { name: "g" }
    ]
  }])
  const config = (toolChoice: "auto" | "none" | "required" | { name: string }) =>
    encoded([user(text("Hi"))], { tools, toolChoice }).toolConfig.functionCallingConfig
  assertEquals(config("auto"), { mode: "AUTO" })
  assertEquals(config("none"), { mode: "NONE" })
  assertEquals(config("required"), { mode: "ANY" })
  assertEquals(config({ name: "f" }), { mode: "ANY", allowedFunctionNames: ["f"] })
  assertEquals(
    "toolConfig" in encoded([user(text("Hi"))], { tools: [], toolChoice: "auto" }),
    false
  )
})

Deno.test("encode() says how hard to think in the way of each generation", () => {
  const efforts = ["none", "minimal", "low", "medium", "high", "xhigh"] as const
  const thinking = (model: string) =>
    efforts.map((reasoningEffort) => {
      const { generationConfig } = encoded([user(text("Hi"))], { reasoningEffort }, {
        model,
        stream: false
      })
      const config = generationConfig?.thinkingConfig
      assertEquals(config?.includeThoughts, reasoningEffort === "none" ? undefined : true)
      return config?.thinkingLevel ?? config?.thinkingBudget
    })
  assertEquals(thinking("gemini-3-flash-preview"), [
    "MINIMAL",
    "MINIMAL",
    "LOW",
    "MEDIUM",
    "HIGH",
    "HIGH"
  ])
  assertEquals(thinking("gemini-3-pro-preview"), ["LOW", "LOW", "LOW", "HIGH", "HIGH", "HIGH"])
  assertEquals(thinking("gemini-3.1-pro-preview"), [
    "LOW",
    "LOW",
    "LOW",
    "MEDIUM",
    "HIGH",
    "HIGH"
  ])
  assertEquals(thinking("models/gemini-2.5-flash"), [0, 512, 1024, 8192, 24_576, 24_576])
  assertEquals(thinking("gemini-2.5-pro"), [128, 512, 1024, 8192, 24_576, 32_768])
  assertEquals(thinking("gemini-2.0-flash")[0], undefined)
})
