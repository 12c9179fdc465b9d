import { assertEquals } from "@std/assert"
import type { Parameters } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { ModelSpec } from "../../../src/domain/Model.ts"
import * as Transcript from "../../../src/gateway/resume/Transcript.ts"
import { asking } from "../request.ts"
import { text } from "./pieces.ts"

const plain: ModelSpec = { id: "plain", name: "Plain", capabilities: ["conversation"] }
const prefilled: ModelSpec = { ...plain, prefill: true }
const thinking: ModelSpec = { ...prefilled, capabilities: ["conversation", "reasoning"] }

const reasoning: Delta = { _tag: "Reasoning", choice: 0, text: "Hm" }
const call: Delta = { _tag: "ToolCallStart", choice: 0, index: 0, id: "c", name: "look" }

/** How `model` goes on after `deltas`. */
const how = (deltas: ReadonlyArray<Delta>, model: ModelSpec, parameters: Parameters = {}) => {
  const transcript = Transcript.make()
  for (const delta of deltas) transcript.add(delta)
  return transcript.canResume(asking("any", parameters), model)
}

Deno.test("the text is kept, and nothing else", () => {
  const transcript = Transcript.make()
  for (const delta of [reasoning, text("The "), text("gate")]) transcript.add(delta)
  transcript.add({ _tag: "Finish", choice: 0, reason: "stop" })
  assertEquals([transcript.text(), transcript.isResumable()], ["The gate", true])
})

Deno.test("a model that takes a prefill gets one, and any other an instruction", () => {
  assertEquals(how([text("The gate")], prefilled), "prefill")
  assertEquals(how([reasoning, text("The gate")], plain), "instruction")
})

Deno.test("where only reasoning or white space was delivered, the answer begins anew", () => {
  for (const deltas of [[], [reasoning], [reasoning, text("\n\n")]]) {
    assertEquals(how(deltas, prefilled), "scratch")
    assertEquals(how(deltas, plain, { responseFormat: { type: "json_object" } }), "scratch")
  }
})

Deno.test("a model that thinks first gets no prefill", () => {
  const deltas = [text("The gate")]
  assertEquals(how(deltas, thinking), "instruction")
  assertEquals(how(deltas, thinking, { reasoningEffort: "low" }), "instruction")
  assertEquals(how(deltas, thinking, { reasoningEffort: "none" }), "prefill")
  const still: ModelSpec = { ...thinking, defaultReasoningEffort: "none" }
  assertEquals(how(deltas, still), "prefill")
  assertEquals(how(deltas, still, { reasoningEffort: "high" }), "instruction")
})

Deno.test("a JSON document is gone on with from a prefill, or not at all", () => {
  const formats = [
    { type: "json_object" },
    { type: "json_schema", name: "answer", schema: {} }
  ] as const
  for (const responseFormat of formats) {
    assertEquals(how([text("{")], prefilled, { responseFormat }), "prefill")
    assertEquals(how([text("{")], plain, { responseFormat }), undefined)
    const strict: ModelSpec = { ...prefilled, refusedWithPrefill: ["response_format"] }
    assertEquals(how([text("{")], strict, { responseFormat }), undefined)
  }
})

Deno.test("what a model refuses with a prefill makes it an instruction", () => {
  const strict: ModelSpec = { ...prefilled, refusedWithPrefill: ["response_format", "tools"] }
  const deltas = [text("The gate")]
  assertEquals(how(deltas, strict), "prefill")
  assertEquals(how(deltas, strict, { responseFormat: { type: "text" } }), "prefill")
  assertEquals(how(deltas, strict, { tools: [{ name: "look" }] }), "instruction")
})

Deno.test("tools may be offered, but once one was called there is no going on, nor where a part is foreign", () => {
  assertEquals(how([text("Let me see")], plain, { tools: [{ name: "look" }] }), "instruction")
  const fragment: Delta = { _tag: "ToolCallArguments", choice: 0, index: 0, fragment: "{" }
  const foreign: Delta = { _tag: "Foreign", choice: 0, dialect: "gemini", part: {} }
  for (const delta of [call, fragment, foreign]) {
    for (const deltas of [[delta], [text("Let me see"), delta], [delta, text("more")]]) {
      const transcript = Transcript.make()
      for (const each of deltas) transcript.add(each)
      assertEquals([transcript.isResumable(), transcript.text()], [false, ""])
      assertEquals(transcript.canResume(asking("any"), prefilled), undefined)
    }
  }
})

Deno.test("several answers at once are not gone on with", () => {
  assertEquals(how([text("One")], prefilled, { n: 2 }), undefined)
  assertEquals(how([text("One")], prefilled, { n: 1 }), "prefill")
  for (const _tag of ["Text", "Reasoning"] as const) {
    assertEquals(how([{ _tag, choice: 1, text: "One" }], prefilled), undefined)
  }
})

Deno.test("a text that is too long is not kept", () => {
  const transcript = Transcript.make()
  transcript.add(text("x".repeat(Transcript.mostText)))
  assertEquals(transcript.canResume(asking("any"), prefilled), "prefill")
  transcript.add(text("x"))
  assertEquals([transcript.isResumable(), transcript.text()], [false, ""])
  transcript.add(text("x"))
  assertEquals(transcript.text(), "")
  assertEquals(transcript.canResume(asking("any"), prefilled), undefined)
})
