import { assert, assertEquals } from "@std/assert"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { assistant, request, result, system, text, user } from "./request.ts"

const paths = (...asked: Parameters<typeof request>) =>
  anthropic.unsupported(request(...asked)).map(({ path }) => path.join("."))

Deno.test("each parameter that Anthropic has no words for is named, with a sentence", () => {
  const refused = anthropic.unsupported(request({
    temperature: 1.01,
    stop: ["END", " \n"],
    seed: 0,
    presencePenalty: -1,
    frequencyPenalty: 0.1,
    n: 2,
    responseFormat: { type: "json_object" }
  }))
  assertEquals(refused.map(({ path }) => path), [
    ["parameters", "temperature"],
    ["parameters", "stop"],
    ["parameters", "seed"],
    ["parameters", "presence_penalty"],
    ["parameters", "frequency_penalty"],
    ["parameters", "n"],
    ["parameters", "response_format"]
  ])
  for (const { message } of refused) assert(/^[A-Z].{20,}[^.]$/.test(message), message)
})

Deno.test("what Anthropic can do, or does anyway, is not refused", () => {
  assertEquals(
    paths({
      temperature: 1,
      topP: 1,
      maxTokens: 1,
      stop: ["END"],
      presencePenalty: 0,
      frequencyPenalty: 0,
      n: 1,
      responseFormat: { type: "json_schema", name: "x", schema: {} },
      tools: [{ name: "a" }],
      toolChoice: "required",
      reasoningEffort: "minimal",
      user: "u",
      metadata: {}
    }),
    []
  )
})

Deno.test("an image that Anthropic cannot take is named by its place", () => {
  const image = (url: string) => ({ type: "image", url }) as const
  const good = image("data:image/gif;base64,R0lG")
  const bad = image("http://a.example/b.png")
  assertEquals(
    paths({}, [
      { role: "system", content: [good] },
      user("Hi", good, bad),
      assistant("", { content: [text("See"), good] }),
      result("1", bad, good)
    ]),
    ["messages.0.content.0", "messages.1.content.2", "messages.2.content.1", "messages.3.content.0"]
  )
  assertEquals(paths({}, [system("x"), user(good), result("1", good)]), [])
})
