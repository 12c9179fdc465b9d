import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import * as Process from "../kit/process.ts"

/** Settings that must stop the start: each with what standard error must tell. */
const wrong: Record<string, readonly [Process.LaunchOptions, ReadonlyArray<RegExp>]> = {
  "a port that is none": [
    { yaml: "server:\n  port: 70000\n" },
    [/penstock\.yaml/, /server\.port/]
  ],
  "two faults at once": [
    { yaml: "server:\n  colour: red\ntimeouts:\n  idle_seconds: -1\n" },
    [/server\.colour: there is no such setting/, /timeouts\.idle_seconds/]
  ],
  "a file that is no YAML": [{ yaml: "server: [\n" }, [/penstock\.yaml/]],
  "a secret that is not set": [
    { yaml: "auth:\n  api_key: ${PENSTOCK_NOT_SET}\n" },
    [/auth\.api_key/, /PENSTOCK_NOT_SET is not set/]
  ],
  "a secret that may not be read": [
    { yaml: "auth:\n  api_key: ${HOME}\n" },
    [/HOME/, /--allow-env|PENSTOCK_/]
  ],
  "a provider that is not known": [
    { yaml: "providers:\n  mine:\n    base_url: http://127.0.0.1:9\n" },
    [/providers\.mine\.dialect/]
  ],
  "an address that is none": [{ env: { OPENAI_BASE_URL: "not an address" } }, [/OPENAI_BASE_URL/]],
  "a PORT that is none": [{ env: { PORT: "http" } }, [/PORT/, /"http"/]],
  "a file that is not there": [
    { env: { PENSTOCK_CONFIG: "nothing.yaml" } },
    [/nothing\.yaml/]
  ],
  "an empty key": [{ env: { PENSTOCK_API_KEY: "" } }, [/PENSTOCK_API_KEY is empty/]],
  "a short secret": [{ env: { PENSTOCK_JWT_SECRET: "short" } }, [/PENSTOCK_JWT_SECRET has 5 bytes/]]
}

liveTest("a wrong configuration stops the start with its path and the reason", () =>
  Effect.forEach(
    Object.entries(wrong),
    ([name, [options, reasons]]) =>
      Effect.gen(function* () {
        const process = yield* Process.launch(options)
        assertEquals(yield* process.exited, 1, name)
        for (const reason of reasons) assertMatch(process.stderr(), reason, name)
        assertEquals(/\n\s+at |error: Uncaught/.test(process.stderr()), false, process.stderr())
        assertEquals(process.stdout().includes("listens on"), false, name)
        // No key is made, and lost, by a start that fails.
        assertEquals(process.stdout().includes("psk_"), false, name)
      }),
    { concurrency: 3, discard: true }
  ))

liveTest(
  "the file wins over the environment, and is named in the banner",
  () =>
    Effect.gen(function* () {
      const process = yield* Process.launch({
        yaml: "server:\n  host: localhost\n  port: 0\nsimulator:\n  enabled: false\n",
        env: { HOST: "0.0.0.0", PORT: "1", PENSTOCK_SIMULATOR: "on" }
      })
      assertMatch(yield* process.url, /^http:\/\/localhost:\d+$/)
      assert(process.stdout().includes("penstock.yaml"))
      assertEquals(process.stdout().includes("simulator"), false)
    })
)

const key = "test-key-of-32-characters-0123456"

/** Shows or changes what `path` has of the configuration. */
const configure = (url: string, path: string, body?: object) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/api/v1/llm/config/${path}`, {
      method: body ? "PUT" : "GET",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: body ? JSON.stringify(body) : null
    })
    return await response.json()
  })

liveTest(
  "an edit of penstock.yaml needs no restart, and what is changed over the API stands one",
  () =>
    Effect.gen(function* () {
      const env = { PENSTOCK_API_KEY: key, PENSTOCK_SIMULATOR: "on" }
      const yaml = "models:\n  simulator: { priority: 2 }\n"
      const first = yield* Process.launch({ yaml, env })
      const { folder } = first
      const url = yield* first.url
      yield* configure(url, "models/simulator", { rate_limit: { concurrency: 7 } })
      Deno.writeTextFileSync(`${folder}/penstock.yaml`, yaml.replace("2", "33"))
      const shown = yield* configure(url, "models/simulator").pipe(
        Effect.delay("200 millis"),
        Effect.repeat({ until: ({ priority }) => priority === 33 }),
        Effect.timeout("10 seconds")
      )
      assertEquals(shown.rate_limit.concurrency, 7)
      first.kill("SIGTERM")
      assertEquals(yield* first.exited, 0)
      // All that it has said is here once it has ended.
      assertMatch(
        first.stderr(),
        /The edit of penstock\.yaml is in force as version 2: models\.simul/
      )
      const second = yield* Process.launch({ folder, env })
      assertEquals(yield* configure(yield* second.url, "models/simulator"), shown)
      assertEquals((yield* configure(yield* second.url, "history")).version, 2)
      assertEquals((Deno.statSync(`${folder}/data/config.json`).mode ?? 0) & 0o777, 0o600)
    })
)
