import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello, post, start } from "../kit/gateway.ts"

liveTest(
  "a provider that repeats our key in a good answer shows it to no client",
  () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.sync(() =>
          Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ headers }) =>
            Response.json({
              id: "x",
              object: "chat.completion",
              seen: headers.get("authorization"),
              choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }]
            }))
        ),
        (server) =>
          Effect.promise(() =>
            server.shutdown()
          )
      )
      for (const key of ["sk-echoed-key-of-ours", "other"]) {
        const { url } = yield* start({
          config: {
            providers: {
              echo: {
                dialect: "openai",
                base_url: `http://127.0.0.1:${server.addr.port}/v1`,
                api_key: key,
                discover: false,
                health_check: "none"
              }
            },
            models: { m: { provider: "echo" } }
          }
        })
        const response = yield* post(`${url}/v1/chat/completions`, hello("m"), {
          headers: { authorization: `Bearer ${apiKey}` }
        })
        const body = yield* Effect.promise(() => response.json())
        assertEquals([response.status, body.choices[0].message.content], [200, "Hi"])
        // What is too short to be a credential stands in ordinary words.
        assertEquals(body.seen, key === "other" ? "Bearer other" : undefined)
      }
    })
)
