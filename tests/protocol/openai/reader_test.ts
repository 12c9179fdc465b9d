import { assertEquals } from "@std/assert"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { replay, utf8 } from "../../kit/replay.ts"
import { finish, piece, reasoning, refusal, stream, text, usage } from "./deltas.ts"

const whole = (...deltas: ReadonlyArray<unknown>) => ({ deltas, fault: undefined })
const role = piece({ role: "assistant", content: "" })

Deno.test("reader() tells text, refusals and reasoning as they come", () => {
  assertEquals(
    stream(
      role,
      piece({ reasoning_content: "h" }),
      piece({ reasoning: "m" }),
      piece({ content: [{ type: "thinking", thinking: [{ type: "text", text: "!" }] }] }),
      piece({ content: "a" }),
      piece({ content: [{ type: "text", text: "b" }] }),
      piece({ refusal: "c", content: null }),
      piece({}, "stop"),
      "[DONE]"
    ),
    whole(
      reasoning("h"),
      reasoning("m"),
      reasoning("!"),
      text("a"),
      text("b"),
      refusal("c"),
      finish("stop")
    )
  )
})

Deno.test("reader() tells how likely tokens were before the text of the same chunk", () => {
  const token = (text: string) => ({ token: text, logprob: -1, bytes: null, top_logprobs: [] })
  const likely = (delta: unknown, ...content: ReadonlyArray<unknown>) => ({
    choices: [{ index: 0, delta, logprobs: { content, refusal: null }, finish_reason: null }]
  })
  const told = (...texts: ReadonlyArray<string>) => ({
    _tag: "Logprobs",
    choice: 0,
    tokens: texts.map(token)
  })
  assertEquals(
    stream(
      likely({ role: "assistant", content: "" }),
      likely({ content: "ab" }, token("a"), token("b")),
      likely({ content: "c" }, token("c")),
      piece({}, "stop"),
      "[DONE]"
    ),
    whole(told("a", "b"), text("ab"), told("c"), text("c"), finish("stop"))
  )
})

Deno.test("reader() ignores Azure's first chunk without choices", () => {
  assertEquals(
    stream({ choices: [], prompt_filter_results: [] }, piece({ content: "a" }, "stop"), "[DONE]"),
    whole(text("a"), finish("stop"))
  )
})

Deno.test("reader() reads interleaved choices", () => {
  assertEquals(
    stream(
      piece({ content: "b" }, null, 1),
      piece({ content: "a" }),
      piece({}, "length", 1),
      piece({}, "stop"),
      "[DONE]"
    ),
    whole(text("b", 1), text("a"), finish("length", 1), finish("stop"))
  )
})

Deno.test("reader() reads nothing of a choice after its reason to finish", () => {
  assertEquals(
    stream(piece({ content: "a" }, "length"), piece({ content: "late" }), piece({}, "stop"), {
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 1 }
    }),
    whole(text("a"), finish("length"), usage(1, 1))
  )
})

Deno.test("reader() takes an empty reason for none", () => {
  assertEquals(
    stream(piece({ content: "a" }, ""), piece({ content: "b" }, "stop")),
    whole(text("a"), text("b"), finish("stop"))
  )
})

Deno.test("reader() reads a message where there is no delta, but not the sum of the deltas", () => {
  const message = (content: string, finish_reason: string | null) => ({
    choices: [{ index: 0, message: { content }, finish_reason }]
  })
  assertEquals(
    stream(message("a", null), message("b", "stop")),
    whole(text("a"), text("b"), finish("stop"))
  )
  assertEquals(
    stream(piece({ content: "a" }), piece({ content: "b" }), message("ab", "stop")),
    whole(text("a"), text("b"), finish("stop"))
  )
})

Deno.test("reader() takes a stream for whole when each choice has finished, even without [DONE]", () => {
  assertEquals(stream(piece({ content: "a" }, "stop")), whole(text("a"), finish("stop")))
})

Deno.test("reader() takes a stream for cut when a choice has not finished and [DONE] is missing", () => {
  const cuts = [
    [],
    [role],
    [piece({ content: "a" })],
    [piece({ content: "a" }, "stop"), piece({ content: "b" }, null, 1)],
    [piece({ content: "b" }, "stop", 1)],
    [{ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }]
  ]
  for (const events of cuts) assertEquals(stream(...events).fault?.class, "stream_cut")
})

Deno.test("reader() takes [DONE] for proof that what was said is whole", () => {
  assertEquals(
    stream(role, piece({ content: "a" }), " [DONE] "),
    whole(text("a"), finish("stop"))
  )
  assertEquals(
    stream(piece({ content: "a" }, "length"), piece({ content: "b" }, null, 1), "[DONE]"),
    whole(text("a"), finish("length"), text("b", 1), finish("stop", 1))
  )
})

Deno.test("reader() takes [DONE] without an answer for a bad answer", () => {
  for (const events of [[], [role], [{ choices: [] }], [piece({ content: "b" }, null, 1)]]) {
    assertEquals(stream(...events, "[DONE]").fault?.class, "bad_response")
  }
})

Deno.test("reader() forgives a few events that are not JSON objects, and events without data", () => {
  assertEquals(
    stream("{", "", piece({ content: "a" }), "7", "", "", "", " ", "null", piece({}, "stop")),
    whole(text("a"), finish("stop"))
  )
  const garbled = stream(piece({ content: "a" }), "{", "7", "null", "[]", piece({}, "stop"))
  assertEquals(garbled.fault?.class, "stream_cut")
})

Deno.test("reader() takes an error in a chunk for that fault, at the start and in the middle", () => {
  const error = (error: unknown) => stream(piece({ content: "a" }), { error }, "[DONE]")
  assertEquals(error({ code: 429, message: "m" }).deltas, [text("a")])
  assertEquals(error({ code: 429, message: "m" }).fault?.class, "rate_limited")
  assertEquals(error({ type: "overloaded_error" }).fault?.class, "overloaded")
  assertEquals(error("boom").fault?.class, "bad_response")
  assertEquals(stream({ error: { code: "insufficient_quota" } }).fault?.class, "quota_exhausted")
  assertEquals(stream({ object: "error", code: 400, message: "m" }).fault?.class, "bad_request")
  assertEquals(stream({ ...role, x_groq: { error: "over capacity" } }).fault?.class, "bad_response")
  const named = utf8(`event: error\ndata: {"code":503,"message":"m"}\n\n`)
  assertEquals(replay(openai(), [named]).fault?.class, "server")
})

Deno.test("reader() takes a chunk whose choice failed for a fault, not for an answer", () => {
  const { deltas, fault } = stream(piece({ content: "a" }), {
    choices: [{ index: 0, delta: {}, finish_reason: "error", error: { code: 502 } }]
  }, "[DONE]")
  assertEquals(deltas, [text("a")])
  assertEquals(fault?.class, "server")
})

Deno.test("reader() never throws, whatever stands where", () => {
  const odd = [null, 0, "", "x", [], {}, [null], [[]], true]
  for (const value of odd) {
    for (const key of ["choices", "usage", "x_groq", "object"]) stream({ [key]: value }, "[DONE]")
    for (const key of ["index", "delta", "message", "finish_reason"]) {
      stream({ choices: [{ [key]: value }] }, "[DONE]")
    }
    for (const key of ["content", "refusal", "tool_calls"]) stream(piece({ [key]: value }))
    for (const key of ["id", "index", "function"]) stream(piece({ tool_calls: [{ [key]: value }] }))
  }
})
