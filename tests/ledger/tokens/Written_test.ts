import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { Delta } from "../../../src/domain/Delta.ts"
import { law } from "../../kit/effect.ts"
import { args, call, reasoning, text, writtenOf } from "./written.ts"

Deno.test("each choice's text, reasoning and tool calls are texts of their own", () => {
  const written = writtenOf([
    reasoning("Let me "),
    text("B", 1),
    reasoning("see."),
    text("Hello "),
    call("look_up", 1),
    args('{"a":', 1),
    text("you"),
    args("1}", 1)
  ])
  assertEquals(written.texts(), ["Let me see.", "B", "Hello you", 'look_up{"a":1}'])
  assertEquals(written.tokensBeyond(), 0)
})

Deno.test("what ends or counts an answer writes nothing", () => {
  const written = writtenOf([
    { _tag: "Finish", choice: 0, reason: "stop" },
    {
      _tag: "Usage",
      usage: {
        promptTokens: 1,
        completionTokens: 1,
        cachedTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
        source: "reported"
      }
    }
  ])
  assertEquals([written.isEmpty(), written.roughTokens(), written.texts()], [true, 0, []])
})

Deno.test("what nobody here can read is at least a token", () => {
  const blob = { dialect: "anthropic", value: "opaque" } as const
  for (
    const delta of [
      { _tag: "ReasoningRedacted", choice: 0, data: blob },
      { _tag: "ReasoningSignature", choice: 0, signature: blob },
      { _tag: "Foreign", choice: 0, dialect: "anthropic", part: { block: { type: "x" } } }
    ] satisfies ReadonlyArray<Delta>
  ) {
    const written = writtenOf([delta])
    assertEquals([written.isEmpty(), written.roughTokens(), written.texts()], [false, 1, []])
  }
})

Deno.test("roughTokens() takes a CJK character for a token, and four Latin letters", () => {
  assertEquals(writtenOf([text("人工智能")]).roughTokens(), 4)
  assertEquals(writtenOf([text("人工ab"), text("cd智能")]).roughTokens(), 5)
  assertEquals(writtenOf([text("a")]).roughTokens(), 1)
})

Deno.test("a long answer in small deltas is kept in order, and counted once however often asked", () => {
  const deltas = Array.from({ length: 20_000 }, (_, at) => text(`${at},`, at % 2))
  const written = writtenOf([])
  deltas.forEach((delta, at) => {
    written.add(delta)
    if (at % 77 === 0) written.roughTokens()
  })
  const numbers = (rest: number) =>
    Array.from({ length: 10_000 }, (_, at) => `${at * 2 + rest},`).join("")
  assertEquals(written.texts(), [numbers(0), numbers(1)])
  const length = numbers(0).length + numbers(1).length
  assertEquals(written.roughTokens(), Math.ceil(length / 4))
})

Deno.test("beyond its capacity text is counted, not kept", () => {
  const written = writtenOf([text("12345678"), text("9012345"), reasoning("人工")], 10)
  assertEquals(written.texts(), ["1234567890"])
  assertEquals(written.tokensBeyond(), 2 + 2)
  assertEquals(written.roughTokens(), Math.ceil(15 / 4) + 2)
})

law(
  "what is kept and counted does not depend on how it came in pieces, and only ever grows",
  Schema.Struct({ pieces: Schema.Array(Schema.String), capacity: Schema.Literals([0, 7, 1000]) }),
  ({ pieces, capacity }) => {
    const written = writtenOf([], capacity)
    let before = 0
    const grows = pieces.filter((piece) => piece !== "").every((piece) => {
      written.add(text(piece))
      const tokens = written.roughTokens()
      const isMore = tokens >= before && tokens > 0
      before = tokens
      return isMore
    })
    const all = pieces.join("")
    const whole = writtenOf(all === "" ? [] : [text(all)], capacity)
    return grows && before === whole.roughTokens() &&
      whole.tokensBeyond() === written.tokensBeyond() &&
      JSON.stringify(whole.texts()) === JSON.stringify(written.texts()) &&
      written.texts().join("") === all.slice(0, capacity)
  }
)
