import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { timeoutOf } from "../../src/api/timeout.ts"
import { GatewayError } from "../../src/domain/GatewayError.ts"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { hello } from "../kit/gateway.ts"
import { postJson, startBoth } from "./upstreams.ts"

const of = (headers: Record<string, string>) => {
  const found = timeoutOf(new Headers(headers), false)
  return found instanceof GatewayError ? "refused" : found.timeoutMs
}

Deno.test("a library's limit on a stream is until its first content", () => {
  const found = timeoutOf(new Headers({ "x-stainless-timeout": "30" }), true)
  assertEquals(found, { timeoutMs: undefined, patienceMs: 30_000 })
})

Deno.test("a client's time limit is in seconds, and ours comes before a library's", () => {
  assertEquals(of({}), undefined)
  assertEquals(of({ "x-penstock-timeout": "1.5" }), 1500)
  assertEquals(of({ "x-stainless-timeout": "600" }), 600_000)
  assertEquals(of({ "x-penstock-timeout": "2", "x-stainless-timeout": "600" }), 2000)
})

Deno.test("one of ours that makes no sense is refused; a library's is as good as none", () => {
  for (const text of ["", "0", "-1", "soon", "1e3", "100000", "NaN", "1,5", "0x10"]) {
    assertEquals(of({ "x-penstock-timeout": text }), "refused", text)
    assertEquals(of({ "x-stainless-timeout": text }), undefined, text)
  }
})

liveTest(
  "a client that waits no longer is answered in time, whole or streamed",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth(FakeProvider.silence)
      for (const path of ["/generate", "/generate/stream"]) {
        for (const header of ["x-penstock-timeout", "x-stainless-timeout"]) {
          const from = performance.now()
          const { status, body } = yield* postJson(`${api}${path}`, hello("gpt-4"), {
            [header]: header === "x-penstock-timeout" ? "0.2" : "1"
          })
          assertEquals([status, body.error.details.reason], [504, "timeout"])
          assert(performance.now() - from < 3000)
        }
      }
      const refused = yield* postJson(`${api}/generate`, hello("gpt-4"), {
        "x-penstock-timeout": "soon"
      })
      assertEquals([refused.status, refused.body.error.details.reason], [400, "invalid_timeout"])
    })
)
