import { assertEquals } from "@std/assert"
import type { CompletionRequest, JsonObject, Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { assistant, request, text, tool, user } from "./conversation.ts"

const hi: ReadonlyArray<Message> = [user(text("Hi"))]

/** A request whose client wrote `body`, of which `messages` and `parameters` were read. */
const wrote = (
  body: JsonObject,
  parameters: Parameters = {},
  messages: ReadonlyArray<Message> = hi
): CompletionRequest => ({
  ...request(messages, parameters),
  original: { dialect: "gemini", body, messages, parameters }
})

const sent = (request: CompletionRequest) =>
  JSON.stringify(gemini.encode(request, { model: "gemini-2.5-flash", stream: false }).body)

const body = {
  safetySettings: [{ threshold: "BLOCK_NONE", category: "HARM_CATEGORY_HARASSMENT" }],
  tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: "f", response: {} }] }],
  toolConfig: { retrievalConfig: { languageCode: "de" } },
  generationConfig: { mediaResolution: "LOW", topK: 3, max_output_tokens: 900, unheardOf: [1] },
  contents: [{ parts: [{ videoMetadata: {}, text: "Hi" }], role: "user" }]
}
const parameters: Parameters = { topK: 3, maxTokens: 900, tools: [{ name: "f" }] }

Deno.test("a request in Gemini's own words goes out as it came, key by key", () => {
  assertEquals(sent(wrote(body, parameters)), JSON.stringify(body))
})

Deno.test("a generationConfig of which nothing is read passes all the same", () => {
  const said = { generationConfig: { responseModalities: ["IMAGE"] }, contents: body.contents }
  assertEquals(sent(wrote(said)), JSON.stringify(said))
})

Deno.test("a model that stands in the body as well is left to the path", () => {
  assertEquals(sent(wrote({ model: "models/ours", ...body }, parameters)), JSON.stringify(body))
})

Deno.test("of a generationConfig only what the gateway changed is written anew", () => {
  const capped = { ...wrote(body, parameters), parameters: { ...parameters, maxTokens: 100 } }
  const { max_output_tokens: _, ...config } = body.generationConfig
  assertEquals(
    sent(capped),
    JSON.stringify({ ...body, generationConfig: { ...config, maxOutputTokens: 100 } })
  )
})

Deno.test("Google's own tools stay where the gateway takes away the functions", () => {
  const { tools: _, ...others } = parameters
  const without = { ...wrote(body, parameters), parameters: others }
  assertEquals(JSON.parse(sent(without)).tools, [{ googleSearch: {} }])
})

Deno.test("an answer that is taken up again stands after the contents as they came", () => {
  const more = [...hi, assistant([text("Half")]), user(text("Go on"))]
  assertEquals(JSON.parse(sent({ ...wrote(body, parameters), messages: more })).contents, [
    ...body.contents,
    { role: "model", parts: [{ text: "Half" }] },
    { role: "user", parts: [{ text: "Go on" }] }
  ])
})

Deno.test("contents that were changed are written anew", () => {
  const changed = { ...wrote(body, parameters), messages: [user(text("Hello"))] }
  assertEquals(JSON.parse(sent(changed)).contents, [{ role: "user", parts: [{ text: "Hello" }] }])
})

Deno.test("another dialect's words are not Gemini's", () => {
  const { messages, parameters } = request(hi)
  const original = { dialect: "openai", body: { n: 1 }, messages, parameters } as const
  assertEquals(
    sent({ ...request(hi), original }),
    '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}'
  )
})

Deno.test("countTokens counts the whole prompt", () => {
  const target = { model: "gemini-2.5-flash", stream: false }
  const { path, body: counted } = gemini.counting!.encode(wrote(body, parameters), target)
  assertEquals(path, "/v1beta/models/gemini-2.5-flash:countTokens")
  assertEquals(JSON.parse(JSON.stringify(counted)), {
    generateContentRequest: {
      model: "models/gemini-2.5-flash",
      contents: body.contents,
      tools: body.tools
    }
  })
  assertEquals(gemini.counting!.decode({ totalTokens: 7 }), 7)
  for (const answer of [{}, null, { totalTokens: "7" }, { error: { code: 400 } }]) {
    assertEquals(gemini.counting!.decode(answer) instanceof UpstreamFault, true)
  }
})

Deno.test("what a tool says of its failure is told as an error", () => {
  const failed = { ...tool("id", text("no such city")), isError: true } as Message
  const asked = assistant([], [{ id: "id", name: "weather", arguments: "{}" }])
  const { contents } = JSON.parse(sent(request([...hi, asked, failed])))
  assertEquals(contents[2].parts[0].functionResponse.response, { error: "no such city" })
})

Deno.test("logprobs are asked for and read in OpenAI's words", () => {
  const config = (logprobs: number) => JSON.parse(sent(request(hi, { logprobs }))).generationConfig
  assertEquals(config(0), { responseLogprobs: true })
  assertEquals(config(2), { responseLogprobs: true, logprobs: 2 })
  const told = gemini.decode({
    candidates: [{
      content: { parts: [{ text: "Hi" }] },
      finishReason: "STOP",
      logprobsResult: {
        chosenCandidates: [{ token: "Hi", logProbability: -0.5, tokenId: 1 }, { token: "!" }],
        topCandidates: [{ candidates: [{ token: "Hi", logProbability: -0.5 }, { token: 5 }] }]
      }
    }]
  })
  assertEquals(Array.isArray(told) && told[0], {
    _tag: "Logprobs",
    choice: 0,
    tokens: [
      {
        token: "Hi",
        logprob: -0.5,
        bytes: null,
        top_logprobs: [{ token: "Hi", logprob: -0.5, bytes: null }]
      },
      { token: "!", logprob: 0, bytes: null, top_logprobs: [] }
    ]
  })
})

Deno.test("one tool at a time is more than Gemini can be told", () => {
  const asked = request(hi, { parallelToolCalls: false, tools: [{ name: "f" }] })
  assertEquals(gemini.unsupported(asked).map(({ path }) => path), [
    ["parameters", "parallel_tool_calls"]
  ])
  assertEquals(gemini.unsupported(request(hi, { parallelToolCalls: false })), [])
})
