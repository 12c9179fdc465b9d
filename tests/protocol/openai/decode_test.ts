import { assertEquals } from "@std/assert"
import type { Delta } from "../../../src/domain/Delta.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { decoded, decodedFault, finish, more, reasoning, refusal, start, text } from "./deltas.ts"

const one = (message: unknown, finish_reason: unknown = "stop") =>
  decoded({ choices: [{ index: 0, message, finish_reason }] })

Deno.test("decode() reads text, parts of text, no text and a refusal", () => {
  assertEquals(one({ content: "Hi" }), [text("Hi"), finish("stop")])
  assertEquals(one({ content: [{ type: "text", text: "a" }, "b", { type: "text", text: "" }] }), [
    text("a"),
    text("b"),
    finish("stop")
  ])
  assertEquals(one({ content: null }), [finish("stop")])
  assertEquals(one({ content: null, refusal: "No." }), [refusal("No."), finish("stop")])
  assertEquals(one({ content: [{ type: "refusal", refusal: "No." }] }), [
    refusal("No."),
    finish("stop")
  ])
})

Deno.test("decode() reads how likely tokens were, before the text or the refusal that they make", () => {
  const token = { token: "x", logprob: -0.1, bytes: [120], top_logprobs: [] }
  const said = (logprobs: unknown, message: unknown = { content: "x" }) =>
    decoded({ choices: [{ index: 0, message, logprobs, finish_reason: "stop" }] })
  const told: Delta = { _tag: "Logprobs", choice: 0, tokens: [token] }
  assertEquals(said({ content: [token], refusal: null }), [told, text("x"), finish("stop")])
  assertEquals(said({ content: null, refusal: [token] }, { refusal: "x" }), [
    told,
    refusal("x"),
    finish("stop")
  ])
  for (const none of [null, {}, { content: [] }, { content: "x" }, [token], { content: [3] }]) {
    assertEquals(said(none), [text("x"), finish("stop")])
  }
})

Deno.test("decode() reads reasoning under each of its names, once, before the text", () => {
  const told = [reasoning("hm"), text("x"), finish("stop")]
  assertEquals(one({ content: "x", reasoning_content: "hm" }), told)
  assertEquals(one({ content: "x", reasoning: "hm" }), told)
  assertEquals(one({ content: "x", reasoning_content: "hm", reasoning: "hm" }), told)
  assertEquals(one({ content: "x", reasoning_content: "", reasoning: "hm" }), told)
  const thinking = { type: "thinking", thinking: [{ type: "text", text: "hm" }] }
  assertEquals(one({ content: [thinking, { type: "text", text: "x" }] }), told)
})

Deno.test("decode() reads every choice by its index", () => {
  assertEquals(
    decoded({
      choices: [
        { index: 1, message: { content: "b" }, finish_reason: "length" },
        { index: 0, message: { content: "a" }, finish_reason: "stop" }
      ]
    }),
    [text("b", 1), finish("length", 1), text("a"), finish("stop")]
  )
  assertEquals(
    decoded({ choices: [{ message: { content: "a" } }, { message: { content: "b" } }] }),
    [text("a"), finish("stop"), text("b", 1), finish("stop", 1)]
  )
})

Deno.test("decode() reads tool calls without ids, numbers or arguments, and arguments that are JSON", () => {
  assertEquals(
    one({
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: `{"x":1` } },
        { function: { name: "f", arguments: { y: [2] } } },
        { index: 0, function: { name: "f", arguments: "" } },
        { index: 0, id: "", function: { name: "g" } },
        "junk"
      ]
    }, "tool_calls"),
    [
      start(0, "a", "f"),
      more(0, `{"x":1`),
      start(1, "call_0_1", "f"),
      more(1, `{"y":[2]}`),
      start(2, "call_0_2", "f"),
      start(3, "call_0_3", "g"),
      more(2, "{}"),
      more(3, "{}"),
      finish("tool_calls")
    ]
  )
})

Deno.test("decode() keeps the signature of a call that Google's server signed", () => {
  const signed = one({
    tool_calls: [{
      id: "a",
      function: { name: "f", arguments: "{}" },
      extra_content: { google: { thought_signature: "S" } }
    }]
  })
  assertEquals(signed[0], {
    _tag: "ToolCallStart",
    choice: 0,
    index: 0,
    id: "a",
    name: "f",
    signature: { dialect: "gemini", value: "S" }
  })
})

Deno.test("decode() maps each reason to finish; an unknown or absent one by what was said", () => {
  const calls = { tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] }
  const reasons: ReadonlyArray<[unknown, string, string]> = [
    ["stop", "stop", "stop"],
    ["length", "length", "length"],
    ["tool_calls", "tool_calls", "tool_calls"],
    ["function_call", "tool_calls", "tool_calls"],
    ["content_filter", "content_filter", "content_filter"],
    ["model_length", "length", "length"],
    ["SAFETY", "content_filter", "content_filter"],
    ["eos", "stop", "tool_calls"],
    ["end_turn", "stop", "tool_calls"],
    [null, "stop", "tool_calls"],
    [7, "stop", "tool_calls"],
    ["constructor", "stop", "tool_calls"]
  ]
  for (const [said, plain, calling] of reasons) {
    const last = (message: unknown) => one(message, said).at(-1)
    assertEquals(last({ content: "x" }), finish(plain as "stop"), String(said))
    assertEquals(last(calls), finish(calling as "stop"), String(said))
  }
})

Deno.test("decode() takes what is no answer for a bad one", () => {
  const none = [
    {},
    { choices: [] },
    { choices: null },
    { choices: [{}] },
    { choices: ["x"] },
    { choices: [{ index: 2, message: { content: "x" }, finish_reason: "stop" }] },
    null,
    undefined,
    7,
    "x",
    [],
    [{ choices: [] }]
  ]
  for (const body of none) assertEquals(decodedFault(body).class, "bad_response")
})

Deno.test("decode() takes an error with status 200 for that error", () => {
  const answer = { choices: [{ message: { content: "x" }, finish_reason: "stop" }] }
  const of = (error: unknown) => decodedFault({ ...answer, error }).class
  assertEquals(of({ code: "context_length_exceeded" }), "context_length")
  assertEquals(of({ type: "insufficient_quota" }), "quota_exhausted")
  assertEquals(of({ code: 429, message: "slow down" }), "rate_limited")
  assertEquals(of({ code: "502" }), "server")
  assertEquals(of({ type: "invalid_request_error" }), "bad_request")
  assertEquals(of({ type: "server_error" }), "server")
  assertEquals(of({ message: "maximum context length is 8 tokens" }), "context_length")
  assertEquals(of({}), "bad_response")
  assertEquals(of("boom"), "bad_response")
  assertEquals(of(true), "bad_response")
  assertEquals(decodedFault({ object: "error", message: "m", code: 404 }).class, "not_found")
  assertEquals(decoded({ ...answer, error: null }).length, 2)
})

Deno.test("decode() takes a reason that means that the provider gave up for a fault", () => {
  const of = (choice: unknown) => decodedFault({ choices: [choice] }).class
  const message = { content: "half an ans" }
  assertEquals(of({ message, finish_reason: "error" }), "server")
  assertEquals(of({ message, finish_reason: "insufficient_system_resource" }), "overloaded")
  assertEquals(of({ message, finish_reason: "error", error: { code: 429 } }), "rate_limited")
})

Deno.test("decode() never throws, whatever stands where", () => {
  const odd = [null, 0, "", "x", [], {}, [null], [[]], true, { length: 3 }]
  for (const value of odd) {
    for (const key of ["choices", "usage", "error", "x_groq", "object"]) {
      openai().decode({ choices: [{ message: { content: "x" } }], [key]: value })
    }
    for (const key of ["index", "message", "finish_reason", "error"]) {
      openai().decode({ choices: [{ message: { content: "x" }, [key]: value }] })
    }
    for (const key of ["content", "refusal", "reasoning", "reasoning_content", "tool_calls"]) {
      openai().decode({ choices: [{ message: { [key]: value } }] })
    }
    for (const key of ["id", "index", "function", "extra_content"]) {
      openai().decode({ choices: [{ message: { tool_calls: [{ [key]: value }] } }] })
    }
  }
})
