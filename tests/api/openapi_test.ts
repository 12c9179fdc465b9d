import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import manifest from "../../deno.json" with { type: "json" }
import { templateOf } from "../../src/api/openapi.ts"
import { routes } from "../../src/api/routes.ts"
import { liveTest } from "../kit/effect.ts"
import { start } from "../kit/gateway.ts"
import { ask, askJson } from "./upstreams.ts"

liveTest(
  "the OpenAPI document is 3.1 and has every route, with its scope and security",
  () =>
    Effect.gen(function* () {
      const { url } = yield* start()
      const { status, headers, body } = yield* askJson(`${url}/openapi.json`)
      assertEquals([status, headers.get("content-type")], [200, "application/json"])
      assertMatch(body.openapi, /^3\.1\.\d+$/)
      const declared = Object.entries<Record<string, unknown>>(body.paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
      )
      assertEquals(body.info.version, manifest.version)
      assertEquals(
        declared.toSorted(),
        routes.map(({ method, path }) => `${method} ${templateOf(path)}`).toSorted()
      )
      for (const { method, path, needs, thin } of routes) {
        const place = templateOf(path)
        const operation = body.paths[place][method.toLowerCase()]
        const keys = [{ apiKey: [] }, { bearer: [] }]
        const own = thin?.surface.name === "gemini" ? [{ googleApiKey: [] }, ...keys] : keys
        assertEquals(
          [operation.security, operation["x-penstock-scope"]],
          needs === "nothing" ? [[], undefined] : [own, needs],
          path
        )
        assert(operation.summary.length > 3, path)
      }
      assertEquals(Object.keys(body.components.securitySchemes), [
        "apiKey",
        "googleApiKey",
        "bearer"
      ])
    })
)

liveTest("the OpenAPI document holds all that it refers to", () =>
  Effect.gen(function* () {
    const { url } = yield* start()
    const { body, text } = yield* askJson(`${url}/openapi.json`)
    const references = new Set(text.match(/(?<="\$ref":")[^"]+/g))
    assert(references.size > 3)
    for (const reference of references) {
      assert(reference.startsWith("#/"), reference)
      const target = reference.slice(2).split("/").reduce(
        (at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")],
        body
      )
      assert(target !== undefined, reference)
    }
  }))

liveTest("/docs is a page that loads nothing from elsewhere", () =>
  Effect.gen(function* () {
    const { url } = yield* start()
    const { status, headers, text } = yield* ask(`${url}/docs`)
    assertEquals(status, 200)
    assertMatch(headers.get("content-type") ?? "", /^text\/html/)
    const markup = text.replaceAll(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, "$1")
    const loaded = /<(?:script|link|img|iframe|object|embed|source|video|audio|base)\b[^>]*>/gi
    for (const [tag] of markup.matchAll(loaded)) {
      const address = /\b(?:src|href|data|srcset)\s*=\s*["']?([^"'\s>]+)/i.exec(tag)?.[1]
      assertMatch(address ?? "data:", /^data:/, tag.slice(0, 200))
    }
    const styles = Array.from(markup.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/g), ([all]) => all)
    for (const [, address] of styles.join().matchAll(/(?:@import|url\()\s*["']?([^"')\s]+)/g)) {
      assertMatch(address!, /^(data:|#)/)
    }
    // And where the page itself would: the browser does not.
    const policy = headers.get("content-security-policy") ?? ""
    assertMatch(policy, /default-src 'none'/)
    const sources = policy.split(/[; ]+/).filter((word) =>
      /^(https?:|\*|[a-z-]+\.[a-z])/.test(word)
    )
    assertEquals(sources, [])
    assertEquals(headers.get("x-content-type-options"), "nosniff")
    assert(text.includes("/api/v1/llm/generate"))
  }))

liveTest(
  "GET and HEAD / tell everybody that somebody is there, and where to look",
  () =>
    Effect.gen(function* () {
      const { url } = yield* start()
      const got = yield* Effect.promise(async () => {
        const response = await fetch(`${url}/`)
        return [response.status, (await response.json()).docs]
      })
      assertEquals(got, [200, "/docs"])
      const head = yield* Effect.promise(() => fetch(`${url}/`, { method: "HEAD" }))
      assertEquals([head.status, yield* Effect.promise(() => head.text())], [200, ""])
    })
)
