import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import { makeParser, parse } from "../../src/http/Address.ts"
import { law } from "../kit/effect.ts"

Deno.test("an address says whom to connect to, and what to ask there", () => {
  assertEquals(parse("https://api.example/v1/chat?x=y&z"), {
    origin: "https://api.example",
    isSecure: true,
    hostname: "api.example",
    port: 443,
    host: "api.example",
    target: "/v1/chat?x=y&z"
  })
  assertEquals(parse("http://127.0.0.1:11434"), {
    origin: "http://127.0.0.1:11434",
    isSecure: false,
    hostname: "127.0.0.1",
    port: 11434,
    host: "127.0.0.1:11434",
    target: "/"
  })
})

Deno.test("a port is the scheme's own where none is said", () => {
  const ports = [
    ["http://h", 80, "h"],
    ["https://h", 443, "h"],
    ["http://h:80", 80, "h"],
    ["https://h:443", 443, "h"],
    ["http://h:443", 443, "h:443"],
    ["https://h:80", 80, "h:80"],
    ["https://h:65535", 65535, "h:65535"]
  ] as const
  for (const [url, port, host] of ports) {
    const address = parse(url)
    assertEquals([url, address.port, address.host], [url, port, host])
  }
})

Deno.test("an IPv6 address has brackets in its header, and none where it is connected to", () => {
  const { hostname, host, port, origin } = parse("http://[::1]:8080/x")
  assertEquals([hostname, host, port, origin], ["::1", "[::1]:8080", 8080, "http://[::1]:8080"])
  assertEquals(parse("https://[2001:DB8::0:1]").hostname, "2001:db8::1")
})

Deno.test("who has the same origin has the same server, and the same protection", () => {
  const origins = [
    "http://h",
    "https://h",
    "http://h:443",
    "https://h:80",
    "https://h2",
    "http://h."
  ]
    .map((url) => parse(url).origin)
  assertEquals(new Set(origins).size, origins.length)
  assertEquals(parse("https://H:443/a#b").origin, parse("https://h/c?d").origin)
})

Deno.test("neither a fragment nor a name and its password are told to a server", () => {
  const address = parse("https://user:secret@h/a?b#c")
  assert(!JSON.stringify(address).includes("secret"))
  assertEquals([address.target, address.host], ["/a?b", "h"])
})

law(
  "whatever a URL holds, its target and its host are one word of ASCII",
  Schema.Struct({
    path: Schema.String,
    query: Schema.String,
    inserted: Schema.Literals([
      "",
      " ",
      "\r\n",
      "\n",
      "\t",
      "\0",
      " HTTP/1.1\r\nhost: x",
      "天",
      "\u010a"
    ])
  }),
  ({ path, query, inserted }) => {
    const url = `https://h/${path}${inserted}?${query}${inserted}`
    const { target, host } = parse(url)
    return /^\/[!-~]*$/.test(target) && host === "h"
  }
)

Deno.test("a parser remembers what it has seen, and never mixes it up", () => {
  const parser = makeParser()
  const first = parser("https://h/a")
  assert(parser("https://h/a") === first)
  assertEquals(parser("https://h/b").target, "/b")
  assertEquals(first, parse("https://h/a"))
})

Deno.test("a parser forgets, so that what it remembers is bounded", () => {
  const parser = makeParser()
  const first = parser("https://h/0")
  for (let nth = 1; nth < 256; nth++) parser(`https://h/${nth}`)
  assert(parser("https://h/0") === first)
  for (let nth = 256; nth < 1000; nth++) assertEquals(parser(`https://h/${nth}`).target, `/${nth}`)
  const again = parser("https://h/0")
  assert(again !== first)
  assertEquals(again, first)
})
