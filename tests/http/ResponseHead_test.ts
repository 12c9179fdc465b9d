import { assert, assertEquals, assertLess } from "@std/assert"
import * as Schema from "effect/Schema"
import { HttpError } from "../../src/http/HttpError.ts"
import { canBeHead, endOfHead, readHead, type ResponseHead } from "../../src/http/ResponseHead.ts"
import { law } from "../kit/effect.ts"
import { split, utf8 } from "../kit/replay.ts"

/** What is read of a text, with a fault by its name. */
const read = (text: string | Uint8Array): ResponseHead | string => {
  const head = readHead(typeof text === "string" ? utf8(text) : text)
  return head instanceof HttpError ? head.why : head
}

/** A head that has to be one. */
const sound = (text: string): ResponseHead => {
  const head = read(text)
  if (typeof head === "string") throw new Error(`${JSON.stringify(text)} is no head`)
  return head
}

/**
 * Where a line finds the end of the head, looking only at what is new, as it comes in pieces; behind it
 * the buffer still holds what came long ago.
 */
const found = (pieces: Iterable<Uint8Array>, from: number): number => {
  const buffer = new Uint8Array(4096).fill(10)
  let to = from
  for (const piece of pieces) {
    const fresh = to
    buffer.set(piece, to)
    to += piece.length
    const end = endOfHead(buffer, Math.max(from, fresh - 2), to)
    if (end >= 0) return end - from
  }
  return -1
}

const cutAt = (bytes: Uint8Array, points: ReadonlyArray<number>): Array<Uint8Array> => {
  const cuts = points.map((point) => point % (bytes.length + 1)).sort((one, two) => one - two)
  return [...cuts, bytes.length].map((to, at) => bytes.subarray(cuts[at - 1] ?? 0, to))
}

const Cuts = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500 })))
const LineEnd = Schema.Literals(["\r\n", "\n"])
const Head = Schema.Struct({
  version: Schema.Literals(["1.0", "1.1"]),
  status: Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 999 })),
  reason: Schema.Literals(["", " ", " OK", " Not\tFound: 天", " HTTP/1.1 200 OK"]),
  firstEnd: LineEnd,
  fields: Schema.Array(Schema.Struct({
    name: Schema.Literals(["x", "X-Y", "Content-Length", "a!#$%&'*+.^_`|~9"]),
    before: Schema.Literals(["", " ", "\t \t"]),
    value: Schema.Literals(["", "y", "a  b", ":", "a: b", "HTTP/1.1 200", '"q"', "x".repeat(99)]),
    after: Schema.Literals(["", " ", " \t"]),
    end: LineEnd
  })),
  end: LineEnd
})

const written = ({ version, status, reason, firstEnd, fields, end }: typeof Head.Type): string => {
  const lines = fields.map(({ name, before, value, after, end }) =>
    `${name}:${before}${value}${after}${end}`
  )
  return `HTTP/${version} ${status}${reason}${firstEnd}${lines.join("")}${end}`
}

law(
  "the end of a head is found at the same place, however its bytes come and whatever follows",
  Schema.Struct({
    head: Head,
    behind: Schema.Literals(["", "\n", "\r\n\r\n", "body", "HTTP/1.1 200 OK\r\n\r\n"]),
    from: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 })),
    cuts: Cuts
  }),
  ({ head, behind, from, cuts }) => {
    const end = utf8(written(head)).length
    const bytes = utf8(written(head) + behind)
    assertEquals(found([bytes], from), end)
    assertEquals(found(cutAt(bytes, cuts), from), end)
    assertEquals(found(split(bytes, 1), from), end)
    assertEquals(found(split(bytes.subarray(0, end - 1), 1), from), -1)
    return true
  }
)

law("what was written is read", Head, (head) => {
  const answer = sound(written(head))
  assertEquals([answer.status, answer.keepsOpen], [head.status, head.version === "1.1"])
  assertEquals(
    Array.from(answer.headers),
    head.fields.map(({ name, value }) => [name.toLowerCase(), value] as const)
  )
  for (const { name } of head.fields) {
    const values = head.fields.filter((field) => field.name === name).map(({ value }) => value)
    assertEquals(answer.headers.get(name.toLowerCase()), values.join(", "))
  }
  return answer.headers.get("not-there") === null
})

law(
  "of a head that was tampered with nothing is read that a header cannot hold",
  Schema.Struct({
    head: Head,
    at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 })),
    byte: Schema.Literals([0, 9, 10, 11, 13, 32, 58, 0x7f, 0x80, 0xa0, 0xc2, 0xff])
  }),
  ({ head, at, byte }) => {
    const bytes = utf8(written(head))
    bytes[at % bytes.length] = byte
    const answer = read(bytes)
    if (typeof answer === "string") return answer === "malformed"
    return Array.from(answer.headers).every(([name, value]) =>
      /^[!-9;-@\[-~]+$/.test(name) && /^(?:[^\t ](?:.*[^\t ])?)?$/.test(value) &&
      /^[\t -~\ufffd]*$/.test(value)
    )
  }
)

Deno.test("a status line says a version of HTTP/1 and three digits, or it is none", () => {
  const statuses = [
    ["HTTP/1.1 200 OK\r\n\r\n", 200],
    ["HTTP/1.1 200\r\n\r\n", 200],
    ["HTTP/1.1 200 \r\n\r\n", 200],
    ["HTTP/1.0 404 Not Found\n\n", 404],
    ["HTTP/1.1 100 Continue\r\n\r\n", 100],
    ["HTTP/1.1 999 ?\r\n\r\n", 999]
  ] as const
  for (const [text, status] of statuses) {
    const head = read(text)
    assertEquals(typeof head === "string" ? head : head.status, status)
  }
  const no = [
    "HTTP/1.1 99 OK",
    "HTTP/1.1 099 OK",
    "HTTP/1.1 000 OK",
    "HTTP/1.1 1000 OK",
    "HTTP/1.1 abc OK",
    "HTTP/1.1 2e2 OK",
    "HTTP/1.1 +20 OK",
    "HTTP/1.1 ٢٠٠ OK",
    "HTTP/1.1 200OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1\t200 OK",
    "HTTP/1.1 OK",
    "HTTP/1.1",
    "HTTP/1.2 200 OK",
    "HTTP/1.11 200 OK",
    "HTTP/2 200",
    "HTTP/2.0 200 OK",
    "HTTP/0.9 200 OK",
    "http/1.1 200 OK",
    "Http/1.1 200 OK",
    " HTTP/1.1 200 OK",
    "\ufeffHTTP/1.1 200 OK",
    "ICY 200 OK",
    "SSH-2.0-OpenSSH_9",
    "<html>",
    ""
  ]
  for (const line of no) assertEquals([line, read(`${line}\r\nx: y\r\n\r\n`)], [line, "malformed"])
  assertEquals(read("\r\nHTTP/1.1 200 OK\r\n\r\n"), "malformed")
})

Deno.test("a line that readers could take for different things is none of a head", () => {
  const lines = [
    "x y: z",
    "x : z",
    " x: z",
    "\tx: z",
    " folded",
    "no colon",
    ": no name",
    "x\u00a0: z",
    "天: z",
    "\u212aeep-alive: z",
    "x(y): z",
    "x: a\rcontent-length: 1",
    "x: a\r",
    "\rx: a",
    "x: a\0b",
    "x: a\u000bb",
    "x: a\u007fb",
    "x\0: a"
  ]
  for (const line of lines) {
    const text = `HTTP/1.1 200 OK\r\na: b\r\n${line}\r\nc: d\r\n\r\n`
    assertEquals([line, read(text)], [line, "malformed"])
  }
  assertEquals(read("HTTP/1.1 200 OK\0\r\n\r\n"), "malformed")
  assertEquals(read("HTTP/1.1 200 OK\rcontent-length: 0\r\n\r\n"), "malformed")
})

Deno.test("only blanks and tabs around a value are not of it, and nothing becomes ASCII", () => {
  const valueOf = (value: string) => sound(`HTTP/1.1 200 OK\r\nx:${value}\r\n\r\n`).headers.get("x")
  assertEquals(valueOf(" \t a b\t "), "a b")
  for (const blank of ["\u00a0", "\ufeff", "\u2028", "\u3000", "\u0085"]) {
    assertEquals(valueOf(`${blank}chunked${blank}`) === "chunked", false)
  }
  // A Kelvin sign is a "k" in lower case.
  assertEquals(valueOf(" chun\u212aed")?.toLowerCase() === "chunked", false)
})

Deno.test("headers are asked for by their name in lower case, and told in their order", () => {
  const head = sound("HTTP/1.1 200 OK\r\nB: 1\r\nA: 2\r\nb: 3\r\nB:\r\n\r\n")
  assertEquals([head.headers.get("b"), head.headers.get("B")], ["1, 3, ", null])
  assertEquals([head.headers.get("a"), head.headers.get("constructor")], ["2", null])
  const all = [["b", "1"], ["a", "2"], ["b", "3"], ["b", ""]]
  assertEquals([Array.from(head.headers), Array.from(head.headers)], [all, all])
})

Deno.test("what begins as HTTP/1 does can be a head, and nothing else", () => {
  for (const text of ["", "H", "HTTP", "HTTP/1.", "HTTP/1.1 200", "HTTP/1.9"]) {
    assert(canBeHead(utf8(text)), text)
  }
  for (const text of ["h", "HTTP/2", "HTTQ", "\n", "\r\n", "SSH-2.0", "\ufeff", "\x16\x03\x01"]) {
    assert(!canBeHead(utf8(text)), text)
  }
})

Deno.test("a header is found by its whole name, and in no value", () => {
  // The second is read as heads are that are not all ASCII.
  for (const reason of ["OK", "天"]) {
    const { headers } = sound(
      `HTTP/1.1 200 ${reason}\r\nX-Content-Length: 7\r\nx: content-length: 8\r\n` +
        "Content-Length-X: 9\r\nCONTENT-LENGTH:5\r\n\r\n"
    )
    assertEquals(headers.get("content-length"), "5")
    assertEquals([...headers], [
      ["x-content-length", "7"],
      ["x", "content-length: 8"],
      ["content-length-x", "9"],
      ["content-length", "5"]
    ])
  }
})

Deno.test("a head of many lines, or of one that is long, takes no time to speak of", () => {
  const long = [
    `${"x:\n".repeat(21_000)}`,
    `x:${" ".repeat(63_000)}y\r\n`,
    `x: y${" ".repeat(63_000)}y\r\n`,
    `connection: ${"clos ".repeat(12_000)}\r\n`
  ]
  for (const lines of long) {
    const began = performance.now()
    assertEquals(typeof read(`HTTP/1.1 200 OK\r\n${lines}\r\n`), "object")
    assertLess(performance.now() - began, 500)
  }
})
