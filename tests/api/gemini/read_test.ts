import { assert, assertEquals } from "@std/assert"
import * as Signature from "../../../src/api/gemini/signature.ts"
import { hi, messages, only, read, refused, text, turn } from "./reading.ts"

Deno.test("contents are read as turns of the user and of the model", () => {
  const request = read({
    systemInstruction: { parts: [{ text: "Be brief." }, { text: "Be kind." }] },
    contents: [
      { parts: [{ text: "Hi" }, { text: "there" }] },
      { role: "model", parts: [{ text: "Hel" }, { text: "lo" }] },
      { role: "user", parts: [{ text: "Bye" }] }
    ]
  })
  assertEquals(request.messages, [
    { role: "system", content: [text("Be brief."), text("Be kind.")] },
    { role: "user", content: [text("Hi"), text("there")] },
    { role: "assistant", content: [text("Hello")], reasoning: [], toolCalls: [] },
    { role: "user", content: [text("Bye")] }
  ])
  assertEquals(request.model, "m")
  assertEquals(request.dropUnsupported, false)
})

Deno.test("a request keeps its original by the same references", () => {
  const request = read(hi)
  assertEquals(request.original?.dialect, "gemini")
  assert(request.original?.body === hi)
  assert(request.original?.messages === request.messages)
  assert(request.original?.parameters === request.parameters)
})

Deno.test("the system may speak in a text, a content or a list of parts", () => {
  for (const said of ["Be brief.", { parts: [{ text: "Be brief." }] }, [{ text: "Be brief." }]]) {
    const [first] = read({ ...hi, systemInstruction: said }).messages
    assertEquals(first, { role: "system", content: [text("Be brief.")] })
  }
  for (const nothing of [null, "", {}, { parts: [] }, { parts: [{ text: "" }] }]) {
    assertEquals(read({ ...hi, systemInstruction: nothing }).messages.length, 1)
  }
})

Deno.test("the chunks of a streamed answer that come back one by one are one turn", () => {
  const said = messages([
    { role: "user", parts: [{ text: "Hi" }] },
    { role: "model", parts: [{ text: "Hm", thought: true }] },
    { role: "model", parts: [{ text: "m", thought: true }] },
    { role: "model", parts: [{ text: "Hel" }] },
    { role: "model", parts: [{ text: "lo" }] },
    { role: "model", parts: [{ text: "", thoughtSignature: "c2ln" }] },
    { role: "model", parts: [] }
  ])
  assertEquals(said[1], {
    role: "assistant",
    content: [text("Hello")],
    reasoning: [{ type: "text", text: "Hmm", signature: { dialect: "gemini", value: "c2ln" } }],
    toolCalls: []
  })
  assertEquals(said.length, 2)
})

Deno.test("calls and results without ids find each other by name and order", () => {
  const call = (name: string, args: object) => ({ functionCall: { name, args } })
  const result = (name: string, response: object) => ({ functionResponse: { name, response } })
  const said = messages([
    { parts: [{ text: "Weather?" }] },
    { role: "model", parts: [call("a", { n: 1 }), call("b", {}), call("a", { n: 2 })] },
    {
      role: "function",
      parts: [
        result("a", { output: "one" }),
        result("a", { n: "two" }),
        result("b", { error: "no" }),
        { text: "Well?" }
      ]
    }
  ])
  const [, , ...results] = said
  const asked = turn(said[1])
  const ids = asked.toolCalls.map(({ id }) => id)
  assertEquals(new Set(ids).size, 3)
  assertEquals(asked.toolCalls.map((call) => [call.name, call.arguments]), [
    ["a", '{"n":1}'],
    ["b", "{}"],
    ["a", '{"n":2}']
  ])
  assertEquals(results, [
    { role: "tool", toolCallId: ids[0]!, content: [text("one")] },
    { role: "tool", toolCallId: ids[2]!, content: [text('{"n":"two"}')] },
    { role: "tool", toolCallId: ids[1]!, content: [text("no")], isError: true },
    { role: "user", content: [text("Well?")] }
  ])
})

Deno.test("calls and results with ids find each other in any order", () => {
  const said = messages([
    { parts: [{ text: "?" }] },
    {
      role: "model",
      parts: [
        { functionCall: { id: "1", name: "a", args: {} }, thoughtSignature: "c2ln" },
        { functionCall: { id: "2", name: "a" } }
      ]
    },
    {
      parts: [
        { functionResponse: { id: "2", name: "a", response: { output: '{"x":1}' } } },
        { functionResponse: { id: "1", name: "a", response: { result: "r" } } }
      ]
    }
  ])
  const [, , second, first] = said
  assertEquals(turn(said[1]).toolCalls[0], {
    id: "1",
    name: "a",
    arguments: "{}",
    signature: { dialect: "gemini", value: "c2ln" }
  })
  // It would come back as an object: it stays what it was.
  assertEquals(second, {
    role: "tool",
    toolCallId: "2",
    content: [text('{"output":"{\\"x\\":1}"}')]
  })
  assertEquals(first, { role: "tool", toolCallId: "1", content: [text('{"result":"r"}')] })
})

Deno.test("a result without a call goes by its name", () => {
  const [message] = messages([{ parts: [{ functionResponse: { name: "f", response: {} } }] }])
  assertEquals(message, { role: "tool", toolCallId: "f", content: [text("{}")] })
})

Deno.test("thousands of calls that find no result take no time", () => {
  const many = Array.from({ length: 30_000 }, (_, at) => at)
  const started = performance.now()
  messages([
    { role: "model", parts: many.map((at) => ({ functionCall: { name: `f${at}` } })) },
    { parts: many.map((at) => ({ functionResponse: { id: `x${at}`, name: "g", response: {} } })) }
  ])
  assert(performance.now() - started < 2000)
})

Deno.test("images are read from data and from https addresses, in either alphabet of base64", () => {
  const [message] = messages([{
    parts: [
      { inlineData: { mimeType: "image/png", data: "ab-_" } },
      { inline_data: { mime_type: "image/webp", data: "abcd" } },
      { fileData: { mimeType: "image/png", fileUri: "https://a.test/b" } },
      { file_data: { file_uri: "https://a.test/b.jpg?x" } }
    ]
  }])
  assertEquals(message?.content, [
    { type: "image", url: "data:image/png;base64,ab+/" },
    { type: "image", url: "data:image/webp;base64,abcd" },
    { type: "image", url: "https://a.test/b" },
    { type: "image", url: "https://a.test/b.jpg?x" }
  ])
  const [result] = messages([{
    parts: [{
      functionResponse: {
        name: "f",
        response: { output: "seen" },
        parts: [{ inlineData: { mimeType: "image/png", data: "abcd" } }]
      }
    }]
  }])
  assertEquals(result?.content, [text("seen"), {
    type: "image",
    url: "data:image/png;base64,abcd"
  }])
})

Deno.test("what only Gemini can be told is noted, by its place", () => {
  const parts = [
    { text: "Hi" },
    { inlineData: { mimeType: "application/pdf", data: "abcd" } },
    { fileData: { mimeType: "image/png", fileUri: "gs://a/b" } },
    {
      fileData: {
        mimeType: "image/png",
        fileUri: "https://generativelanguage.googleapis.com/v1beta/files/a"
      }
    },
    { fileData: { fileUri: "https://www.youtube.com/watch?v=1" } },
    { executable_code: { code: "1" } },
    { somethingNew: {} },
    {}
  ]
  const at = (index: number, kind: string) => `contents.0.parts.${index}.${kind}`
  assertEquals(only({ contents: [{ parts }] }), [
    at(1, "inlineData"),
    at(2, "fileData"),
    at(3, "fileData"),
    at(4, "fileData"),
    at(5, "executableCode"),
    at(6, "somethingNew")
  ])
  assertEquals(
    only({ tools: [{ google_search: {} }, { functionDeclarations: [{ name: "f" }] }] }),
    ["tools.0.googleSearch"]
  )
  assertEquals(only({ cachedContent: "cachedContents/1" }), ["cachedContent"])
  assertEquals(only({ generationConfig: { responseModalities: ["TEXT", "IMAGE"] } }), [
    "generationConfig.responseModalities"
  ])
  assertEquals(only({ generationConfig: { responseMimeType: "text/x.enum" } }), [
    "generationConfig.responseMimeType"
  ])
  assertEquals(only({ generationConfig: { responseModalities: ["Text"] } }), [])
  assertEquals(only({ safetySettings: [], labels: { a: "b" }, unheardOf: 1 }), [])
  // A turn of which nothing can be told is still a turn.
  const [message] = messages([{ parts: [{ fileData: { fileUri: "gs://a/b.pdf" } }] }])
  assertEquals(message, { role: "user", content: [] })
})

Deno.test("what cannot be read is refused by its place, in Gemini's words", () => {
  const paths = (body: unknown) => refused(body).issues.map(({ path }) => path.join("."))
  for (const body of [{}, { contents: [] }, { contents: null }, { contents: [{ parts: [] }] }]) {
    assertEquals(paths(body), ["contents"])
  }
  assertEquals(paths({ contents: [{ role: "assistant", parts: [{ text: "x" }] }] }), [
    "contents.0.role"
  ])
  assertEquals(paths({ contents: [{ parts: [{ text: 5 }, 7, { text: "x" }] }] }), [
    "contents.0.parts.1",
    "contents.0.parts.0.text"
  ])
  assertEquals(
    paths({
      ...hi,
      generationConfig: { temperature: "hot", topP: 3, maxOutputTokens: 0, stopSequences: [1] }
    }),
    ["temperature", "topP", "maxOutputTokens", "stopSequences"].map((key) =>
      `generationConfig.${key}`
    )
  )
  assertEquals(paths({ ...hi, toolConfig: { functionCallingConfig: { mode: "MAYBE" } } }), [
    "toolConfig.functionCallingConfig.mode"
  ])
  assertEquals(refused([]).message, "The body is not an object")
  assertEquals(
    refused({ contents: [{ role: "x" }] }).message,
    'contents[0].role: Expected "user" or "model"'
  )
  assertEquals(refused(hi, { "x-penstock-drop-unsupported": "maybe" }).kind, "invalid_header")
})

Deno.test("a header has left out what the model cannot honour", () => {
  const drop = (said: string) => read(hi, { "x-penstock-drop-unsupported": said }).dropUnsupported
  assertEquals([drop("true"), drop("false")], [true, false])
})

Deno.test("signatures of others come back whole, and do not go to Google", () => {
  const signature = { dialect: "anthropic", value: "s:i/g" } as const
  const reasoning = [
    { type: "text", text: "Hm:\n🌸", signature } as const,
    { type: "redacted", data: { dialect: "anthropic", value: "r" } } as const,
    { type: "text", text: "unsigned", signature: undefined } as const
  ]
  const shown = Signature.show({ signature, reasoning })!
  assertEquals(/^[A-Za-z0-9+/]+=*$/.test(shown), true)
  const urlSafe = shown.replaceAll("+", "-").replaceAll("/", "_")
  for (const thoughtSignature of [shown, urlSafe]) {
    const request = read({
      contents: [
        { parts: [{ text: "Hi" }] },
        {
          role: "model",
          parts: [
            { text: "Hi", thoughtSignature },
            { functionCall: { name: "f" }, thoughtSignature }
          ]
        }
      ]
    })
    const said = turn(request.messages[1])
    assertEquals(said.toolCalls[0]?.signature, signature)
    assertEquals(said.reasoning.slice(0, 2), reasoning.slice(0, 2))
    assertEquals(JSON.parse(JSON.stringify(request.original?.body.contents))[1].parts, [
      { text: "Hi" },
      { functionCall: { name: "f" }, thoughtSignature: "skip_thought_signature_validator" }
    ])
  }
  assertEquals(Signature.show({ signature: { dialect: "gemini", value: "x" }, reasoning }), "x")
  assertEquals(Signature.show({ signature: undefined, reasoning: [] }), undefined)
  assertEquals(Signature.read(btoa("penstock:rx:9")), { signature: undefined, reasoning: [] })
})
