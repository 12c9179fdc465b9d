import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import * as Process from "../kit/process.ts"

const key = "test-key-of-32-characters-0123456"

/** A server on a free port that answers as `handler` says. */
const server = (handler: (path: string) => Response) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        Deno.serve(
          { hostname: "127.0.0.1", port: 0, onListen: () => {} },
          (request) => handler(new URL(request.url).pathname)
        )
      ),
      (one) => Effect.promise(() => one.shutdown())
    ),
    ({ addr }) => `http://127.0.0.1:${addr.port}`
  )

const get = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers: { "x-api-key": key } })
    return await response.json()
  })

/** What was logged so far, without the times. */
const linesOf = ({ stderr }: Process.Launched): ReadonlyArray<string> =>
  stderr().split("\n").filter((line) => line !== "").map((line) => {
    const { level, message } = JSON.parse(line)
    return `${level}: ${message}`
  })

const until = (seen: () => boolean) =>
  Effect.sync(seen).pipe(
    Effect.delay("100 millis"),
    Effect.repeat({ until: (is) => is }),
    Effect.timeout("15 seconds")
  )

liveTest(
  "a wrong address shows at once: in the log, in /health and in /supervision",
  () =>
    Effect.gen(function* () {
      let asked = 0
      const good = yield* server((path) => {
        if (path === "/v1/models") return Response.json({ data: [{ id: "a" }, { id: "b" }] })
        asked++
        return new Response("no", { status: 404 })
      })
      const process = yield* Process.launch({
        env: { PENSTOCK_API_KEY: key },
        yaml: `load_balancing: { health_check_interval: 1 }
providers:
  good: { dialect: openai, base_url: "${good}/v1" }
  elsewhere: { dialect: openai, base_url: "${good}" }
  away: { dialect: openai, base_url: "http://127.0.0.1:9/v1" }
`
      })
      const url = yield* process.url
      assertStringIncludes(process.stdout(), `good at ${good}/v1: those that it lists\n`)
      // Many checks, and a line for each that is not well.
      yield* until(() => asked >= 4)
      const warnings = linesOf(process).filter((line) => line.startsWith("warn"))
      assertEquals(warnings.length, 2, warnings.join("\n"))
      const told = warnings.toSorted()
      assertMatch(told[0]!, /^warn: Provider "away" at http:\/\/127\.0\.0\.1:9\/v1: .*Is it up/)
      assertMatch(told[1]!, /^warn: Provider "elsewhere" at .*404.*providers\.elsewhere\.base_url/)
      assertEquals(
        linesOf(process).filter((line) => line.startsWith("info")),
        [`info: Provider "good" at ${good}/v1 lists 2 models`]
      )

      // Each provider is checked on its own: one may be a check behind another.
      const { providers: counts } = yield* get(`${url}/health`).pipe(
        Effect.repeat({ until: ({ providers }) => providers.unhealthy === 1 }),
        Effect.timeout("10 seconds")
      )
      assertEquals(counts, { healthy: 1, degraded: 1, unhealthy: 1 })
      const { providers } = yield* get(`${url}/api/v1/llm/supervision`)
      const shown = Object.fromEntries(
        providers.map((
          { id, base_url, health, listed_models }: Record<string, unknown>
        ) => [id, [base_url, health, listed_models]])
      )
      assertEquals(shown, {
        good: [`${good}/v1`, "healthy", 2],
        elsewhere: [good, "degraded", 0],
        away: ["http://127.0.0.1:9/v1", "unhealthy", 0]
      })
      for (const { id, reason } of providers) assertEquals(reason === undefined, id === "good")
    })
)

liveTest(
  "a provider that is added to the file is told to wait for a restart",
  () =>
    Effect.gen(function* () {
      const process = yield* Process.launch({
        env: { PENSTOCK_API_KEY: key, PENSTOCK_SIMULATOR: "on" },
        yaml: "{}\n"
      })
      yield* process.url
      const providers =
        `providers: { late: { dialect: openai, base_url: "http://127.0.0.1:9/v1" } }\n`
      Deno.writeTextFileSync(`${process.folder}/penstock.yaml`, providers)
      yield* until(() => linesOf(process).length > 0)
      assertMatch(linesOf(process)[0]!, /^warn: .*waits for a restart.*: providers \(late added\)$/)
      Deno.writeTextFileSync(
        `${process.folder}/penstock.yaml`,
        `${providers}models: { mine: { provider: late } }\n`
      )
      yield* until(() => linesOf(process).length > 1)
      assertMatch(linesOf(process)[1]!, /^error: .*provider "late" is new.*start Penstock again/)
    })
)
