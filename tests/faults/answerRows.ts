/**
 * U24 to U31: answers that are none.
 *
 * @module
 */
import {
  answer,
  corruptGzip,
  gzipBomb,
  hugeBody,
  json,
  page,
  raw,
  redirect,
  sshBanner,
  status,
  switchProtocols
} from "../kit/FakeProvider.ts"
import { utf8 } from "../kit/fake/sending.ts"
import { both, cooling, failed, good, invalid, limited, parked, type Row } from "./Row.ts"
import { emptyAnswer, givenUp } from "./scripts.ts"

/** It may have been a moment's fault: the provider is asked once more. */
const bad = { asks: 2, ...both(failed("upstream_bad_response")) } as const
const tooLarge = failed("upstream_response_too_large")

/** U24 to U31. */
export const answerRows: ReadonlyArray<Row> = [
  ...[301, 302, 303, 307, 308].map((code): Row => ({
    id: "U24",
    what: `redirect ${code} to another place`,
    script: (_, elsewhere) => redirect(`${elsewhere}/v1/chat/completions`, code),
    ...both(failed("upstream_redirect_refused"))
  })),
  {
    id: "U24",
    what: "redirect on the same place",
    script: redirect("/v1/chat/completions"),
    ...both(failed("upstream_redirect_refused"))
  },
  {
    id: "U25",
    what: "status 999",
    script: status(999, { body: { error: { message: "?" } } }),
    ...bad
  },
  { id: "U25", what: "status 204", script: status(204), ...bad },
  { id: "U25", what: "status 101", script: switchProtocols, closes: true, ...bad },
  { id: "U25", what: "an SSH banner as answer", script: sshBanner, closes: true, ...bad },
  { id: "U25", what: "an SSH banner as greeting", at: "ssh", ...bad },
  {
    id: "U25",
    what: "HTTP that is none",
    script: raw("HTTP/1.1 two hundred\r\n\r\n"),
    closes: true,
    ...bad
  },
  {
    id: "U26",
    what: "a page with 502",
    script: page(502),
    asks: 2,
    ...both(failed("upstream_error"))
  },
  {
    id: "U26",
    what: "a page with 403",
    script: page(403),
    held: parked,
    ...both(failed("upstream_auth_failed"))
  },
  {
    id: "U26",
    what: "a page with 400",
    script: page(400),
    rescue: "nobody",
    ...both(invalid(400, "upstream_rejected_request"))
  },
  { id: "U26", what: "a page with 200", script: page(200), ...bad },
  {
    id: "U26",
    what: "a page that says it is text, with 500",
    script: status(500, { body: "<html><h1>Whoops, it is the proxy</h1></html>" }),
    asks: 2,
    ...both(failed("upstream_error"))
  },
  {
    id: "U27",
    what: "200 with an error in it",
    without: {
      bedrock: "the type of its errors is in a header, with a status",
      cohere: "its errors have no code"
    },
    script: ({ dialect }) =>
      dialect === "openai"
        ? json({ error: { message: "Slow down", code: "rate_limit_exceeded" } })
        : dialect === "anthropic"
        ? json({ type: "error", error: { type: "rate_limit_error", message: "Slow down" } })
        : json({ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slow down" } }),
    held: cooling(1),
    ...both(limited())
  },
  {
    id: "U27",
    what: "an answer of which Cohere says that it failed",
    dialects: ["cohere"],
    script: givenUp,
    asks: 2,
    ...both(failed("upstream_error"))
  },
  {
    id: "U27",
    what: "an answer of which Bedrock says that it is none",
    dialects: ["bedrock"],
    script: givenUp,
    ...bad
  },
  { id: "U27", what: "200 with {}", script: json({}), ...bad },
  { id: "U27", what: "200 with null", script: json(null), ...bad },
  { id: "U27", what: "200 with no answer in it", script: emptyAnswer, ...bad },
  ...(["content-length", "chunked", "close-delimited"] as const).map((transfer): Row => ({
    id: "U28",
    what: `JSON cut off, ${transfer}`,
    script: answer({ shape: "json", transfer, breaks: { after: 0, by: "cut" } }),
    closes: true,
    ...bad
  })),
  {
    id: "U28",
    what: "JSON reset",
    script: answer({ shape: "json", breaks: { after: 0, by: "reset" } }),
    closes: true,
    ...bad
  },
  {
    id: "U28",
    what: "JSON that is half, though its length is right",
    script: answer({ shape: "json", breaks: { after: 0, by: "end" } }),
    ...bad
  },
  {
    id: "U29",
    what: "a body of more than 32 MiB",
    script: hugeBody(33 * 1024 * 1024),
    closes: true,
    ...both(tooLarge)
  },
  {
    id: "U29",
    what: "a head of 2 MiB",
    script: raw(`HTTP/1.1 200 OK\r\nx-padding: ${"x".repeat(2 * 1024 * 1024)}\r\n\r\n`),
    closes: true,
    ...both(tooLarge)
  },
  {
    id: "U29",
    what: "a head of more than 64 KiB",
    script: longHead(66 * 1024),
    closes: true,
    ...both(tooLarge)
  },
  {
    // Decoded it would be too large: it is not decoded.
    id: "U30",
    what: "a gzip bomb nobody asked for",
    script: gzipBomb(33 * 1024 * 1024),
    ...bad
  },
  { id: "U30", what: "broken gzip", script: corruptGzip, ...bad },
  {
    id: "U31",
    what: "the other shape than was asked for",
    script: ({ stream }) => answer({ shape: stream ? "json" : "stream" }),
    ...both(good())
  },
  {
    id: "U31",
    what: "an error in the other shape",
    without: {
      gemini: "such a stream is an array, which an error leaves open: that is U28",
      cohere: "its streams do not say which error it is"
    },
    script: answer({ shape: "stream", breaks: { after: 0, by: "error", kind: "rate_limited" } }),
    held: cooling(1),
    whole: limited()
  }
]

function longHead(size: number) {
  const lines = Array.from({ length: size / 66 }, (_, at) => `x-${at}: ${"x".repeat(58)}\r\n`).join(
    ""
  )
  return raw(utf8(`HTTP/1.1 200 OK\r\n${lines}content-length: 2\r\n\r\n{}`))
}
