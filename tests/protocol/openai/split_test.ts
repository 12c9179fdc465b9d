import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { law } from "../../kit/effect.ts"
import { replay, split, utf8 } from "../../kit/replay.ts"
import { finish, more, piece, reasoning, start, text, usage } from "./deltas.ts"

/** A stream that has everything: line ends of each kind, comments, multi-line data, a byte order mark. */
const document = (texts: ReadonlyArray<string>, lineEnd: string): Uint8Array => {
  const call = { index: 0, id: "c", function: { name: "天気", arguments: `{"city":"` } }
  const events = [
    piece({ role: "assistant", content: "" }),
    piece({ reasoning_content: "思考🧠" }),
    ...texts.map((content) => piece({ content })),
    piece({ tool_calls: [call] }),
    piece({ tool_calls: [{ index: 0, function: { arguments: `札幌"}` } }] }),
    piece({}, "tool_calls"),
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }
  ]
  const lines = events.flatMap((event, at) => {
    const json = JSON.stringify(event, undefined, at % 2 === 0 ? 0 : 2)
    const data = json.split("\n").map((line) => at % 3 === 0 ? `data:${line}` : `data: ${line}`)
    return [`: keep-alive 你好 ${at}`, ...data, `id: ${at}`, ""]
  })
  return utf8(`\uFEFF${[...lines, "data: [DONE]", "", ""].join(lineEnd)}`)
}

const expected = (texts: ReadonlyArray<string>) => [
  reasoning("思考🧠"),
  ...texts.filter((said) => said !== "").map((said) => text(said)),
  start(0, "c", "天気"),
  more(0, `{"city":"`),
  more(0, `札幌"}`),
  finish("tool_calls"),
  usage(3, 2)
]

const texts = ["你好，", "世界！👩‍👩‍👧", "\u2028\r\n", "", "e\u0301 [DONE] data: x"]

Deno.test("reader() reads the same from any size of pieces, with any line end", () => {
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    const bytes = document(texts, lineEnd)
    for (const size of [1, 2, 3, 5, 7, 64, bytes.length]) {
      const { deltas, fault } = replay(openai(), split(bytes, size))
      assertEquals(fault, undefined)
      assertEquals(deltas, expected(texts), `size ${size}, line end ${JSON.stringify(lineEnd)}`)
    }
  }
})

const cut = function* (bytes: Uint8Array, points: ReadonlyArray<number>) {
  let from = 0
  for (const to of points.map((point) => point % bytes.length).sort((a, b) => a - b)) {
    yield bytes.subarray(from, to)
    from = to
  }
  yield bytes.subarray(from)
}

law(
  "reader() reads the same from a stream that is cut at any points as from the whole",
  Schema.Struct({
    texts: Schema.Array(Schema.String),
    lineEnd: Schema.Literals(["\n", "\r\n", "\r"]),
    points: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })))
  }),
  ({ texts, lineEnd, points }) => {
    // A lone surrogate cannot be said in UTF-8, whoever reads it.
    const said = texts.map((text) => `天${text.toWellFormed()}🌧`)
    const bytes = document(said, lineEnd)
    assert(bytes.length > 0)
    assertEquals(replay(openai(), cut(bytes, points)), {
      deltas: expected(said),
      fault: undefined
    })
    return true
  }
)
