import { assert, assertEquals, assertLess } from "@std/assert"
import * as Schema from "effect/Schema"
import { type Framing, framingOf, keepsConnection } from "../../src/http/Framing.ts"
import { HttpError } from "../../src/http/HttpError.ts"
import { readHead, type ResponseHead } from "../../src/http/ResponseHead.ts"
import { law } from "../kit/effect.ts"

/** Bytes as a text with one letter for each. */
const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const textOf = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")

const headOf = (lines: string, first = "HTTP/1.1 200 OK"): ResponseHead => {
  const fields = lines === "" ? "" : `${lines}\r\n`
  const head = readHead(bytesOf(`${first}\r\n${fields}\r\n`))
  if (head instanceof HttpError) throw new Error(`${lines} is no head`)
  return head
}

/** The framing that some headers say, or how it is refused. */
const framing = (lines: string, first?: string): Framing | string => {
  const found = framingOf(headOf(lines, first))
  return found instanceof HttpError ? found.why : found ?? "none"
}

const sound = (lines: string): Framing => {
  const found = framing(lines)
  if (typeof found === "string") throw new Error(`${lines} frames nothing`)
  return found
}

const chunked = () => sound("transfer-encoding: chunked")

/** What became of some bytes. */
interface Read {
  readonly body: string
  /** How many of the bytes belong to the answer. */
  readonly used: number
  readonly state: "over" | "more" | "malformed"
}

/**
 * Has `framing` read `text` in pieces, each at `from` in a buffer; whatever else is in that buffer has to
 * stay as it is.
 */
const read = (
  framing: Framing,
  text: string,
  cuts: ReadonlyArray<number> = [],
  from = 0
): Read => {
  const points = cuts.map((cut) => cut % (text.length + 1)).sort((one, two) => one - two)
  let body = ""
  let used = 0
  for (const cut of [...points, text.length]) {
    const piece = text.slice(used, cut)
    const whole = `${"<".repeat(from)}${piece}>>>`
    const buffer = bytesOf(whole)
    const taken = framing.take(buffer, from, from + piece.length)
    if (taken instanceof HttpError) return { body, used, state: "malformed" }
    const next = taken.next
    body += textOf(taken.body)
    assertEquals(textOf(buffer.subarray(0, from)), whole.slice(0, from))
    assertEquals(textOf(buffer.subarray(next)), whole.slice(next))
    // A view of the same memory, and of nothing beyond this answer.
    assertEquals(taken.body.buffer === buffer.buffer, true)
    assert(taken.body.byteOffset + taken.body.length <= next || taken.body.length === 0)
    used += next - from
    if (framing.isOver()) return { body, used, state: "over" }
    assertEquals(next, from + piece.length)
  }
  return { body, used, state: "more" }
}

const Cuts = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3000 })))
const From = Schema.Literals([0, 1, 7, 100])
/** Whatever looks like the end of something, and bytes of any kind. */
const Data = Schema.Union([
  Schema.Literals(["\r\n0\r\n\r\n", "0\r\n\r\n", "\n", "\r", "5\r\nhello\r\n", "x".repeat(700)]),
  Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))
])
const dataOf = (data: typeof Data.Type) =>
  typeof data === "string" ? data : String.fromCharCode(...data)

const LineEnd = Schema.Literals(["\r\n", "\n"])
const Chunk = Schema.Struct({
  data: Data,
  isUpper: Schema.Boolean,
  zeros: Schema.Literals(["", "0", "0000000000000000000000"]),
  extension: Schema.Literals([
    "",
    " ",
    "\t ",
    ";",
    ";a",
    "; a = b",
    ' ;a="5;\\"\x80"',
    `;${"e".repeat(200)}`
  ]),
  end: LineEnd,
  behind: LineEnd
})
const Chunked = Schema.Struct({
  chunks: Schema.Array(Chunk),
  last: Chunk,
  trailers: Schema.Array(Schema.Struct({
    line: Schema.Literals(["x: y", "content-length: 3", "0", " ", "HTTP/1.1 200 OK", ":\x80"]),
    end: LineEnd
  })),
  end: LineEnd
})

const sizeOf = (size: number, { isUpper, zeros, extension, end }: typeof Chunk.Type) => {
  const digits = size.toString(16)
  return `${zeros}${isUpper ? digits.toUpperCase() : digits}${extension}${end}`
}

/** A body in chunks, and the bytes that say it. */
const written = ({ chunks, last, trailers, end }: typeof Chunked.Type) => {
  const full = chunks.filter(({ data }) => data.length > 0)
  return {
    body: full.map(({ data }) => dataOf(data)).join(""),
    bytes: full.map((chunk) => {
      const data = dataOf(chunk.data)
      return sizeOf(data.length, chunk) + data + chunk.behind
    }).join("") + sizeOf(0, last) + trailers.map(({ line, end }) => line + end).join("") + end
  }
}

const Behind = Schema.Literals([
  "",
  "\n",
  "\r\n",
  "0\r\n\r\n",
  "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother"
])

law(
  "a body in any chunks, cut into any pieces, comes out as it went in, and nothing behind it is touched",
  Schema.Struct({ what: Chunked, behind: Behind, cuts: Cuts, from: From }),
  ({ what, behind, cuts, from }) => {
    const { body, bytes } = written(what)
    const expected: Read = { body, used: bytes.length, state: "over" }
    assertEquals(read(chunked(), bytes + behind, cuts, from), expected)
    assertEquals(read(chunked(), bytes + behind, [], from), expected)
    const each = Array.from(bytes, (_, at) => at)
    assertEquals(read(chunked(), bytes + behind, each, from), expected)
    const cut = read(chunked(), bytes.slice(0, -1), cuts, from)
    assertEquals(cut, { body, used: bytes.length - 1, state: "more" })
    return true
  }
)

/** What RFC 9112, 7.1 makes of `text`, written another way: by regular expressions, over all of it. */
const asTheStandardSays = (text: string): { body: string; end: number | undefined } => {
  const line = /([0-9A-Fa-f]+)[\t ]*(?:;[^\r\n]*)?\r?\n/y
  const lineEnd = /\r?\n/y
  const trailers = /(?:[^\r\n]+\r?\n)*\r?\n/y
  const match = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  let body = ""
  let at = 0
  for (;;) {
    const found = match(line, at)
    if (found === null) return { body, end: undefined }
    const size = parseInt(found[1] ?? "", 16)
    if (size > 2 ** 48) return { body, end: undefined }
    at += found[0].length
    if (size === 0) {
      const last = match(trailers, at)
      return { body, end: last === null ? undefined : at + last[0].length }
    }
    body += text.slice(at, at + size)
    at += size
    const behind = match(lineEnd, at)
    if (behind === null) return { body, end: undefined }
    at += behind[0].length
  }
}

/** How often the law below met a body that it was to read, and one that it was to refuse. */
const met = { over: 0, more: 0, malformed: 0 }

law(
  "of a body that was tampered with no byte is taken for what it is not",
  Schema.Struct({
    what: Chunked,
    at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3000 })),
    /** With all that follows, now and then. */
    replaced: Schema.Literals([0, 1, 2, 3000]),
    by: Schema.Literals([
      "",
      "\r",
      "\n",
      "\0",
      " ",
      ";",
      "0",
      "9",
      "F",
      "g",
      "-",
      "\x80",
      "\r\r\n"
    ]),
    cuts: Cuts,
    from: From
  }),
  ({ what, at, replaced, by, cuts, from }) => {
    const { bytes } = written(what)
    const place = at % bytes.length
    const text = bytes.slice(0, place) + by + bytes.slice(place + replaced)
    const standard = asTheStandardSays(text)
    for (const points of [cuts, [], Array.from(text, (_, at) => at)]) {
      const { body, used, state } = read(chunked(), text, points, from)
      met[state]++
      assertEquals(state === "over" ? used : undefined, standard.end)
      assert(standard.body.startsWith(body), "it yields what is not of the body")
      if (state !== "malformed") assertEquals(body, standard.body)
    }
    return true
  }
)

Deno.test("the law above met bodies of all kinds", () => {
  for (const [state, times] of Object.entries(met)) assert(times > 0, state)
})

Deno.test("what is no body in chunks is refused as soon as it is seen", () => {
  const no = [
    "\r\n",
    "\n",
    " 5\r\nhello",
    ..."g -1 +5 0x5 ;a 5. 5, 5h".split(" "),
    "5 6\r\n",
    "5 x",
    "5\r\r",
    "5\rx",
    "5;a\rb",
    "5\r\nhellox",
    "5\r\nhello5\r\n",
    "5\r\nhello\r\r",
    "5\r\nhello\rx",
    "5\r\nhello \r\n",
    "5\r\nhello\r\n\r\n",
    "0\r\n\r\r",
    "0\r\nx: y\rz",
    "1000000000001\r\n",
    "1000000000000000\r\n",
    "ffffffffffffffff\r\n",
    "f".repeat(400),
    "HTTP/1.1 200 OK\r\n\r\n"
  ]
  for (const text of no) {
    const { body, state } = read(chunked(), text, Array.from(text, (_, at) => at))
    assertEquals([text, state], [text, "malformed"])
    assert("hello".startsWith(body))
    assertEquals(read(chunked(), text).state, "malformed")
  }
  assertEquals(read(chunked(), "ffffffffffff\r\nx").state, "more")
})

Deno.test("what is endless and not of the body is given up after 16 KiB", () => {
  const endless = [
    ["", "0"],
    ["5;", "a"],
    ["5", " "],
    ["5\r\nhello\r\n", "0"],
    ["5\r\nhello\r\n1;", ";"],
    ["0\r\n", "x"],
    ["0\r\n", "x: y\r\n"],
    ["0;", "a"]
  ] as const
  for (const [before, again] of endless) {
    const framing = chunked()
    let text: string = before
    let sent = 0
    while (read(framing, text).state === "more" && sent < 100_000) {
      text = again.repeat(100)
      sent += text.length
    }
    assert(sent > 15_000 && sent < 17_000, `${JSON.stringify(before + again)}: ${sent}`)
  }
})

Deno.test("a size has digits of either case", () => {
  for (const digits of [..."123456789abcdefABCDEF", "1F", "aB", "00fF"]) {
    const data = "x".repeat(parseInt(digits, 16))
    const { body, state } = read(chunked(), `${digits}\r\n${data}\r\n0\r\n\r\n`)
    assertEquals([digits, body, state], [digits, data, "over"])
  }
})

Deno.test("there may be any number of chunks, each with its extension", () => {
  const text = "1;an=extension\r\nx\r\n".repeat(20_000) + "0\r\n\r\n"
  const { body, state } = read(chunked(), text)
  assertEquals([body.length, state], [20_000, "over"])
})

law(
  "a body of a known length is just so many bytes, and one without is all there is",
  Schema.Struct({ data: Data, behind: Behind, cuts: Cuts, from: From }),
  ({ data, behind, cuts, from }) => {
    const body = dataOf(data)
    const whole = read(sound(`content-length: ${body.length}`), body + behind, cuts, from)
    assertEquals(whole, { body, used: body.length, state: "over" })
    const longer = read(sound(`content-length: ${body.length + 1}`), body, cuts, from)
    assertEquals(longer, { body, used: body.length, state: "more" })
    const endless = sound("")
    assertEquals(endless.endsWithConnection, true)
    const all = read(endless, body + behind, cuts, from)
    assertEquals(all, { body: body + behind, used: (body + behind).length, state: "more" })
    return true
  }
)

Deno.test("an empty body is over before it began", () => {
  assertEquals([sound("content-length: 0").isOver(), chunked().isOver()], [true, false])
  assertEquals(read(sound("content-length: 0"), "HTTP/1.1"), { body: "", used: 0, state: "over" })
})

Deno.test("a length is digits; said more than once it is the same, or none", () => {
  for (const said of ["5", "005", "5, 5", "5,5 ,\t5", "999999999999999"]) {
    assertEquals([said, typeof framing(`content-length: ${said}`)], [said, "object"])
  }
  assertEquals(typeof framing("content-length: 5\r\nContent-Length: 5"), "object")
  const signs = "-5 +5 0x5 5e1 5.0 5;5 5,6 5,05 5, ,5 five ٥ \u00a05 Infinity NaN".split(" ")
  const no = [...signs, "", "5 5", "1".repeat(16), "1".repeat(400)]
  for (const said of no) {
    assertEquals([said, framing(`content-length: ${said}`)], [said, "malformed"])
  }
  assertEquals(framing("content-length: 5\r\ncontent-length: 6"), "malformed")
  assertEquals(framing("content-length: 5\r\ncontent-length:"), "malformed")
})

Deno.test("no header takes time to speak of", () => {
  for (const between of [" ", ",", " ,", "\t", "5,", "a "]) {
    const value = `5${between.repeat(60_000 / between.length)}x`
    const head = headOf(`content-length: ${value}`)
    const other = headOf(`connection: ${value}\r\ntransfer-encoding: chunked`)
    const began = performance.now()
    framingOf(head)
    framingOf(other)
    keepsConnection(other)
    assertLess(performance.now() - began, 500)
  }
})

Deno.test("chunked is the one transfer-encoding, and comes before a length", () => {
  for (const said of ["chunked", "Chunked", "CHUNKED"]) {
    assertEquals(read(sound(`transfer-encoding: ${said}`), "1\r\nx\r\n0\r\n\r\n").body, "x")
  }
  const both = sound("content-length: 3\r\ntransfer-encoding: chunked\r\ncontent-length: 4")
  assertEquals(read(both, "1\r\nx\r\n0\r\n\r\n").body, "x")
  const no =
    "identity gzip gzip,chunked chunked,gzip chunked,chunked chunked;q=1 xchunked chunked, " +
    '"chunked" chun\u212aed \u00a0chunked'
  for (const said of no.split(" ")) {
    const raw = textOf(new TextEncoder().encode(`content-length: 5\r\ntransfer-encoding: ${said}`))
    assertEquals([said, framing(raw)], [said, "malformed"])
  }
  assertEquals(framing("transfer-encoding: chunked\r\ntransfer-encoding: chunked"), "malformed")
})

Deno.test("a status without a body has none, whatever its headers say", () => {
  for (const status of ["204 No Content", "304 Not Modified"]) {
    for (const lines of ["x: y", "content-length: 5", "transfer-encoding: chunked"]) {
      assertEquals(framing(lines, `HTTP/1.1 ${status}`), "none")
    }
  }
  assertEquals(typeof framing("content-length: 5", "HTTP/1.1 205 Reset Content"), "object")
  assertEquals(typeof framing("content-length: 5", "HTTP/1.1 500 Oh"), "object")
})

Deno.test("a connection is kept where both sides know where the answer ended", () => {
  const keeps = (lines: string, first?: string) => keepsConnection(headOf(lines, first))
  for (const lines of ["x: y", "connection: keep-alive", "content-length: 5", "connection: x"]) {
    assertEquals([lines, keeps(lines)], [lines, true])
  }
  const not = [
    "connection: close",
    "Connection: Close",
    "connection: keep-alive\r\nconnection: close",
    "connection: x, close",
    "content-length: 5\r\ntransfer-encoding: chunked"
  ]
  for (const lines of not) assertEquals([lines, keeps(lines)], [lines, false])
  assertEquals(keeps("connection: keep-alive", "HTTP/1.0 200 OK"), false)
  // Who tells of a body where none can be may well send one.
  const none = "HTTP/1.1 204 No Content"
  assertEquals([keeps("x: y", none), keeps("content-length: 0", none)], [true, true])
  assertEquals(keeps("content-length: 5", none), false)
  assertEquals(keeps("transfer-encoding: chunked", none), false)
})
