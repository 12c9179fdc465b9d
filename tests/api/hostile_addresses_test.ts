import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import * as Raw from "../kit/raw.ts"
import { ask, postJson, startBoth } from "./upstreams.ts"

const generate = "/api/v1/llm/generate"
type Header = readonly [string, string]

liveTest(
  "C12: huge heads are refused by the server, and it goes on",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const host: Header = ["Host", new URL(url).host]
      const many = Array.from({ length: 500 }, (_, at): Header => [`X-${at}`, "x"])
      for (
        const [name, target, headers] of [
          ["a huge header", "/api/v1/llm/models", [host, ["X-Huge", "x".repeat(1_000_000)]]],
          ["many headers", "/api/v1/llm/models", [host, ...many]],
          ["a long address", `/${"x".repeat(70_000)}`, [host]]
        ] as const
      ) {
        const status = (yield* Raw.ask(url, { target, headers }))?.status
        assert(status === undefined || status >= 400 && status < 500, `${name}: ${status}`)
      }
      assertEquals((yield* ask(`${url}/health`)).status, 200)
    })
)

liveTest(
  "C13: line ends and other scripts in names reach no header, and are no defect",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const nasty = "gpt-4\r\nX-Evil: 1\u0000\u202e模型"
      const unknown = yield* postJson(url + generate, hello(nasty))
      assertEquals([unknown.status, unknown.body.error.code], [404, "MODEL_NOT_FOUND"])
      assertEquals(unknown.headers.get("x-evil"), null)
      const labelled = yield* postJson(
        url + generate,
        hello("gpt-4", { user: nasty, metadata: { [nasty]: nasty } })
      )
      assertEquals([labelled.status, labelled.headers.get("x-evil")], [200, null])
      assertEquals(provider.calls[0]?.headers.get("x-evil"), null)
      assertEquals(JSON.stringify(provider.calls[0]?.body).includes("metadata"), false)

      const headers = [["Host", new URL(url).host]] as const
      for (const id of ["模型", "a\u0000b", "a\u007f", "é"]) {
        const answer = yield* Raw.ask(url, {
          target: "/health",
          headers: [...headers, ["X-Request-Id", id]]
        })
        assert(answer === undefined || answer.status < 500)
        if (answer?.status === 200) {
          assertMatch(answer.headers.get("x-request-id")!, /^req_[0-9a-f]{32}$/)
        }
      }
    })
)

/** Models that would be something else in an address. */
const evil = [
  "../..",
  "..",
  ".",
  "../../../etc/passwd",
  "%2e%2e",
  "%2F",
  "..%2f..",
  "..\\",
  "..\\..\\x",
  "gpt-4/../claude-3",
  "gpt-4?key=stolen",
  "gpt-4#",
  "gpt-4:streamGenerateContent?key=x",
  "gpt-4@evil.example",
  "//evil.example/x",
  "http://evil.example/",
  "gpt-4 ",
  " gpt-4",
  "GPT-4",
  "gрt-4", // a Cyrillic р
  "gpt‑4", // a hyphen that does not break
  "gpt-4\u202e",
  "\u202egpt-4",
  "gpt-4\u0000",
  "<script>alert(1)</script>",
  "${jndi:ldap://evil.example}",
  "__proto__",
  "constructor",
  "toString"
]

liveTest(
  "C14: a model is looked up as it stands, and no provider hears of another",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const model of evil) {
        for (const path of [generate, `${generate}/stream`]) {
          const { status, body, text } = yield* postJson(url + path, hello(model))
          assertEquals([status, body.error.code], [404, "MODEL_NOT_FOUND"], model)
          assertEquals(/[\p{Cc}\p{Bidi_Control}]/u.test(text), false)
        }
        const path = `${url}/api/v1/llm/models/${encodeURIComponent(model)}/status`
        const { status, text } = yield* ask(path)
        assertEquals(status, 404, `${path}: ${text}`)
        assertEquals(/[\p{Cc}\p{Bidi_Control}]/u.test(text), false)
      }
      assertEquals([...provider.calls, ...provider.strays], [])
    })
)

/** Targets as they stand in a request line, none of which is a route. */
const astray = [
  "//health",
  "//api/v1/llm/models",
  "/./health",
  "/../health",
  "/x/../health",
  "/health/",
  "/health;x",
  "/health;jsessionid=1",
  "/health%00",
  "/%68ealth",
  "/HEALTH",
  "/health\\",
  "/api/v1/llm//models",
  "/api/v1/llm/./models",
  "/api/v1/llm/models/",
  "/api/v1/llm/models/../models",
  "/api/v1/llm/models/%2e%2e/status",
  "/api/v1/llm/models/../status",
  "/api/v1/llm/models/./status",
  "/api/v1/llm/models//status",
  "/api/v1/llm/health/../models",
  "/api/v1/llm/models/gpt-4/status/",
  "/api/v1/llm/models/gpt-4/../../health/status",
  "/api/llm/../v1/llm/health",
  "/api/llm/",
  "/api/llm",
  "/docs/../health",
  "/docs/",
  "/openapi.json/x",
  "/.env",
  "//"
]

liveTest(
  "C15: there is one way to write an address, and all others are 404",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const headers: ReadonlyArray<Header> = [["Host", new URL(url).host], ["X-API-Key", apiKey]]
      for (const target of astray) {
        const answer = (yield* Raw.ask(url, { target, headers }))!
        assert(answer.status === 404 || answer.status === 400, `${target}: ${answer.status}`)
        const { error } = JSON.parse(answer.body || "{}")
        assertEquals(error?.code, "INVALID_REQUEST", target)
        assertEquals(error.request_id, answer.headers.get("x-request-id"))
      }
    })
)

liveTest("C15: the Host header chooses no route, and is a host", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const { host } = new URL(url)
    const asked = (target: string, headers: ReadonlyArray<Header>) =>
      Effect.map(Raw.ask(url, { target, headers }), (answer) => answer?.status)
    const secret = "/api/v1/llm/models"
    for (
      const name of [
        "evil/health?",
        "evil/public?",
        `${host}/health?`,
        `${host}/health#`,
        "evil@127.0.0.1",
        "a b",
        "a\\b",
        "evil.example:99999999",
        "[::1",
        "",
        "模型"
      ]
    ) {
      const status = yield* asked(secret, [["Host", name]])
      assertEquals(status, 400, `Host: ${name}`)
    }
    assertEquals(yield* asked(secret, []), 400)
    assertEquals(yield* asked(`http://evil.example${secret}`, [["Host", host]]), 400)
    const absolute = yield* asked(`http://evil.example/health`, [["Host", host]])
    assertEquals(absolute, 400)
    const two = yield* asked(secret, [["Host", host], ["Host", "evil.example"]])
    assert(two === undefined || two === 400 || two === 401, `two hosts: ${two}`)
    for (const target of ["*", "evil.example:443", "health", "", "?x", "#"]) {
      const status = yield* asked(target, [["Host", host]])
      assert(status === undefined || status >= 400 && status < 500, `"${target}": ${status}`)
    }
    for (const name of [host, "localhost", "Penstock.Example:8000", "[::1]:80", "10.0.0.1"]) {
      assertEquals(yield* asked("/health", [["Host", name]]), 200, name)
      assertEquals(yield* asked(secret, [["Host", name]]), 401, name)
    }
    assertEquals(yield* asked(`http://${host}/health`, [["Host", host]]), 200)
  }))
