/**
 * U32 to U41, and U48: streams that begin well, or seem to.
 *
 * @module
 */
import { answer, type AnswerOptions } from "../kit/FakeProvider.ts"
import { broken, cooling, failed, good, late, limited, type Row } from "./Row.ts"
import { dripping, withNoise } from "./scripts.ts"

/** What came before the break in an answer that breaks after one piece. */
const first = "Hello,"

/** It may have been a moment's fault: the provider is asked once more. */
const cut = { asks: 2, streamed: broken(first) } as const
const cutAtOnce = { asks: 2, streamed: failed("upstream_stream_interrupted") } as const

/** All that may be split, escaped or taken for the end of a line. */
const text = "Grüße,\u2028 世界 🎉\r\n\r\ndata: [DONE]\n\n\u0085\ufeff 'ñ\u0301' \u0000\\ end"

const framed = (what: string, options: AnswerOptions): Row => ({
  id: "U39",
  what,
  ...(options.framing
    ? { without: { bedrock: "its events are binary: they are framed in one way" } }
    : {}),
  script: answer({ text, ...options }),
  streamed: good(text)
})

const mute = "its streams do not say which error it is"

/** U32 to U41, and U48. */
export const streamRows: ReadonlyArray<Row> = [
  {
    id: "U32",
    what: "the first event is an error",
    without: { cohere: mute },
    script: answer({ breaks: { after: 0, by: "error", kind: "rate_limited" } }),
    held: cooling(1),
    streamed: limited()
  },
  {
    id: "U32",
    what: "the first event is an error that Cohere does not name",
    dialects: ["cohere"],
    script: answer({ breaks: { after: 0, by: "error" } }),
    asks: 2,
    streamed: failed("upstream_error")
  },
  {
    id: "U33",
    what: "no first token",
    script: answer({ breaks: { after: 0, by: "stall" } }),
    hasty: true,
    closes: true,
    whole: late,
    streamed: late
  },
  {
    id: "U34",
    what: "cut before the first token",
    script: answer({ breaks: { after: 0, by: "cut" } }),
    closes: true,
    ...cutAtOnce
  },
  ...(["content-length", "chunked", "close-delimited"] as const).map((transfer): Row => ({
    id: "U34",
    what: `cut after a token, ${transfer}`,
    script: answer({ transfer, breaks: { after: 1, by: "cut" } }),
    closes: true,
    ...cut
  })),
  {
    id: "U34",
    what: "reset after a token",
    script: answer({ breaks: { after: 1, by: "reset" } }),
    closes: true,
    ...cut
  },
  {
    id: "U35",
    what: "a finished answer without the terminator",
    script: answer({ terminator: false }),
    streamed: good()
  },
  {
    id: "U35",
    what: "an end before the answer is finished",
    script: answer({ breaks: { after: 1, by: "end" } }),
    ...cut
  },
  {
    id: "U35",
    what: "an end before anything",
    script: answer({ breaks: { after: 0, by: "end" } }),
    ...cutAtOnce
  },
  {
    id: "U36",
    what: "silence after a token",
    script: answer({ breaks: { after: 1, by: "stall" } }),
    hasty: true,
    closes: true,
    whole: late,
    streamed: { ...broken(first, "upstream_stream_timeout", "timeout"), keptAlive: true }
  },
  {
    id: "U37",
    what: "an error after a token",
    without: { cohere: mute },
    script: answer({ breaks: { after: 1, by: "error", kind: "rate_limited" } }),
    held: cooling(1),
    streamed: broken(first, "upstream_rate_limited", "rate_limit_exceeded")
  },
  {
    id: "U37",
    what: "an error after a token that Cohere does not name",
    dialects: ["cohere"],
    script: answer({ breaks: { after: 1, by: "error" } }),
    asks: 2,
    streamed: broken(first, "upstream_error")
  },
  ...[1, 3].map((times): Row => ({
    id: "U38",
    what: `${times} garbled events`,
    script: answer({ breaks: { after: 1, by: "garbage", times } }),
    hidden: ['{"broken', '{\\"broken'],
    streamed: good()
  })),
  {
    id: "U38",
    what: "too many garbled events",
    script: answer({ breaks: { after: 1, by: "garbage", times: 4 } }),
    hidden: ['{"broken', '{\\"broken'],
    ...cut
  },
  ...[1, 2, 3].map((split) => framed(`${split} bytes at a time`, { split })),
  framed("CRLF, split", { split: 1, framing: { lineEnd: "\r\n" } }),
  framed("lone CR, split", { split: 1, framing: { lineEnd: "\r" } }),
  framed("byte order mark, split", { split: 1, framing: { bom: true } }),
  framed("several data lines", { framing: { multiLine: true } }),
  framed("no space after the colon", { framing: { noSpace: true } }),
  framed("comments", { framing: { comments: true, lineEnd: "\r\n" } }),
  {
    id: "U40",
    what: "an event of 1 MB",
    script: answer({ pieces: [first, "x".repeat(1_000_000)] }),
    streamed: good(first + "x".repeat(1_000_000))
  },
  {
    id: "U40",
    what: "an event of more than 8 MiB",
    script: answer({ pieces: [first, "x".repeat(9 * 1024 * 1024)] }),
    closes: true,
    streamed: broken(first, "upstream_response_too_large")
  },
  { id: "U41", what: "what no dialect has", script: withNoise, streamed: good() },
  {
    id: "U48",
    what: "an event that drips",
    script: dripping(20),
    hasty: true,
    closes: true,
    streamed: { ...broken(first, "upstream_stream_timeout", "timeout"), keptAlive: true }
  },
  {
    id: "U48",
    what: "a bit that flipped on its way from Bedrock",
    dialects: ["bedrock"],
    script: answer({ breaks: { after: 1, by: "corruption" } }),
    ...cut
  }
]
