import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import { lagDuring } from "../kit/lag.ts"
import * as Raw from "../kit/raw.ts"
import { postJson, startBoth } from "./upstreams.ts"

const generate = "/api/v1/llm/generate"
const utf8 = (text: string) => new TextEncoder().encode(text)

/** Posts bytes as they stand, and reads the refusal. */
const postRaw = (
  url: string,
  body: string | Uint8Array,
  framing: readonly [string, string] = ["Content-Length", String(body.length)],
  half = false
) =>
  Effect.map(
    Raw.send(
      url,
      Raw.write({
        method: "POST",
        target: generate,
        headers: [
          ["Host", new URL(url).host],
          ["X-API-Key", apiKey],
          ["Content-Type", "application/json"],
          framing
        ],
        body
      }),
      { half }
    ),
    (response) => ({
      status: response?.status,
      headers: response?.headers,
      reason: response?.body ? JSON.parse(response.body).error?.details.reason : undefined
    })
  )

/** A request whose JSON is written by hand, so that it may be wrong. */
const written = (more: string, messages = '[{"role":"user","content":"Hi"}]') =>
  `{"model":"gpt-4","messages":${messages}${more}}`

liveTest("C5: a body over the limit is refused before it is read", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth(undefined, {
      config: { limits: { body_bytes: 1000 } }
    })
    const large = "x".repeat(1001)
    const chunk = `${large.length.toString(16)}\r\n${large}\r\n`
    const chunked = ["Transfer-Encoding", "chunked"] as const
    for (
      const [name, answer] of [
        ["by its length", yield* postRaw(url, large)],
        ["announced, and never sent", yield* postRaw(url, "", ["Content-Length", "1000000000000"])],
        ["in one chunk", yield* postRaw(url, `${chunk}0\r\n\r\n`, chunked)],
        ["in chunks without an end", yield* postRaw(url, chunk.repeat(50), chunked)]
      ] as const
    ) {
      assertEquals([answer.status, answer.reason], [413, "request_too_large"], name)
      assertMatch(answer.headers?.get("connection") ?? "", /close/)
    }
    const fitting = JSON.stringify(hello("gpt-4")).padEnd(1000)
    assertEquals((yield* postRaw(url, fitting)).status, 200)
    assertEquals(provider.calls.length, 1)
  }))

liveTest(
  "C5: a body that ends too early is refused, or its connection closed",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const body = JSON.stringify(hello("gpt-4"))
      for (
        const framing of [
          ["Content-Length", String(body.length + 10)],
          ["Transfer-Encoding", "chunked"]
        ] as const
      ) {
        const { status } = yield* postRaw(url, body, framing, true)
        assert(status === undefined || status === 400, `${framing}: ${status}`)
      }
      assertEquals(provider.calls.length, 0)
    })
)

liveTest(
  "C6: JSON that is too deep or too wide is refused, and stops nobody else",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const keys = Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join()
      const bombs = {
        "5 million deep": ["[".repeat(5_000_000), "json_too_deep"],
        "deep in objects": [`${'{"a":'.repeat(65)}1${"}".repeat(65)}`, "json_too_deep"],
        "a million keys": [`{${keys}}`, "json_too_complex"],
        "a million messages": [`[${"1,".repeat(1_000_000)}1]`, "json_too_complex"]
      } as const
      for (const [name, [text, reason]] of Object.entries(bombs)) {
        const bytes = utf8(text)
        const { result, lag } = yield* lagDuring(postRaw(url, bytes))
        assertEquals([result.status, result.reason], [400, reason], name)
        console.log(`  ${name}: nothing else ran for at most ${lag.toFixed(0)} ms`)
        assert(lag < 500, `${name}: ${lag} ms`)
      }
      // Brackets in a text are no structure.
      const text = JSON.stringify(hello("gpt-4")).replace("Hello", '[{\\"'.repeat(1000))
      assertEquals((yield* postRaw(url, text)).status, 200)
    })
)

liveTest(
  "C7: a body must be UTF-8; one byte order mark is forgiven",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const body = JSON.stringify(hello("gpt-4"))
      const broken = utf8(body)
      broken[body.indexOf("Hello")] = 0xff
      assertEquals(yield* reasonOf(postRaw(url, broken)), [400, "invalid_utf8"])
      const surrogate = Uint8Array.of(...utf8(body), 0xed, 0xa0, 0x80)
      assertEquals(yield* reasonOf(postRaw(url, surrogate)), [400, "invalid_utf8"])
      assertEquals((yield* postRaw(url, utf8(`\ufeff${body}`))).status, 200)
      assertEquals(yield* reasonOf(postRaw(url, utf8(`\ufeff\ufeff${body}`))), [
        400,
        "invalid_json"
      ])
      assertEquals(provider.calls.length, 1)
    })
)

const reasonOf = Effect.map((
  { status, reason }: { status: number | undefined; reason: unknown }
) => [
  status,
  reason
])

liveTest(
  "C8: of a key that stands twice the last counts, for us and upstream alike",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const { status, body } = yield* postJson(
        url + generate,
        `{"model":"gpt-99","model":"gpt-4o","messages":[],"messages":[{"role":"system",` +
          `"role":"user","content":"first","content":"last"}],` +
          `"parameters":{"max_tokens":1,"max_tokens":7}}`
      )
      assertEquals([status, body.model], [200, "gpt-4o"])
      const sent = provider.calls[0]!.body
      assertEquals([sent.model, sent.messages], ["gpt-4o", [{ role: "user", content: "last" }]])
      assert(Object.values(sent).includes(7))
    })
)

liveTest("C9: __proto__ and constructor are data, if anything", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    const nasty = '"__proto__":{"drop_unsupported":true,"polluted":1},"constructor":{"polluted":1}'
    const schema = `{"type":"object","properties":{${nasty}}}`
    const tool = `{"type":"function","function":{"name":"f","parameters":${schema}}}`
    for (
      const body of [
        written(`,${nasty}`),
        written(`,"parameters":{${nasty},"seed":1}`),
        written("", `[{"role":"user","content":"Hi",${nasty}}]`),
        written("", `[{"role":"user","content":[{"type":"text","text":"Hi",${nasty}}]}]`),
        written(`,"parameters":{"metadata":{"__proto__":"x","constructor":"y"}}`),
        written(`,"parameters":{"tools":[${tool}]}`)
      ]
    ) {
      const answer = yield* postJson(url + generate, body)
      assert([200, 400].includes(answer.status), `${body}: ${answer.text}`)
      assertEquals(Reflect.get({}, "polluted"), undefined)
      assertEquals(Reflect.get({}, "drop_unsupported"), undefined)
    }
    for (const { body } of provider.calls) {
      assertEquals(Object.keys(body).includes("constructor"), false)
    }
  }))

liveTest("C10: what is no finite and safe number is refused", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    for (const number of ["NaN", "Infinity", "-Infinity", "0x10", "01", "1.", ".5", "+1"]) {
      const answer = postRaw(url, written(`,"parameters":{"temperature":${number}}`))
      assertEquals(yield* reasonOf(answer), [400, "invalid_json"], number)
    }
    const inSchema = (number: string) =>
      `"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"x":${number}}}}`
    for (
      const parameters of [
        '"temperature":1e400',
        '"top_p":-1e400',
        '"max_tokens":1e400',
        '"seed":9007199254740993',
        '"seed":1.5',
        '"temperature":"0.5"',
        inSchema("1e400")
      ]
    ) {
      const answer = postRaw(url, written(`,"parameters":{${parameters}}`))
      assertEquals(yield* reasonOf(answer), [400, "invalid_request"], parameters)
    }
    assertEquals(provider.calls.length, 0)
  }))

liveTest("C11: sizes and counts have bounds", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    const many = (length: number, item: unknown) => Array.from({ length }, () => item)
    const entries = (length: number) =>
      Object.fromEntries(many(length, "x").map((x, at) => [at, x]))
    const tool = { type: "function", function: { name: "f" } }
    for (
      const parameters of [
        { n: 1e9 },
        { n: 0 },
        { n: 1.5 },
        { max_tokens: -1 },
        { max_tokens: 0 },
        { max_tokens: 1e12 },
        { temperature: 2.01 },
        { top_p: -0.1 },
        { stop: many(17, "x") },
        { stop: "" },
        { tools: many(513, tool) },
        { metadata: entries(17) },
        { metadata: { a: "x".repeat(513) } },
        { user: "x".repeat(257) }
      ]
    ) {
      const { status, body } = yield* postJson(url + generate, hello("gpt-4o", parameters))
      assertEquals([status, body.error?.code], [400, "INVALID_REQUEST"], JSON.stringify(parameters))
      const [name] = Object.keys(parameters)
      assert(body.error.details.issues[0].path.startsWith(`parameters.${name}`))
    }
    const message = { role: "user", content: "Hi" }
    const { status } = yield* postJson(url + generate, {
      model: "gpt-4",
      messages: many(10_001, message)
    })
    assertEquals(status, 400)
    const long = yield* postJson(url + generate, hello("x".repeat(257)))
    assertEquals(long.status, 400)
    assertEquals(provider.calls.length, 0)
  }))
