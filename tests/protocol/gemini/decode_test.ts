/**
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Delta } from "../../../src/domain/Delta.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { law } from "../../kit/effect.ts"
import { chunk } from "./conversation.ts"

const decoded = (body: unknown): ReadonlyArray<Delta> => {
  const deltas = gemini.decode(body)
  if (deltas instanceof UpstreamFault) throw deltas
  return deltas
}

const failed = (body: unknown): UpstreamFault => {
  const fault = gemini.decode(body)
  if (!(fault instanceof UpstreamFault)) throw new Error(JSON.stringify(fault))
  return fault
}

const stop = { finishReason: "STOP" }
const finish = { _tag: "Finish", choice: 0, reason: "stop" } as const

Deno.test("decode() tells thoughts from text, and leaves out what is empty", () => {
  assertEquals(
    decoded(
      chunk([{ text: "Hm", thought: true }, { text: "春" }, { text: "" }, {}, null, 5], stop)
    ),
    [
      { _tag: "Reasoning", choice: 0, text: "Hm" },
      { _tag: "Text", choice: 0, text: "春" },
      finish
    ]
  )
})

Deno.test("decode() reads a signature after its text, also where there is none", () => {
  const signature = { dialect: "gemini", value: "sig" } as const
  assertEquals(decoded(chunk([{ text: "a", thoughtSignature: "sig" }], stop)), [
    { _tag: "Text", choice: 0, text: "a" },
    { _tag: "ReasoningSignature", choice: 0, signature },
    finish
  ])
  assertEquals(decoded(chunk([{ text: "", thoughtSignature: "sig" }], stop)), [
    { _tag: "ReasoningSignature", choice: 0, signature },
    finish
  ])
})

Deno.test("decode() reads tool calls whole, and gives ids to those that lack one", () => {
  const parts = [
    { functionCall: { name: "f", args: { a: [1] } }, thoughtSignature: "sig" },
    { functionCall: { name: "g", id: "given" } }
  ]
  assertEquals(decoded(chunk(parts, stop, { responseId: "r-1" })), [
    {
      _tag: "ToolCallStart",
      choice: 0,
      index: 0,
      id: "call_r-1_0_0",
      name: "f",
      signature: { dialect: "gemini", value: "sig" }
    },
    { _tag: "ToolCallArguments", choice: 0, index: 0, fragment: '{"a":[1]}' },
    { _tag: "ToolCallStart", choice: 0, index: 1, id: "given", name: "g", signature: undefined },
    { _tag: "ToolCallArguments", choice: 0, index: 1, fragment: "{}" },
    { _tag: "Finish", choice: 0, reason: "tool_calls" }
  ])
})

Deno.test("decode() gives each call of an answer an id of its own", () => {
  const calls = [{ functionCall: { name: "f" } }, { functionCall: { name: "f" } }]
  for (const responseId of [undefined, "r", "\r\n", "x".repeat(10_000)]) {
    const ids = decoded({
      responseId,
      candidates: [0, 1].map((index) => ({ index, content: { parts: calls }, ...stop }))
    }).flatMap((delta) => delta._tag === "ToolCallStart" ? delta.id : [])
    assertEquals(new Set(ids).size, 4)
    assert(ids.every((id) => /^call_[\w-]{1,140}$/.test(id)), ids[0]!.slice(0, 100))
  }
})

Deno.test("decode() reads candidates by their index, 0 where it is left out", () => {
  const candidate = (index: unknown, text: string) => ({
    index,
    content: { parts: [{ text }] },
    ...stop
  })
  const deltas = decoded({
    candidates: [
      candidate(1, "b"),
      candidate(undefined, "a"),
      candidate(-1, "x"),
      candidate("1", "x"),
      candidate(1e9, "x")
    ]
  })
  assertEquals(deltas, [
    { _tag: "Text", choice: 1, text: "b" },
    { _tag: "Text", choice: 0, text: "a" },
    finish,
    { ...finish, choice: 1 }
  ])
})

Deno.test("decode() tells why each answer ended", () => {
  const reason = (finishReason: string, parts: ReadonlyArray<unknown> = [{ text: "a" }]) => {
    const last = decoded(chunk(parts, { finishReason })).at(-1)
    return last?._tag === "Finish" ? last.reason : undefined
  }
  assertEquals(reason("STOP"), "stop")
  assertEquals(reason("MAX_TOKENS"), "length")
  assertEquals(reason("MAX_TOKENS", [{ functionCall: { name: "f" } }]), "length")
  assertEquals(reason("STOP", [{ functionCall: { name: "f" } }]), "tool_calls")
  for (
    const filter of [
      "SAFETY",
      "RECITATION",
      "BLOCKLIST",
      "PROHIBITED_CONTENT",
      "SPII",
      "IMAGE_SAFETY",
      "LANGUAGE",
      "OTHER",
      "SOMETHING_NEW"
    ]
  ) {
    assertEquals(reason(filter, []), "content_filter")
  }
})

Deno.test("an answer that Gemini gave up on is no answer", () => {
  for (const finishReason of ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"]) {
    assertEquals(failed(chunk([], { finishReason })).class, "bad_response")
  }
})

Deno.test("an answer is whole only when each candidate ended", () => {
  for (
    const body of [
      {},
      { candidates: [] },
      chunk([{ text: "a" }]),
      chunk([{ text: "a" }], { finishReason: "FINISH_REASON_UNSPECIFIED" }),
      { candidates: [...chunk([], stop).candidates, { index: 1 }] },
      null,
      "x",
      []
    ]
  ) {
    assertEquals(failed(body).class, "bad_response")
  }
})

Deno.test("decode() reads an array of chunks as it would read the stream", () => {
  assertEquals(
    decoded([chunk([{ text: "a" }]), chunk([{ text: "b" }], stop)]),
    [{ _tag: "Text", choice: 0, text: "a" }, { _tag: "Text", choice: 0, text: "b" }, finish]
  )
  assertEquals(failed([chunk([{ text: "a" }]), 5]).class, "bad_response")
})

Deno.test("a prompt that is blocked is a refusal", () => {
  const fault = failed({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } })
  assertEquals(fault.class, "filtered")
  assert(fault.message.includes("PROHIBITED_CONTENT"))
  assertEquals(decoded({ ...chunk([], stop), promptFeedback: { safetyRatings: [] } }), [finish])
})

Deno.test("an error with status 200 is an error", () => {
  const fault = failed({ error: { code: 503, status: "UNAVAILABLE", message: "Overloaded" } })
  assertEquals([fault.class, fault.status], ["overloaded", 503])
  assertEquals(
    failed([{ error: { code: 429, status: "RESOURCE_EXHAUSTED" } }]).class,
    "rate_limited"
  )
  assertEquals(failed({ error: {} }).class, "server")
})

Deno.test("a tool call that cannot be passed on is a bad answer", () => {
  const deep = JSON.parse('{"0":'.repeat(20_000) + "0" + "}".repeat(20_000))
  assertEquals(
    failed(chunk([{ functionCall: { name: "f", args: deep } }], stop)).class,
    "bad_response"
  )
  assertEquals(failed(chunk([{ functionCall: {} }], stop)).class, "bad_response")
})

const usage = (usageMetadata: unknown) =>
  decoded({ ...chunk([], stop), usageMetadata }).flatMap((delta) =>
    delta._tag === "Usage" ? delta.usage : []
  )[0]

Deno.test("usage counts thoughts as written, and tool use and cache as read", () => {
  assertEquals(
    usage({
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 3,
      totalTokenCount: 25
    }),
    {
      promptTokens: 15,
      completionTokens: 10,
      cachedTokens: 4,
      cacheWriteTokens: 0,
      reasoningTokens: 3,
      source: "reported"
    }
  )
})

Deno.test("usage makes do with what is there", () => {
  const written = (usageMetadata: unknown) => {
    const counted = usage(usageMetadata)
    return counted && [counted.completionTokens, counted.reasoningTokens]
  }
  assertEquals(written({ promptTokenCount: 9, candidatesTokenCount: 0 }), [0, 0])
  assertEquals(written({ promptTokenCount: 9, thoughtsTokenCount: 3 }), [3, 3])
  assertEquals(written({ promptTokenCount: 9, totalTokenCount: 20 }), [11, 0])
  assertEquals(written({ promptTokenCount: 9, thoughtsTokenCount: 3, totalTokenCount: 12 }), [3, 3])
  assertEquals(written({ promptTokenCount: 9, totalTokenCount: 1 }), [0, 0])
  assertEquals(written({ promptTokenCount: 9 }), [0, 0])
})

Deno.test("usage drops counts that make no sense", () => {
  assertEquals(usage({ candidatesTokenCount: 5 }), undefined)
  for (const count of [-1, 1.5, "7", 1e12, {}]) {
    assertEquals(usage({ promptTokenCount: count, candidatesTokenCount: 5 }), undefined)
    assertEquals(usage({ promptTokenCount: 5, candidatesTokenCount: count }), undefined)
    const counted = { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 9 }
    assertEquals(usage({ ...counted, thoughtsTokenCount: count })?.completionTokens, 4)
    assertEquals(usage({ ...counted, cachedContentTokenCount: count })?.cachedTokens, 0)
  }
  assertEquals(
    usage({ promptTokenCount: 5, candidatesTokenCount: 1, cachedContentTokenCount: 50 })
      ?.cachedTokens,
    5
  )
})

law("decode() and the reader read any JSON without a crash", Schema.Json, (json) => {
  gemini.decode(json)
  gemini.decode({ candidates: json, usageMetadata: json, error: json })
  gemini.decode(chunk([json, { functionCall: json, text: json, thoughtSignature: json }], stop))
  gemini.fault(400, new Headers(), JSON.stringify({ error: { status: json, details: [json] } }))
  gemini.readModels({ models: [json, { name: json, supportedGenerationMethods: json }] })
  const out: Array<Delta> = []
  gemini.reader().read("", JSON.stringify(json), out)
  return true
})
