import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { readRequest } from "../../../src/api/gemini/read.ts"
import { liveTest } from "../../kit/effect.ts"
import { modelOf, postJson, startBoth } from "../upstreams.ts"
import { read } from "./reading.ts"

const hi = { contents: [{ parts: [{ text: "Hi" }] }] }
const said = (...parts: ReadonlyArray<unknown>) => ({ contents: [{ parts }] })
const before = (...parts: ReadonlyArray<unknown>) => ({
  contents: [...hi.contents, { role: "model", parts }, ...hi.contents]
})
const config = (generationConfig: unknown) => ({ ...hi, generationConfig })
const calling = (functionCallingConfig: unknown) => ({
  ...hi,
  toolConfig: { functionCallingConfig }
})
const tiff = { inlineData: { mimeType: "image/tiff", data: "@" } }

/** What is wrong in itself, whoever is asked, and where that is told. */
const wrong: Record<string, object> = {
  "contents": { contents: null },
  "contents[0]": { contents: [5] },
  "contents[0].role": { contents: [{ role: "robot", parts: [{ text: "Hi" }] }] },
  "contents[0].parts[0]": said(null),
  "contents[0].parts[0].text": said({ text: 5 }),
  "contents[1].parts[0].functionCall.name": before({ functionCall: { args: {} } }),
  "contents[1].parts[0].functionCall.args": before({ functionCall: { name: "f", args: "x" } }),
  "contents[0].parts[0].functionResponse.response": said({
    functionResponse: { name: "f", response: "x" }
  }),
  "systemInstruction": { ...hi, systemInstruction: 5 },
  "systemInstruction.parts[0]": { ...hi, systemInstruction: { parts: [tiff] } },
  "tools[0]": { ...hi, tools: "x" },
  "tools[0].functionDeclarations[0].name": { ...hi, tools: [{ functionDeclarations: "x" }] },
  "toolConfig": { ...hi, toolConfig: "x" },
  "toolConfig.functionCallingConfig.mode": calling({ mode: 5 }),
  "generationConfig": config([]),
  "generationConfig.temperature": config({ temperature: "0.5" }),
  "generationConfig.responseMimeType": config({ responseMimeType: 5 }),
  "generationConfig.responseSchema": config({
    responseMimeType: "application/json",
    responseSchema: "x"
  }),
  "generationConfig.thinkingConfig": config({ thinkingConfig: "x" }),
  "generationConfig.thinkingConfig.thinkingBudget": config({
    thinkingConfig: { thinkingBudget: "100" }
  })
}

/** What other providers cannot be told, and where that is told. */
const others: Record<string, object> = {
  "contents[1].parts[0].executableCode": before({ executableCode: { code: "1" } }),
  "contents[0].parts[1].fileData": said({ text: "a" }, { fileData: { fileUri: "gs://a/b" } }),
  "contents[0].parts[0].a??b": said({ "a\r\nb": 1 }),
  "tools[0].googleSearch": { ...hi, tools: [{ googleSearch: {} }] },
  "cachedContent": { ...hi, cachedContent: "cachedContents/x" }
}

liveTest(
  "what is wrong is told by its place, in the client's own words, and nobody is asked",
  () =>
    Effect.gen(function* () {
      const { provider, url } = yield* startBoth()
      const refused = function* (model: string, place: string, body: object, method: string) {
        const answer = yield* postJson(`${url}/v1beta/models/${model}:${method}`, body)
        assertEquals(answer.status, 400, place)
        const { details, message } = answer.body.error
        assert(message.includes(`${place}: `), `${place}: ${message}`)
        assert(!/[\r\n]/.test(message) && message.length < 500, message)
        assertEquals(details[2].fieldViolations[0].field, place)
      }
      for (const model of Object.values(modelOf)) {
        for (const [place, body] of Object.entries(wrong)) {
          for (const method of ["generateContent", "countTokens"]) {
            yield* refused(model, place, body, method)
          }
        }
      }
      for (const model of [modelOf.openai, modelOf.anthropic]) {
        for (const [place, body] of Object.entries(others)) {
          yield* refused(model, place, body, "generateContent")
        }
      }
      assertEquals(provider.calls.length, 0)
    })
)

liveTest(
  "an image that a model cannot be shown is told by its own place, and that it is not left out",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const call = { functionCall: { name: "f", args: {} } }
      const response = { name: "f", response: {}, parts: [tiff] }
      const { body, status } = yield* postJson(
        `${url}/v1beta/models/${modelOf.anthropic}:generateContent`,
        {
          systemInstruction: "Be brief.",
          contents: [
            ...hi.contents,
            { role: "model", parts: [call] },
            { role: "user", parts: [{ functionResponse: response }, { text: "x" }, tiff] }
          ]
        }
      )
      const { message } = body.error
      assertEquals(status, 400)
      assert(message.startsWith("contents[2].parts[0].functionResponse.parts[0]: "), message)
      assert(message.includes("; contents[2].parts[2]: "), message)
      assert(message.endsWith(". Leave it out, or ask a model that can"), message)
    })
)

Deno.test("a key that nobody knows is passed on as it is", () => {
  const long = `${"x_y".repeat(30)}`
  const body = `{"__proto__":{"a":1},"${long}":1,"safety_settings":[],"contents":"Hi"}`
  const keys = Object.keys(read(JSON.parse(body)).original?.body ?? {})
  assertEquals(keys, ["__proto__", long, "safetySettings", "contents"])
})

/** Bodies of a megabyte at most that were made to take long. */
const dear: Record<string, object> = {
  "names of functions that are not there": {
    ...hi,
    tools: [{
      functionDeclarations: Array.from({ length: 15_000 }, (_, at) => ({ name: `t${at}` }))
    }],
    toolConfig: {
      functionCallingConfig: {
        mode: "ANY",
        allowedFunctionNames: Array.from({ length: 60_000 }, (_, at) => `u${at}`)
      }
    }
  },
  "a key of a million characters": said({ ["x_".repeat(500_000)]: 1 }),
  "many parts that nobody knows": said(
    ...Array.from({ length: 16_000 }, (_, at) => ({ [`k${at}`]: 1 }))
  )
}

for (const [name, body] of Object.entries(dear)) {
  Deno.test(`nothing else waits for ${name}`, () => {
    const parsed = JSON.parse(JSON.stringify(body))
    const since = performance.now()
    readRequest(parsed, "m", new Headers())
    const took = performance.now() - since
    assert(took < 250, `${took} ms`)
  })
}
