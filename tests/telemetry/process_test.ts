import * as Effect from "effect/Effect"
import { assert, assertEquals } from "@std/assert"
import { apiKey, hello, post, temporaryFolder } from "../kit/gateway.ts"
import { liveTest } from "../kit/effect.ts"
import * as Collector from "../kit/otlp.ts"
import * as Process from "../kit/process.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const clientSpan = "b7ad6b7169203331"
const yaml = "logs:\n  requests: all\n"

const ask = (url: string) =>
  Effect.gen(function* () {
    const response = yield* post(`${url}/api/v1/llm/generate`, hello("simulator"), {
      headers: { traceparent: `00-${traceId}-${clientSpan}-01`, "x-request-id": "req_mine" }
    })
    const text = yield* Effect.promise(() => response.text())
    assertEquals(response.status, 200, text)
  })

liveTest(
  "the whole program exports, zipped, by the permissions of the start task, and logs JSON",
  () =>
    Effect.gen(function* () {
      const collector = yield* Collector.start()
      const gateway = yield* Process.launch({
        yaml,
        env: {
          PENSTOCK_API_KEY: apiKey,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_COMPRESSION: "gzip"
        }
      })
      yield* ask(yield* gateway.url)
      gateway.kill("SIGTERM")
      assertEquals(yield* gateway.exited, 0, gateway.stderr())
      const lines = gateway.stderr().trimEnd().split("\n").map((line) => JSON.parse(line))
      const line = lines.find(({ request_id }) => request_id === "req_mine")
      assertEquals(line?.outcome, "ok", gateway.stderr())
      assertEquals(line?.trace_id, traceId)

      for (const { headers } of collector.received) {
        assertEquals(headers.get("content-encoding"), "gzip")
      }
      const [root, call] = collector.spans()
      assertEquals([root?.name, root?.traceId], ["chat simulator", traceId])
      assertEquals(root?.parentSpanId, clientSpan)
      assertEquals(call?.parentSpanId, root?.spanId)
      const log = collector.logs().find(({ attributes }) => attributes["request_id"] === "req_mine")
      assertEquals([log?.traceId, log?.spanId], [traceId, root?.spanId])
      const names = new Set(collector.metrics().map(({ name }) => name))
      for (const name of ["gen_ai.client.operation.duration", "penstock.requests"]) {
        assert(names.has(name), `${name} is not among ${[...names].join()}`)
      }
    })
)

liveTest("O8: a dead collector does not hold up a stop", () =>
  Effect.gen(function* () {
    const collector = yield* Collector.start("silent")
    const gateway = yield* Process.launch({
      yaml,
      env: { PENSTOCK_API_KEY: apiKey, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
    })
    yield* ask(yield* gateway.url)
    yield* collector.until(({ received }) => received.length > 0)
    const began = performance.now()
    gateway.kill("SIGTERM")
    assertEquals(yield* gateway.exited, 0)
    const took = performance.now() - began
    assert(took < 5000, `${took} ms`)
  }))

liveTest(
  "O8: a log that nobody reads does not hold up an answer, nor a stop",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      Deno.writeTextFileSync(`${folder}/penstock.yaml`, yaml)
      const env = { PORT: "0", PENSTOCK_API_KEY: apiKey }
      const root = new URL("../../", import.meta.url).pathname
      const own = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
        const value = Deno.env.get(name)
        return value === undefined ? [] : [[name, value] as const]
      })
      const process = new Deno.Command(Deno.execPath(), {
        args: ["run", `--config=${root}deno.json`, ...Process.startFlags(env), `${root}main.ts`],
        cwd: folder,
        clearEnv: true,
        env: { ...Object.fromEntries(own), NO_COLOR: "1", ...env },
        stdout: "piped",
        // Nobody reads it: a pipe takes 64 KiB, and then no more.
        stderr: "piped"
      }).spawn()
      yield* Effect.addFinalizer(() =>
        Effect.promise(async () => {
          await process.stderr.cancel()
          await process.status
        })
      )
      const url = yield* Effect.promise(async () => {
        let text = ""
        const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader()
        while (!/documentation .*\n/.test(text)) text += (await reader.read()).value ?? ""
        await reader.cancel()
        return /listens on (http:\S+)\n/.exec(text)![1]!
      })
      // Some 500 bytes each: four times what the pipe takes.
      yield* Effect.forEach(Array.from({ length: 500 }), () => ask(url), {
        concurrency: 100,
        discard: true
      })
      const began = performance.now()
      process.kill("SIGTERM")
      assertEquals((yield* Effect.promise(() => process.status)).code, 0)
      const took = performance.now() - began
      assert(took < 5000, `${took} ms`)
    })
)
