/**
 * What only Gemini's clients understand, on its way from Gemini to them.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import { toAnswer } from "../../../src/api/gemini/answer.ts"
import { eventsOf } from "../../../src/api/gemini/events.ts"
import { asEvents } from "../../../src/api/gemini/framing.ts"
import { fold } from "../../../src/domain/Answer.ts"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import type { DialectName } from "../../../src/domain/Message.ts"

const usage = {
  promptTokens: 10,
  completionTokens: 7,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported"
} as const

const foreign = (part: JsonObject, dialect: DialectName = "gemini"): Delta => ({
  _tag: "Foreign",
  choice: 0,
  dialect,
  part
})

/** The candidates that a client is sent, one a chunk. */
const candidatesOf = (deltas: ReadonlyArray<Delta>) => {
  const events = eventsOf("req_1", asEvents(), false)
  const finishes = deltas.filter((delta) => delta._tag === "Finish")
  return [
    events.open({ model: "m", usage: undefined }),
    ...deltas.map(events.delta),
    ...events.finish({ model: "m", finishes, usage, cost: undefined })
  ].filter((text) => text !== "").map((text) => JSON.parse(text.slice(6)).candidates[0])
}

const none = { parts: [{ text: "" }], role: "model" }

Deno.test("parts and what grounds an answer are told in their place", () => {
  const code = { executableCode: { language: "PYTHON", code: "1" } }
  const beside = { groundingMetadata: { webSearchQueries: ["x"] } }
  const call = [
    { _tag: "ToolCallStart", choice: 0, index: 0, id: "a", name: "f" },
    { _tag: "ToolCallArguments", choice: 0, index: 0, fragment: "{}" }
  ] as const
  const end = { finishReason: "RECITATION", safetyRatings: [] }
  assertEquals(
    candidatesOf([
      { _tag: "Text", choice: 0, text: "a" },
      ...call,
      foreign({ part: code }),
      foreign({ candidate: beside }),
      foreign({ block: { type: "server_tool_use" } }, "anthropic"),
      {
        _tag: "Finish",
        choice: 0,
        reason: "content_filter",
        foreign: { dialect: "gemini", part: end }
      }
    ]),
    [
      { content: { parts: [{ text: "a" }], role: "model" }, index: 0 },
      {
        content: {
          parts: [{ functionCall: { id: "a", name: "f", args: {} } }, code],
          role: "model"
        },
        index: 0
      },
      { content: none, index: 0, ...beside },
      { content: none, index: 0, ...end }
    ]
  )
})

const finish: Delta = { _tag: "Finish", choice: 0, reason: "stop" }
/** What a client is told of a whole answer whose provider said `body`. */
const whole = (body: JsonObject, showsThoughts = false, reported = true, dialect = "gemini") => {
  const answer = fold([
    { _tag: "Text", choice: 0, text: "ours" },
    finish,
    ...(reported ? [{ _tag: "Usage", usage } as const] : [])
  ])!
  const original = { dialect: dialect as DialectName, body }
  const given = { model: "m", answer: { ...answer, original }, usage, cost: undefined }
  return toAnswer("req_1", given, showsThoughts)
}

const body = {
  responseId: "theirs",
  candidates: [{
    groundingMetadata: { webSearchQueries: ["x"] },
    content: {
      parts: [{ text: "Hm", thought: true }, { text: "a" }, { inlineData: { data: "AA==" } }],
      role: "model"
    },
    finishReason: "RECITATION"
  }],
  modelVersion: "theirs",
  usageMetadata: { promptTokenCount: 1, serviceTier: "x" },
  createTime: "now"
}

Deno.test("a whole answer is Gemini's own, but for its id and its model", () => {
  assertEquals(
    JSON.stringify(whole(body, true)),
    JSON.stringify({ ...body, responseId: "req_1", modelVersion: "m" })
  )
})

Deno.test("thoughts that nobody asked for are left out of it, and a part there is always", () => {
  const [candidate] = body.candidates
  const { content } = candidate!
  const shown = (parts: ReadonlyArray<JsonObject>) => ({
    ...body,
    candidates: [{ ...candidate, content: { ...content, parts } }]
  })
  const ours = { responseId: "req_1", modelVersion: "m" }
  assertEquals(whole(body), { ...shown(content.parts.slice(1)), ...ours })
  assertEquals(whole(shown([])), { ...shown([{ text: "" }]), ...ours })
  const silent = { ...body, candidates: [{ finishReason: "MAX_TOKENS" }] }
  assertEquals(whole(silent), {
    ...silent,
    ...ours,
    candidates: [{ finishReason: "MAX_TOKENS", content: none }]
  })
})

Deno.test("what the gateway counted is told where Gemini has not, or not so that it can be", () => {
  const counted = { promptTokenCount: 10, candidatesTokenCount: 7, totalTokenCount: 17 }
  assertEquals(whole(body, true, false).usageMetadata, counted)
})

Deno.test("the body of another dialect is not told", () => {
  assertEquals(whole(body, true, true, "openai").candidates, [
    { content: { parts: [{ text: "ours" }], role: "model" }, finishReason: "STOP", index: 0 }
  ])
})
