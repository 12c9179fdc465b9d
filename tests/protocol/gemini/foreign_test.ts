import { assertEquals } from "@std/assert"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import type { Delta, Finish } from "../../../src/domain/Delta.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { dataEvents, replay, utf8 } from "../../kit/replay.ts"

const chunk = (parts: ReadonlyArray<object>, beside: object = {}) => ({
  candidates: [{ content: { parts, role: "model" }, ...beside }]
})
const read = (...chunks: ReadonlyArray<object>): ReadonlyArray<Delta> =>
  replay(gemini, [utf8(dataEvents(...chunks))]).deltas

const foreign = (part: JsonObject): Delta => ({
  _tag: "Foreign",
  choice: 0,
  dialect: "gemini",
  part
})
const text = (text: string): Delta => ({ _tag: "Text", choice: 0, text })
const finish = (part?: JsonObject, reason: Finish["reason"] = "stop"): Delta => ({
  _tag: "Finish",
  choice: 0,
  reason,
  ...(part ? { foreign: { dialect: "gemini", part } } : {})
})
const end = { finishReason: "STOP" }

Deno.test("a part that is no text and calls nothing is told as it came, in its place", () => {
  const code = { executableCode: { language: "PYTHON", code: "print(1)" } }
  const result = { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } }
  const picture = { inlineData: { mimeType: "image/png", data: "AA==" }, thoughtSignature: "c2ln" }
  assertEquals(
    read(chunk([{ text: "a" }, code, result, { text: "b" }]), chunk([picture], end)),
    [
      text("a"),
      foreign({ part: code }),
      foreign({ part: result }),
      text("b"),
      foreign({ part: picture }),
      finish()
    ]
  )
})

Deno.test("parts of which all is read are none of these", () => {
  assertEquals(
    read(chunk([{ text: "" }, { text: "x", videoMetadata: {} }, { thought: true }, {}], end)),
    [text("x"), finish()]
  )
})

Deno.test("what grounds an answer is told in each chunk in which it comes", () => {
  const early = { groundingMetadata: { webSearchQueries: ["x"] } }
  const late = {
    groundingMetadata: { groundingChunks: [{ web: { uri: "https://a.b" } }] },
    urlContextMetadata: { urlMetadata: [] }
  }
  assertEquals(
    read(chunk([{ text: "a" }], early), chunk([{ text: "b" }], { ...late, ...end, index: 0 })),
    [text("a"), foreign({ candidate: early }), text("b"), foreign({ candidate: late }), finish()]
  )
})

Deno.test("ratings that every chunk repeats are told once, at the end, as they were last", () => {
  const rated = (probability: string) => ({ safetyRatings: [{ category: "C", probability }] })
  assertEquals(
    read(
      chunk([{ text: "a" }], rated("LOW")),
      chunk([{ text: "b" }], { ...end, ...rated("NEGLIGIBLE"), avgLogprobs: -0.5 })
    ),
    [text("a"), text("b"), finish({ ...rated("NEGLIGIBLE"), avgLogprobs: -0.5 })]
  )
})

Deno.test("a finer reason to end is told as it came", () => {
  const reasons = (finishReason: string) => read(chunk([{ text: "a" }], { finishReason })).at(-1)
  for (const plain of ["STOP", "MAX_TOKENS", "SAFETY"]) {
    const end = reasons(plain)
    assertEquals(end?._tag === "Finish" && end.foreign, undefined, plain)
  }
  assertEquals(reasons("RECITATION"), finish({ finishReason: "RECITATION" }, "content_filter"))
  // Some models say STOP in every chunk.
  assertEquals(
    read(chunk([], end), chunk([{ text: "a" }], { finishReason: "RECITATION" }), chunk([], end))
      .at(-1),
    finish({ finishReason: "RECITATION" }, "content_filter")
  )
})
