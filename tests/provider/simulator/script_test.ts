import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Schema from "effect/Schema"
import { parse } from "../../../src/protocol/json.ts"
import { hash, write } from "../../../src/provider/simulator/script.ts"
import { law } from "../../kit/effect.ts"

const asking = (content: unknown, more: object = {}) => ({
  messages: [{ role: "user", content }],
  ...more
})
const textOf = (request: object, seed = 1) => write({ ...request }, seed).pieces.join("")

law(
  "the same request and seed are answered with the same text, which says that it is no model's",
  Schema.Struct({ question: Schema.String, seed: Schema.Int }),
  ({ question, seed }) => {
    const script = write(asking(question), seed)
    assertEquals(write(asking(question), seed), script)
    assertStringIncludes(script.pieces.join(""), "[simulator: not a model]")
    return script.finishReason === "stop" && script.toolCall === undefined
  }
)

Deno.test("another seed or another question gives another text, now and then", () => {
  const seeds = new Set(Array.from({ length: 20 }, (_, seed) => textOf(asking("Hello"), seed)))
  assert(seeds.size > 3)
  assert(textOf(asking("Hello")) !== textOf(asking("Goodbye")))
})

Deno.test("the question is said back, cut where it is long", () => {
  assertStringIncludes(textOf(asking("春天")), "“春天”")
  assertStringIncludes(
    textOf(asking([{ type: "text", text: "a" }, { type: "text", text: "b" }])),
    "“ab”"
  )
  const long = textOf(asking("x".repeat(200)))
  assertStringIncludes(long, `${"x".repeat(79)}…`)
  assertEquals(long.includes("x".repeat(80)), false)
})

law(
  "an answer has as many pieces as it may have tokens, and says where it was cut",
  Schema.Struct({
    question: Schema.String,
    max_tokens: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))
  }),
  ({ question, max_tokens }) => {
    const whole = write(asking(question), 1)
    const cut = write(asking(question, { max_tokens }), 1)
    assertEquals(cut.pieces, whole.pieces.slice(0, max_tokens))
    return cut.finishReason === (max_tokens < whole.pieces.length ? "length" : "stop")
  }
)

law(
  "an answer that was begun is gone on with, wherever it stopped",
  Schema.Struct({ question: Schema.String, isJson: Schema.Boolean, at: Schema.Int }),
  ({ question, isJson, at }) => {
    const asked = asking(question, isJson ? { response_format: { type: "json_object" } } : {})
    const text = textOf(asked)
    const begun = text.slice(0, Math.abs(at) % text.length)
    const messages = [...asked.messages, { role: "assistant", content: begun }]
    return begun + textOf({ ...asked, messages }) === text
  }
)

Deno.test("an answer that somebody else began is gone on with by a whole one", () => {
  const asked = asking("Hi")
  const messages = [...asked.messages, { role: "assistant", content: "Well," }]
  assertEquals(textOf({ messages }), ` ${textOf(asked)}`)
})

law(
  "an answer ends before the first of the texts that end one",
  Schema.Struct({
    question: Schema.String,
    from: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 })),
    length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 }))
  }),
  ({ question, from, length }) => {
    const whole = textOf(asking(question))
    const stop = whole.slice(from, from + length)
    const until = stop === "" ? whole : whole.slice(0, whole.indexOf(stop))
    for (const said of [stop, ["", "nobody says this", stop]]) {
      const cut = write(asking(question, { stop: said }), 1)
      assertEquals([cut.pieces.join(""), cut.finishReason], [until, "stop"])
    }
    return true
  }
)

const tools = ["first", "second"].map((name) => ({ type: "function", function: { name } }))

Deno.test("a tool is called where the request insists on one, and only there", () => {
  const asked = (tool_choice: unknown) => write(asking("Hi", { tools, tool_choice }), 1)
  const required = asked("required")
  assertEquals([required.toolCall?.name, required.finishReason, required.pieces], [
    "first",
    "tool_calls",
    []
  ])
  assertEquals(asked({ type: "function", function: { name: "second" } }).toolCall?.name, "second")
  for (const choice of ["auto", "none", undefined]) assertEquals(asked(choice).toolCall, undefined)
})

Deno.test("JSON is answered where JSON is asked for", () => {
  for (const type of ["json_object", "json_schema"]) {
    const text = textOf(asking("Hi", { response_format: { type } }))
    assertEquals(parse(text), { simulator: true, note: "This is not a model" })
  }
  assertEquals(parse(textOf(asking("Hi", { response_format: { type: "text" } }))), undefined)
})

Deno.test("a prompt is counted by its words, a CJK character being one", () => {
  const tokens = (content: string) => write(asking(content), 1).promptTokens
  assertEquals([tokens(""), tokens("one two  three"), tokens("你好 x")], [4, 7, 7])
})

law("anything at all is answered", Schema.Record(Schema.String, Schema.Json), (request) => {
  const { pieces, promptTokens } = write(request, 1)
  return pieces.every((piece) => piece !== "") && Number.isInteger(promptTokens)
})

Deno.test("hash() is FNV-1a", () => {
  assertEquals([hash(""), hash("a"), hash("foobar")], [0x811c9dc5, 0xe40c292c, 0xbf9cf968])
})
