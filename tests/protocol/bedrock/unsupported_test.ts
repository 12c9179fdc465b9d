import { assertEquals, assertStringIncludes } from "@std/assert"
import type { Parameters } from "../../../src/domain/Completion.ts"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"
import { assistant, request, result, system, user } from "./request.ts"

const paths = (...[parameters, messages]: Parameters2) =>
  bedrock.unsupported(request(parameters, messages)).map(({ path }) => path.join("."))

type Parameters2 = globalThis.Parameters<typeof request>

Deno.test("what Bedrock has no words for is told, each with its place", () => {
  const refused: ReadonlyArray<readonly [Parameters, string]> = [
    [{ temperature: 1.1 }, "temperature"],
    [{ stop: ["a", " "] }, "stop"],
    [{ seed: 0 }, "seed"],
    [{ presencePenalty: 1 }, "presence_penalty"],
    [{ frequencyPenalty: -1 }, "frequency_penalty"],
    [{ n: 2 }, "n"],
    [{ logprobs: 0 }, "logprobs"],
    [{ responseFormat: { type: "json_object" } }, "response_format"],
    [{ tools: [{ name: "f" }], parallelToolCalls: false }, "parallel_tool_calls"]
  ]
  for (const [parameters, name] of refused) {
    assertEquals(paths(parameters), [`parameters.${name}`])
  }
})

Deno.test("what it does anyway, or what it can do, is not refused", () => {
  assertEquals(
    paths({
      temperature: 1,
      maxTokens: 1,
      topP: 1,
      topK: 1,
      stop: ["x"],
      presencePenalty: 0,
      frequencyPenalty: 0,
      n: 1,
      parallelToolCalls: true,
      reasoningEffort: "high",
      tools: [{ name: "f" }],
      toolChoice: "none",
      user: "u",
      metadata: { a: "b" },
      responseFormat: { type: "json_schema", name: "n", schema: {} }
    }),
    []
  )
})

Deno.test("tools cannot be forbidden once one was called", () => {
  const used = [
    user("Go"),
    assistant("", { toolCalls: [{ id: "a", name: "f", arguments: "{}" }] }),
    result("a", "1")
  ]
  assertEquals(paths({ tools: [{ name: "f" }], toolChoice: "none" }, used), [
    "parameters.tool_choice"
  ])
  assertEquals(paths({ toolChoice: "none" }, used), [])
})

Deno.test("an image is refused where it cannot be, and where it is only an address", () => {
  const far = { type: "image", url: "https://example.com/a.png" } as const
  const near = { type: "image", url: "data:image/webp;base64,AAAA" } as const
  const messages = [system(near), user("See", near, far), assistant("", { content: [near] })]
  assertEquals(paths({}, messages), [
    "messages.0.content.0",
    "messages.1.content.2",
    "messages.2.content.0"
  ])
  const [, second] = bedrock.unsupported(request({}, messages))
  assertStringIncludes(second?.message ?? "", "data: URL")
})
