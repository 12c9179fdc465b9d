import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { assert, assertEquals } from "@std/assert"
import { SignJWT } from "jose"
import { routes } from "../../src/api/routes.ts"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import * as Collector from "../kit/otlp.ts"
import * as Process from "../kit/process.ts"

/** Every secret is told by this word, and has one of its own behind it: no id is, which is hexadecimal. */
const canary = (slot: string) => `canary-${slot}-7q3x9z`

const clientKey = `${canary("client-key")}-0123456789`
const jwtSecret = `${canary("jwt-secret")}-0123456789abcdef`

/** What upstream says when it fails: some of it is what it was asked. */
const words = canary("upstream-words")
const failures: ReadonlyArray<FakeProvider.Script> = [
  FakeProvider.status(400, { body: { error: { message: words, status: words } } }),
  FakeProvider.status(404, { body: words }),
  FakeProvider.status(500, { body: `<html>${words}</html>`, reason: words }),
  FakeProvider.status(200, { body: `not JSON: ${words}` }),
  FakeProvider.status(200, {
    headers: { "content-type": "text/event-stream" },
    body: `data: {"choices":[{"delta":{"content":"${words}"}}]}\n\ndata: ${words}\n\n`
  }),
  FakeProvider.json({ choices: words, content: words, candidates: words }),
  FakeProvider.redirect(`https://${words}.test/`),
  FakeProvider.raw(`${words}\r\n\r\n`),
  FakeProvider.hangUp,
  FakeProvider.answer({
    pieces: [canary("partial-answer"), canary("partial-answer")],
    breaks: { after: 1, by: "error" }
  }),
  FakeProvider.answer({
    pieces: [canary("partial-answer"), canary("partial-answer")],
    breaks: { after: 1, by: "garbage" },
    shape: "stream"
  }),
  // After these nobody is asked for a while.
  FakeProvider.status(429, { body: { error: { message: words } }, headers: { "x-a": words } }),
  FakeProvider.status(401, { body: { error: { message: words, type: words, code: words } } })
]

const answers: ReadonlyArray<FakeProvider.Script> = [
  FakeProvider.answer({
    text: `An answer: ${canary("answer")}`,
    reasoning: [canary("reasoning")]
  }),
  FakeProvider.answer({
    toolCalls: [{
      name: canary("answer-tool").replaceAll("-", "_"),
      arguments: JSON.stringify({ secret: canary("answer-arguments") })
    }]
  }),
  // Nobody counted: the gateway does, and reads all of it for that.
  FakeProvider.answer({ text: canary("uncounted-answer"), usage: "missing" })
]

const requestOf = (model: string) => ({
  model,
  messages: [
    { role: "system", content: canary("system-prompt") },
    {
      role: "user",
      name: canary("user-name"),
      content: [
        { type: "text", text: `A prompt: ${canary("prompt")} sk-${canary("prompt-key")}` },
        {
          type: "image_url",
          image_url: { url: `data:image/png;base64,${btoa(canary("image"))}` }
        }
      ]
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{
        id: "call_1",
        type: "function",
        function: { name: "weather", arguments: JSON.stringify({ city: canary("arguments") }) }
      }]
    },
    { role: "tool", tool_call_id: "call_1", content: canary("tool-result") }
  ],
  parameters: {
    max_tokens: 100,
    stop: canary("stop"),
    user: canary("end-user"),
    metadata: { label: canary("metadata") },
    tools: [{
      type: "function",
      function: {
        name: "weather",
        description: canary("tool-description"),
        parameters: { type: "object", properties: { [canary("schema")]: { type: "string" } } }
      }
    }]
  },
  drop_unsupported: true
})

/** Each turns up in what is told, where it is told at all. */
const bodies = (model: string): ReadonlyArray<string> => [
  JSON.stringify(requestOf(model)),
  // What a client gets wrong.
  `{"model": "${model}", "messages": ${canary("broken-json")}`,
  JSON.stringify({ ...requestOf(model), [canary("unknown-key")]: canary("unknown-value") }),
  JSON.stringify({ ...requestOf(model), messages: canary("wrong-type") }),
  JSON.stringify({ ...requestOf(model), parameters: { temperature: canary("wrong-parameter") } }),
  JSON.stringify(requestOf(canary("unknown-model")))
]

const models = ["gpt-4", "claude-3", "gemini-pro", "simulator", "auto"]

/** Asks everything that can be asked, in every way that can go wrong; gives the requests' ids. */
const drive = Effect.fnUntraced(function* (url: string, provider: FakeProvider.FakeProvider) {
  const ids: Array<string> = []
  const ask = (path: string, init: RequestInit & { readonly headers?: Record<string, string> }) =>
    Effect.promise(async () => {
      const id = `req-${ids.length}`
      ids.push(id)
      const response = await fetch(`${url}${path}`, {
        redirect: "manual",
        ...init,
        headers: { "x-request-id": id, "x-api-key": clientKey, ...init.headers }
      })
      await response.text().catch(() => "")
    })
  const generate = (body: string, streamed: boolean, headers: Record<string, string> = {}) =>
    ask(`/api/v1/llm/generate${streamed ? "/stream" : ""}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body
    })
  const drive = Effect.fnUntraced(function* (scripts: ReadonlyArray<FakeProvider.Script>) {
    for (const script of scripts) {
      provider.respond(script)
      for (const model of models.slice(0, 3)) {
        for (const streamed of [false, true]) yield* generate(bodies(model)[0]!, streamed)
      }
    }
  })
  yield* drive(answers)
  provider.respond(answers[0]!)
  for (const model of models) {
    for (const body of bodies(model)) {
      for (const streamed of [false, true]) yield* generate(body, streamed)
      yield* ask("/api/v1/llm/route/explain", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body
      })
    }
  }
  // Whoever is not let in, or comes by a way that credentials are not for.
  const token = yield* Effect.promise(() =>
    new SignJWT({ email: canary("claim"), scope: "inference" }).setProtectedHeader({ alg: "HS256" })
      .setSubject("ada").setExpirationTime("1h").sign(new TextEncoder().encode(jwtSecret))
  )
  const good = bodies("gpt-4")[0]!
  for (
    const headers of [
      { "x-api-key": canary("wrong-key") },
      { "x-api-key": "", authorization: `Bearer ${token}` },
      { "x-api-key": "", authorization: `Bearer ${token.slice(0, -9)}${"A".repeat(9)}` },
      { "x-api-key": "", authorization: `Bearer ${canary("bearer")}` },
      { "x-api-key": "", authorization: `Basic ${btoa(canary("basic"))}` },
      {
        cookie: canary("cookie"),
        traceparent: canary("traceparent"),
        "user-agent": canary("agent")
      }
    ]
  ) yield* generate(good, false, headers)
  for (const path of [`/?key=${canary("query")}`, `/${canary("path")}`]) yield* ask(path, {})
  yield* ask(`/api/v1/llm/models?api_key=${clientKey}`, {})
  yield* ask(`/api/v1/llm/config/models/gpt-4`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ priority: canary("configuration") })
  })
  // A client that leaves in the middle.
  provider.respond(FakeProvider.answer({
    pieces: [canary("left-answer"), canary("left-answer")],
    breaks: { after: 1, by: "stall" }
  }))
  yield* Effect.promise(async () => {
    const response = await fetch(`${url}/api/v1/llm/generate/stream`, {
      method: "POST",
      headers: { "x-api-key": clientKey, "content-type": "application/json" },
      body: good
    })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
  })
  yield* drive(failures)
  return ids
})

/** What every GET shows of it, each request by its id. */
const look = Effect.fnUntraced(function* (url: string, ids: ReadonlyArray<string>) {
  const shown = new Map<string, string>()
  const paths = routes.filter(({ method }) => method === "GET").flatMap(({ path }) =>
    path.includes(":request_id")
      ? ids.map((id) => path.replace(":request_id", id))
      : path.includes(":model_id")
      ? models.map((model) => path.replace(":model_id", model))
      : [path]
  )
  for (const path of paths) {
    const text = yield* Effect.promise(async () => {
      const response = await fetch(`${url}${path}`, { headers: { "x-api-key": clientKey } })
      return `${JSON.stringify([...response.headers])}\n${await response.text()}`
    })
    shown.set(path, text)
  }
  return shown
})

const filesIn = function* (folder: string): Generator<readonly [string, string]> {
  for (const { isDirectory, name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`
    if (isDirectory) yield* filesIn(path)
    // Byte by byte: nothing is lost of what is no text.
    else yield [path, new TextDecoder("latin1").decode(Deno.readFileSync(path))]
  }
}

/** Every spelling of a canary: as it is, as an encoder would write it, or cut short. */
const spellings = [
  canary(""),
  "7q3x9z",
  "canary-",
  "canary_",
  ...["prompt", "image", "basic", "answer"].map((slot) => btoa(canary(slot)).slice(0, -4)),
  "Y2FuYXJ5"
]

/** Started as the start task starts it, with a secret in every slot. */
const launch: Effect.Effect<
  {
    readonly collector: Collector.Collector
    readonly provider: FakeProvider.FakeProvider
    readonly gateway: Process.Launched
  },
  never,
  Scope.Scope
> = Effect.gen(function* () {
  const collector = yield* Collector.start()
  const provider = yield* FakeProvider.start()
  const gateway = yield* Process.launch({
    yaml: "logs:\n  requests: all\nretries:\n  attempts: 3\n" +
      "load_balancing:\n  failure_threshold: 100\n",
    env: {
      PENSTOCK_API_KEY: clientKey,
      PENSTOCK_JWT_SECRET: jwtSecret,
      PENSTOCK_SIMULATOR: "on",
      OPENAI_API_KEY: `sk-${canary("openai")}`,
      OPENAI_BASE_URL: `${provider.url}/v1`,
      ANTHROPIC_API_KEY: canary("anthropic"),
      ANTHROPIC_BASE_URL: provider.url,
      GEMINI_API_KEY: `AIza${canary("gemini")}`,
      GEMINI_BASE_URL: provider.url,
      OLLAMA_BASE_URL: "http://127.0.0.1:9",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${canary("collector")}`,
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_BSP_MAX_QUEUE_SIZE: "10000"
    }
  })
  return { collector, provider, gateway }
})

liveTest(
  "no prompt, answer or credential is in anything that is told, kept or shown",
  () =>
    Effect.gen(function* () {
      const { collector, gateway, provider } = yield* launch
      const url = yield* gateway.url
      const ids = yield* drive(url, provider)
      const told = yield* look(url, ids)
      gateway.kill("SIGTERM")
      assertEquals(yield* gateway.exited, 0, gateway.stderr())

      told.set("stdout", gateway.stdout())
      told.set("stderr", gateway.stderr())
      for (const [path, text] of filesIn(`${gateway.folder}/data`)) told.set(path, text)
      for (const [at, { bytes, path }] of collector.received.entries()) {
        told.set(`OTLP ${path} ${at}`, new TextDecoder("latin1").decode(bytes))
      }

      // It would be no wonder that nothing is found where nothing is told.
      const all = (start: string) =>
        Array.from(told).filter(([name]) => name.startsWith(start)).map(([, text]) => text).join("")
      const lines = gateway.stderr().trimEnd().split("\n").map((line) => JSON.parse(line))
      assert(provider.calls.length > 50, `${provider.calls.length} calls`)
      for (
        const outcome of ["ok", "upstream_error", "stream_error", "client_abort"]
      ) assert(lines.some((line) => line.outcome === outcome), `no ${outcome} is logged`)
      assert(all("OTLP /v1/logs").includes("req-0"), "no logs were exported")
      assert(all("OTLP /v1/metrics").includes("gen_ai"), "no metrics were exported")
      assert(all("/metrics").includes("penstock_requests_total"), "nothing was scraped")
      assert(all(gateway.folder).includes("req-0"), "the books hold nothing")
      assert(all("/api/v1/llm/requests/req-0").includes("gpt-4"), "no decision is shown")
      assert(all("OTLP /v1/traces").includes("chat gpt-4"), "no spans were exported")

      for (const [name, text] of told) {
        for (const spelling of spellings) {
          const at = text.indexOf(spelling)
          const around = text.slice(Math.max(0, at - 200), at + 200).replace(/[^ -~]+/g, " ")
          assertEquals(at, -1, `${name}: ${around}`)
        }
      }
    })
)
