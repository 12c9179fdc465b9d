import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { surfaceOf } from "../../src/api/surfaceOf.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey } from "../kit/gateway.ts"
import { startBoth } from "./upstreams.ts"

const google = { "x-goog-api-key": "k" }
const library = { "x-goog-api-client": "google-genai-sdk/3.1.0" }
const claude = { "anthropic-version": "2023-06-01" }

Deno.test("what has no route is refused in the words of the path, or of who asks", () => {
  const table: ReadonlyArray<readonly [string, string, Record<string, string>, string]> = [
    ["GET", "/v1beta", {}, "gemini"],
    ["GET", "/v1beta/files", claude, "gemini"],
    ["POST", "/v1/models/gpt-4:dance", {}, "gemini"],
    ["DELETE", "/v1/models/ft:gpt-4:acme", {}, "openai"],
    ["GET", "/v1/files", google, "gemini"],
    ["POST", "/upload/v1beta/files", library, "gemini"],
    ["GET", "/v1/files?key=k", {}, "gemini"],
    ["GET", "/v1/files", {}, "openai"],
    ["GET", "/v1/files", claude, "anthropic"],
    ["POST", "/v1/v1/messages", claude, "anthropic"],
    ["POST", "/v1/messages/batches", google, "anthropic"],
    ["GET", "/nothing", {}, "native"],
    ["GET", "/api/v1/llm/nothing", google, "native"]
  ]
  for (const [method, path, headers, name] of table) {
    const request = new Request(`http://localhost${path}`, { method, headers })
    assertEquals(surfaceOf(path.split("?")[0]!, request).name, name, `${method} ${path}`)
  }
})

/** Whose words an error is in. */
const ownerOf = (text: string): string => {
  const body = JSON.parse(text)
  if (body.type === "error" && body.request_id) return "anthropic"
  if (Array.isArray(body.error.details)) return "gemini"
  return "param" in body.error ? "openai" : "native"
}

liveTest(
  "at a path that several share, everybody is refused in its own words",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const own = { "x-api-key": apiKey }
      const table: ReadonlyArray<
        readonly [string, string, Record<string, string>, number, string]
      > = [
        ["GET", "/v1/models", { "x-goog-api-key": "wrong" }, 401, "gemini"],
        ["GET", "/v1/models", library, 401, "gemini"],
        ["GET", "/v1/models", { ...claude, "x-api-key": "wrong" }, 401, "anthropic"],
        ["GET", "/v1/models", { authorization: "Bearer wrong" }, 401, "openai"],
        ["GET", "/v1/models/nothing", { "x-goog-api-key": apiKey }, 404, "gemini"],
        ["GET", "/v1/models/nothing", { ...claude, ...own }, 404, "anthropic"],
        ["GET", "/v1/models/nothing", own, 404, "openai"],
        ["GET", `/v1/models?key=${apiKey}`, {}, 400, "gemini"],
        ["POST", "/v1/models", google, 405, "gemini"],
        ["POST", "/v1/models", claude, 405, "anthropic"],
        ["POST", "/v1/chat/completions", google, 401, "openai"]
      ]
      for (const [method, path, headers, status, owner] of table) {
        const response = yield* Effect.promise(() => fetch(url + path, { method, headers }))
        const text = yield* Effect.promise(() => response.text())
        assertEquals([response.status, ownerOf(text)], [status, owner], `${method} ${path} ${text}`)
        const id = response.headers.get("request-id")
        assertEquals(id !== null, owner === "anthropic", "request-id")
      }
    })
)

liveTest(
  "Google's clients are told how they send a key, and why not in the address",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const paths = ["/v1beta/models", `/v1beta/models?key=${apiKey}`, `/v1/models?key=${apiKey}`]
      for (const path of paths) {
        const response = yield* Effect.promise(() => fetch(url + path))
        const { error } = yield* Effect.promise(() => response.json())
        assert(error.message.endsWith('Send your key as "x-goog-api-key: <key>"'), error.message)
        assertEquals(
          error.details[0].reason,
          path.includes("key=") ? "CREDENTIAL_IN_ADDRESS" : "INVALID_CREDENTIALS"
        )
      }
    })
)
