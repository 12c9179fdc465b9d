import { assert, assertEquals, assertFalse, assertMatch, assertNotMatch } from "@std/assert"
import * as Schema from "effect/Schema"
import type { CompletionRequest } from "../../../src/domain/Completion.ts"
import { type Message, textOf } from "../../../src/domain/Message.ts"
import { continuation } from "../../../src/gateway/resume/plan.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { object } from "../../../src/protocol/json.ts"
import { law } from "../../kit/effect.ts"
import { asking } from "../request.ts"

const assistant = (text: string): Message => ({
  role: "assistant",
  content: [{ type: "text", text }],
  reasoning: [],
  toolCalls: []
})

const asked = asking("any", { maxTokens: 100, stop: ["END"], temperature: 0 }, true)
const text = "Water is let through the gate.\n\n"

Deno.test("from scratch, the request is what it was", () => {
  assertEquals(continuation(asked, "scratch", ""), asked)
})

Deno.test("a prefill is the text so far, without the white space at its end", () => {
  const { messages, ...rest } = continuation(asked, "prefill", text)
  assertEquals(messages, [...asked.messages, assistant(text.trimEnd())])
  assertEquals(rest, {
    model: "any",
    dropUnsupported: true,
    parameters: { ...asked.parameters, maxTokens: 92 }
  })
})

Deno.test("an instruction stands after the text so far, and speaks of that alone", () => {
  const { messages, parameters } = continuation(asked, "instruction", text)
  assertEquals(messages.slice(0, -1), [...asked.messages, assistant(text)])
  const last = messages.at(-1)!
  assertEquals(last.role, "user")
  assertMatch(textOf(last.content), /continue it from exactly where it stops/i)
  assertNotMatch(textOf(last.content), /gateway|provider|penstock/i)
  assertEquals(parameters.maxTokens, 92)
})

Deno.test("the budget is less by what was written, but never nothing, and none is made up", () => {
  const left = (maxTokens: number | undefined, written: string) =>
    continuation(asking("any", { maxTokens }), "prefill", written).parameters.maxTokens
  assertEquals(left(10, "abcdefgh"), 8)
  assertEquals(left(10, "水车"), 8)
  assertEquals(left(10, "水".repeat(50)), 1)
  assertEquals(left(undefined, text), undefined)
})

Deno.test("what the client itself began for the assistant stays one message", () => {
  const begun: CompletionRequest = {
    ...asked,
    messages: [...asked.messages, assistant("Once upon ")]
  }
  assertEquals(continuation(begun, "prefill", "a midnight ").messages, [
    ...asked.messages,
    assistant("Once upon a midnight")
  ])
  assertEquals(
    continuation(begun, "instruction", "a midnight ").messages.at(-2),
    assistant("Once upon a midnight ")
  )
})

Deno.test("half of a pair of surrogates at the end is not sent", () => {
  for (const how of ["prefill", "instruction"] as const) {
    const { messages } = continuation(asked, how, "gate \ud83c")
    assert(messages.every(({ content }) => textOf(content).isWellFormed()))
  }
})

law(
  "every dialect carries a prefill as it is, as the last thing said by the assistant",
  Schema.Struct({ text: Schema.NonEmptyString }),
  ({ text }) => {
    if (text.trim() === "" || !text.isWellFormed()) return true
    const request = continuation(asked, "prefill", text)
    const target = { model: "m", stream: true }
    const said = text.trimEnd()
    const last = (body: unknown) => Array.isArray(body) ? object(body.at(-1)) : undefined
    assertEquals(last(openai().encode(request, target).body.messages), {
      role: "assistant",
      content: said,
      tool_calls: undefined
    })
    assertEquals(last(anthropic.encode(request, target).body.messages), {
      role: "assistant",
      content: said
    })
    assertEquals(last(gemini.encode(request, target).body.contents), {
      role: "model",
      parts: [{ text: said }]
    })
    assertFalse(/\s$/.test(said))
    return true
  }
)
