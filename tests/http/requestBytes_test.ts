import { assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { parse } from "../../src/http/Address.ts"
import { HttpError } from "../../src/http/HttpError.ts"
import { type HttpRequest, requestBytes } from "../../src/http/requestBytes.ts"
import { law } from "../kit/effect.ts"
import { utf8 } from "../kit/replay.ts"

const address = parse("https://api.example:8443/v1/chat?x=y")

/** The pieces of a request as text, or why there are none. */
const pieces = (request: Omit<HttpRequest, "url">): ReadonlyArray<string> | string => {
  const bytes = requestBytes(request, address)
  return bytes instanceof HttpError
    ? bytes.why
    : bytes.map((piece) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(piece))
}

const posted = (headers: Readonly<Record<string, string>>, body?: string) =>
  pieces({ method: "POST", headers, body })

/** What a server reads: the lines of the head, and the bytes behind it. */
const asServed = (bytes: Uint8Array) => {
  const text = String.fromCharCode(...bytes)
  const end = text.indexOf("\r\n\r\n")
  const [first, ...lines] = text.slice(0, end).split("\r\n")
  return { first, lines, body: bytes.subarray(end + 4) }
}

Deno.test("a request says where it goes, how long it is, and its headers in their order", () => {
  assertEquals(posted({ "x-b": "1", "x-a": "two words" }, "{}"), [
    "POST /v1/chat?x=y HTTP/1.1\r\nhost: api.example:8443\r\ncontent-length: 2\r\n" +
    "x-b: 1\r\nx-a: two words\r\n\r\n{}"
  ])
  assertEquals(pieces({ method: "GET", headers: { a: "" } }), [
    "GET /v1/chat?x=y HTTP/1.1\r\nhost: api.example:8443\r\na: \r\n\r\n"
  ])
  assertEquals(posted({}), [
    "POST /v1/chat?x=y HTTP/1.1\r\nhost: api.example:8443\r\ncontent-length: 0\r\n\r\n"
  ])
})

law(
  "the length of a body is told in bytes, whatever letters it has",
  Schema.Struct({
    body: Schema.String,
    more: Schema.Literals([
      "",
      "天🌧",
      "\ud83c",
      "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
      "é".repeat(40_000)
    ])
  }),
  ({ body, more }) => {
    const text = body + more
    const bytes = requestBytes({ method: "POST", headers: { x: "y" }, body: text }, address)
    if (bytes instanceof HttpError) return false
    const all = Uint8Array.from(bytes.flatMap((piece) => Array.from(piece)))
    const { first, lines, body: sent } = asServed(all.subarray(0, 200))
    assertEquals(first, "POST /v1/chat?x=y HTTP/1.1")
    const length = utf8(text).length
    assertEquals(lines, ["host: api.example:8443", `content-length: ${length}`, "x: y"])
    const head = Math.min(200, all.length) - sent.length
    assertEquals(all.subarray(head), utf8(text))
    return true
  }
)

Deno.test("a small body goes out with its head, a large one behind it, uncopied", () => {
  const head = (length: number) =>
    `POST /v1/chat?x=y HTTP/1.1\r\nhost: api.example:8443\r\ncontent-length: ${length}\r\n\r\n`
  const small = "x".repeat(64 * 1024)
  assertEquals(posted({}, small), [head(small.length) + small])
  assertEquals(posted({}, `${small}x`), [head(small.length + 1), `${small}x`])
  // In bytes, not in letters.
  const wide = "天".repeat(22_000)
  assertEquals(posted({}, wide), [head(66_000), wide])
})

Deno.test("what would end a header, or is read in different ways, is not sent", () => {
  const values = [
    "a\r\nx: y",
    "a\nx: y",
    "a\rx: y",
    "a\r\n\r\nGET / HTTP/1.1",
    "a\n",
    "\r",
    "a\0",
    "a\x7f",
    "a\x1b",
    "a\x0b",
    "é",
    "天",
    "a\u2028b",
    "\u010dx: y",
    "a\ud800"
  ]
  for (const value of values) {
    const request = { authorization: `Bearer ${value}` }
    assertEquals([value, posted(request, "{}")], [value, "unsendable"])
    // Nor at the second time, when its lines would be known.
    assertEquals([value, posted(request, "{}")], [value, "unsendable"])
  }
  const names = [
    "",
    " ",
    "a b",
    "a ",
    " a",
    "a:",
    "a:b",
    "a\r\nb",
    "a\n",
    "a\0",
    "é",
    "a\t",
    "(a)",
    "\u212aeep"
  ]
  for (const name of names) {
    assertEquals([name, posted({ fine: "x", [name]: "x" })], [name, "unsendable"])
  }
})

law(
  "a header is sent as one line, just as it is, or not at all",
  Schema.Struct({
    name: Schema.Union([Schema.Literals(["x", "X-Y"]), Schema.String]),
    value: Schema.String,
    inserted: Schema.Literals([
      "",
      "\r",
      "\n",
      "\0",
      "\r\n",
      "\t",
      " ",
      "\u0100",
      "\u010a",
      "\u2028"
    ])
  }),
  ({ name, value, inserted }) => {
    const text = value + inserted + value
    const bytes = requestBytes({ method: "GET", headers: { [name]: text } }, address)
    const isSendable = /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t -~]*$/.test(text)
    if (bytes instanceof HttpError) return !isSendable && bytes.why === "unsendable"
    const { lines, body } = asServed(bytes[0] ?? new Uint8Array())
    assertEquals([isSendable, lines[1], lines.length, body.length], [
      true,
      `${name}: ${text}`,
      2,
      0
    ])
    return true
  }
)

Deno.test("a method that tells no length sends no body that would be read as a request", () => {
  const smuggled = "GET /other HTTP/1.1\r\nhost: x\r\n\r\n"
  const bytes = requestBytes({ method: "GET", headers: {}, body: smuggled }, address)
  if (bytes instanceof HttpError) throw new Error(bytes.why)
  const { lines, body } = asServed(bytes[0] ?? new Uint8Array())
  const length = lines.find((line) => line.startsWith("content-length: "))
  assertEquals(length ?? "content-length: 0", `content-length: ${body.length}`)
})

Deno.test("no header of the caller's says where the request ends, or for whom it is", () => {
  const names = [
    "content-length",
    "Content-Length",
    "transfer-encoding",
    "Transfer-Encoding",
    "host"
  ]
  for (const name of names) {
    assertEquals([name, posted({ [name]: "0" }, "{}")], [name, "unsendable"])
  }
})

law(
  "each request has the headers of its own object, also where lines are remembered",
  Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))),
  (turns) => {
    const all = [{ a: "1" }, { a: "2" }, { a: "1", b: "3" }, { b: "3", a: "1" }, {}]
    for (const turn of turns) {
      const headers: Readonly<Record<string, string>> = all[turn] ?? {}
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const first = "POST /v1/chat?x=y HTTP/1.1\r\nhost: api.example:8443\r\ncontent-length: 1\r\n"
      assertEquals(posted(headers, "x"), [`${first}${lines.join("")}\r\nx`])
      const other = requestBytes({ method: "GET", headers }, parse("http://h/"))
      assertEquals(other, [utf8(`GET / HTTP/1.1\r\nhost: h\r\n${lines.join("")}\r\n`)])
    }
    return true
  }
)
