import { assertEquals } from "@std/assert"
import { wantsThoughts } from "../../../src/api/gemini/read.ts"
import { config, hi, parameters, read, refused } from "./reading.ts"

Deno.test("every parameter is read, in both spellings", () => {
  const expected = {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    maxTokens: 100,
    stop: ["a", "b"],
    n: 2,
    seed: -7,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    logprobs: 3,
    responseFormat: { type: "json_object" }
  } as const
  assertEquals(
    config({
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ["a", "b"],
      candidateCount: 2,
      seed: -7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
      responseMimeType: "application/json",
      mediaResolution: "LOW",
      unheardOf: {}
    }),
    expected
  )
  assertEquals(
    parameters({
      generation_config: {
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        max_output_tokens: 100,
        stop_sequences: ["a", "b"],
        candidate_count: 2,
        seed: -7,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        response_logprobs: true,
        logprobs: 3,
        response_mime_type: "application/json"
      }
    }),
    expected
  )
  assertEquals(config({ temperature: null, stopSequences: [], logprobs: 3 }), {})
  assertEquals(config({ responseLogprobs: true }), { logprobs: 0 })
})

Deno.test("thinking is an effort, by level or by budget", () => {
  const effort = (thinkingConfig: object) => config({ thinkingConfig }).reasoningEffort
  assertEquals(effort({ thinkingLevel: "LOW" }), "low")
  assertEquals(effort({ thinking_level: "high" }), "high")
  assertEquals(
    [0, 512, 1024, 8192, 24_576].map((thinkingBudget) => effort({ thinkingBudget })),
    ["none", "minimal", "low", "medium", "high"]
  )
  assertEquals(effort({ thinkingBudget: -1, includeThoughts: true }), undefined)
  assertEquals(effort({ includeThoughts: true }), undefined)
  const wants = (thinkingConfig: object) =>
    wantsThoughts(read({ ...hi, generation_config: { thinkingConfig } }))
  assertEquals([wants({ includeThoughts: true }), wants({ include_thoughts: true })], [true, true])
  assertEquals([wants({}), wants({ includeThoughts: false })], [false, false])
})

Deno.test("schemas in OpenAPI's words become JSON Schema, and JSON Schema stays as it is", () => {
  const openapi = {
    type: "OBJECT",
    property_ordering: ["type"],
    properties: {
      type: { type: "STRING", format: "enum", enum: ["A", "B"], nullable: true },
      max_items: { type: "ARRAY", items: { type: "INTEGER", format: "int32" }, minItems: "1" },
      any: { anyOf: [{ type: "NUMBER", example: 1 }, { type: "BOOLEAN" }] }
    },
    required: ["type"]
  }
  const schema = {
    type: "object",
    properties: {
      type: { type: ["string", "null"], enum: ["A", "B", null] },
      max_items: { type: "array", items: { type: "integer", format: "int32" }, minItems: 1 },
      any: { anyOf: [{ type: "number" }, { type: "boolean" }] }
    },
    required: ["type"]
  }
  const responseMimeType = "application/json"
  const format = { type: "json_schema", name: "response", schema } as const
  assertEquals(config({ responseMimeType, responseSchema: openapi }), { responseFormat: format })
  const odd = { type: ["OBJECT"], const: 1, properties: { x: { type: "STRING" } } }
  assertEquals(config({ responseMimeType, responseJsonSchema: odd }), {
    responseFormat: { ...format, schema: odd }
  })
  assertEquals(
    parameters({
      tools: [
        { functionDeclarations: [{ name: "f", description: "F", parameters: openapi }] },
        { function_declarations: [{ name: "g", parameters_json_schema: odd }, { name: "h" }] }
      ]
    }).tools,
    [
      { name: "f", description: "F", parameters: schema },
      { name: "g", description: undefined, parameters: odd },
      { name: "h", description: undefined }
    ]
  )
})

Deno.test("functions may, must or must not be called", () => {
  const tools = [{ functionDeclarations: [{ name: "f" }, { name: "g" }] }]
  const choice = (functionCallingConfig: object) => {
    const read = parameters({ tools, toolConfig: { functionCallingConfig } })
    return [read.toolChoice, read.tools?.map(({ name }) => name)]
  }
  assertEquals(choice({}), [undefined, ["f", "g"]])
  assertEquals(choice({ mode: "AUTO" }), ["auto", ["f", "g"]])
  assertEquals(choice({ mode: "VALIDATED" }), ["auto", ["f", "g"]])
  assertEquals(choice({ mode: "none" }), ["none", ["f", "g"]])
  assertEquals(choice({ mode: "ANY" }), ["required", ["f", "g"]])
  assertEquals(choice({ mode: "ANY", allowedFunctionNames: ["g"] }), [{ name: "g" }, ["g"]])
  assertEquals(choice({ mode: "ANY", allowed_function_names: ["f", "g"] }), [
    "required",
    ["f", "g"]
  ])
  const refusal = refused({
    ...hi,
    tools,
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["x"] } }
  })
  assertEquals(refusal.issues[0]?.path.at(-1), "allowedFunctionNames")
})
