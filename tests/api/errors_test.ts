import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ErrorBody } from "../../src/api/ErrorBody.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import * as Raw from "../kit/raw.ts"
import { ask, startBoth } from "./upstreams.ts"

const decode = Schema.decodeUnknownSync(ErrorBody, { onExcessProperty: "error" })

/** What every error has: the envelope, and one id in body and header. */
const told = ({ headers, text }: { headers: Headers; text: string }) => {
  const { error } = decode(JSON.parse(text))
  assertEquals(headers.get("content-type"), "application/json")
  assertEquals(error.request_id, headers.get("x-request-id"))
  assert(error.message.length > 10)
  return error
}

const json = { "content-type": "application/json" }
const valid = JSON.stringify(hello("gpt-4"))
const post = (body: string, headers: Record<string, string> = json) => ({
  method: "POST",
  headers,
  body
})

const generate = "/api/v1/llm/generate"

/** Each: path, request, status, code, reason. */
const table: Record<string, readonly [string, RequestInit, number, string, string?]> = {
  "malformed JSON": [generate, post("{"), 400, "INVALID_REQUEST", "invalid_json"],
  "no body": [generate, post(""), 400, "INVALID_REQUEST", "invalid_json"],
  "not an object": [generate, post("[]"), 400, "INVALID_REQUEST", "invalid_request"],
  "no messages": [
    generate,
    post('{"model":"gpt-4","messages":[]}'),
    400,
    "INVALID_REQUEST",
    "invalid_request"
  ],
  "a key in the address": [
    `${generate}?api_key=secret`,
    post(valid),
    400,
    "INVALID_REQUEST"
  ],
  "two credentials": [
    generate,
    post(valid, { ...json, authorization: "Bearer another" }),
    400,
    "INVALID_REQUEST",
    "contradicting_credentials"
  ],
  "no key": [generate, post(valid, { ...json, "x-api-key": "" }), 401, "UNAUTHORIZED"],
  "a wrong key": [generate, post(valid, { ...json, "x-api-key": "wrong" }), 401, "UNAUTHORIZED"],
  "no such route": ["/api/v1/llm/nothing", {}, 404, "INVALID_REQUEST", "unknown_route"],
  "nothing below the root": ["/nothing", {}, 404, "INVALID_REQUEST", "unknown_route"],
  "another version": ["/api/v2/llm/models", {}, 404, "INVALID_REQUEST", "unknown_route"],
  "no such model": [generate, post(JSON.stringify(hello("gpt-99"))), 404, "MODEL_NOT_FOUND"],
  "GET where only POST is": [generate, {}, 405, "INVALID_REQUEST", "wrong_method"],
  "POST where only GET is": [
    "/api/v1/llm/models",
    post("{}"),
    405,
    "INVALID_REQUEST",
    "wrong_method"
  ],
  "OPTIONS": [generate, { method: "OPTIONS" }, 405, "INVALID_REQUEST", "wrong_method"],
  "no content type": [generate, post(valid, { "content-type": "" }), 415, "INVALID_REQUEST"],
  "text": [generate, post(valid, { "content-type": "text/plain" }), 415, "INVALID_REQUEST"],
  "almost JSON": [
    generate,
    post(valid, { "content-type": "application/jsonx" }),
    415,
    "INVALID_REQUEST"
  ],
  "gzip": [
    generate,
    post(valid, { ...json, "content-encoding": "gzip" }),
    415,
    "INVALID_REQUEST",
    "unsupported_content_encoding"
  ]
}

liveTest("every refusal has its status, its code and the envelope", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth()
    for (const [name, [path, init, status, code, reason]] of Object.entries(table)) {
      const answer = yield* ask(url + path, init)
      const error = told(answer)
      assertEquals([answer.status, error.code], [status, code], `${name}: ${answer.text}`)
      if (reason !== undefined) assertEquals(error.details.reason, reason, name)
      assertEquals(answer.headers.get("access-control-allow-origin"), null)
      if (status === 405) {
        assertEquals(answer.headers.get("allow"), path === generate ? "POST" : "GET, HEAD", name)
      }
      if (status === 401) assertEquals(answer.headers.get("www-authenticate"), "Bearer")
    }
    assertEquals(provider.calls.length, 0)
  }))

liveTest("a type with parameters is JSON still", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    for (const type of ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]) {
      const answer = yield* ask(url + generate, post(valid, { "content-type": type }))
      assertEquals(answer.status, 200, type)
    }
  }))

liveTest("TRACE is refused like every method that is not there", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const headers = [["Host", new URL(url).host], ["X-API-Key", apiKey]] as const
    for (const method of ["TRACE", "PATCH", "BREW"]) {
      const response = yield* Raw.ask(url, { method, target: generate, headers })
      assertEquals(response?.status, 405, method)
      told({ headers: response!.headers, text: response!.body })
      assertEquals(response!.body.includes(apiKey), false)
    }
  }))

liveTest("HEAD is answered as GET, without a body", () =>
  Effect.gen(function* () {
    const { url } = yield* startBoth()
    const host = ["Host", new URL(url).host] as const
    const key = ["X-API-Key", apiKey] as const
    for (const target of ["/health", "/api/v1/llm/models", "/docs", "/openapi.json"]) {
      const head = { method: "HEAD", target, headers: [host, key] }
      const response = yield* Raw.ask(url, head)
      assertEquals([response?.status, response?.body], [200, ""], target)
      assert(response?.headers.has("x-request-id"))
    }
    const unknown = yield* Raw.ask(url, {
      method: "HEAD",
      target: "/api/v1/llm/models",
      headers: [host]
    })
    assertEquals([unknown?.status, unknown?.body], [401, ""])
    const post = yield* Raw.ask(url, { method: "HEAD", target: generate, headers: [host, key] })
    assertEquals([post?.status, post?.headers.get("allow")], [405, "POST"])
  }))

liveTest(
  "a request keeps its own id where that can stand in a log, and else gets one",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const asked = (id: string) =>
        Effect.map(
          ask(`${url}${generate}`, post(valid, { ...json, "x-request-id": id })),
          ({ headers, text }) => [headers.get("x-request-id"), JSON.parse(text).id]
        )
      for (const id of ["a", "req_12345", "A.b-c_9", "x".repeat(128)]) {
        assertEquals(yield* asked(id), [id, id])
      }
      for (const id of ["", "x".repeat(129), "a b", "a\tb", "a/b", "é", "a,b", "{}"]) {
        const [header, body] = yield* asked(id)
        assertMatch(header!, /^req_[0-9a-f]{32}$/, id)
        assertEquals(body, header)
      }
    })
)
