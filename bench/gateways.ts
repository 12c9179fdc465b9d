/**
 * The gateways that are compared: how each is started and asked.
 *
 * @module
 */
import { type Command, freePort, listen, type Listening } from "./processes.ts"

/** A gateway under measurement. */
export interface Gateway {
  readonly name: string
  /** Starts it in front of the provider at `upstream`, an address without a path. */
  readonly start: (upstream: string) => Promise<Listening>
  /** How it is asked for `prompt`. */
  readonly ask: (prompt: string, stream: boolean, upstream: string) => Asking
}

/** A request as this gateway wants it. */
export interface Asking {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What the last bytes of a whole stream hold. Default: `[DONE]`. */
  readonly ending?: string
}

const root = new URL("..", import.meta.url).pathname
const bench = new URL(".", import.meta.url).pathname
/** As in `deno task start`: see decisions 27 and 31. */
const v8Flags = "--v8-flags=--no-allocation-site-pretenuring,--no-memory-reducer"

const openaiBody = (prompt: string, stream: boolean) =>
  JSON.stringify({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: prompt }],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {})
  })

/** Starts one of our own scripts, with its port and `args` as arguments. */
export const script = (file: string, ...args: ReadonlyArray<string>): Promise<Listening> => {
  const port = freePort()
  return listen(port, {
    program: Deno.execPath(),
    args: ["run", "--no-prompt", "--allow-net", bench + file, String(port), ...args],
    cwd: root
  })
}

const own = (name: string): Gateway => ({
  name,
  start: (upstream) => script(`${name}.ts`, upstream),
  ask: (prompt, stream) => ({
    path: "/v1/chat/completions",
    headers: {},
    body: openaiBody(prompt, stream)
  })
})

/** What it costs to be limited, to have fallbacks and several providers to choose among. */
const policies = (upstream: string) => ({
  providers: {
    openai: {},
    second: { dialect: "openai", base_url: `${upstream}/v1`, api_key: "x", discover: false }
  },
  models: {
    "gpt-4o-mini": {
      deployments: [{ provider: "openai" }, { provider: "second" }],
      rate_limit: { requests_per_minute: 1e9, tokens_per_minute: 1e9, concurrency: 1e6 },
      fallback_models: ["gpt-4o"],
      parameters: { default_temperature: 0.7, max_tokens: 4000 }
    }
  },
  limits: { key: { requests_per_minute: 1e9, tokens_per_minute: 1e9, concurrency: 1e6 } }
})

interface Own {
  /** What it is told in its configuration file. Default: there is none. */
  readonly config?: (upstream: string) => object
  /** What runs. Default: `main.ts`. */
  readonly file?: string
  /** How it is asked. Default: by its native API. */
  readonly ask?: Gateway["ask"]
}

const ours = (
  name: string,
  { config, file: main = `${root}main.ts`, ask = natively }: Own = {}
): Gateway => ({
  name,
  start: async (upstream) => {
    const port = freePort()
    const data = await Deno.makeTempDir({ prefix: "penstock-bench-" })
    const forget = () => Deno.remove(data, { recursive: true }).catch(() => {})
    const file = `${data}/bench.json`
    if (config) await Deno.writeTextFile(file, JSON.stringify(config(upstream)))
    try {
      const listening = await listen(port, {
        program: Deno.execPath(),
        args: ["run", v8Flags, "--no-prompt", "-A", main],
        cwd: data,
        env: {
          PORT: String(port),
          HOST: "127.0.0.1",
          PENSTOCK_API_KEY: apiKey,
          PENSTOCK_DATA_DIR: data,
          ...(config ? { PENSTOCK_CONFIG: file } : {}),
          OPENAI_API_KEY: "x",
          OPENAI_BASE_URL: `${upstream}/v1`
        }
      })
      return { ...listening, stop: () => listening.stop().then(forget) }
    } catch (error) {
      await forget()
      throw error
    }
  },
  ask
})

/** The name of the one with all policies in use. */
export const withPolicies = "penstock+policies"
/** The name of the one without books and telemetry. */
export const withoutBooks = "penstock-books"

const apiKey = "bench-0123456789abcdef0123456789abcdef"
const withKey = { "x-api-key": apiKey }

const natively: Gateway["ask"] = (prompt, stream) => ({
  path: stream ? "/api/v1/llm/generate/stream" : "/api/v1/llm/generate",
  headers: withKey,
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: prompt }] })
})

/** The surfaces of other APIs, each asked as its own clients ask. */
const surfaces: Readonly<Record<string, Gateway["ask"]>> = {
  "penstock/chat": (prompt, stream) => ({
    path: "/v1/chat/completions",
    headers: withKey,
    body: openaiBody(prompt, stream)
  }),
  "penstock/responses": (prompt, stream) => ({
    path: "/v1/responses",
    headers: withKey,
    body: JSON.stringify({ model: "gpt-4o-mini", input: prompt, store: false, stream }),
    ending: "}}\n\n"
  }),
  "penstock/messages": (prompt, stream) => ({
    path: "/v1/messages",
    headers: withKey,
    body: JSON.stringify({
      model: "gpt-4o-mini",
      max_tokens: 1000,
      messages: [{ role: "user", content: prompt }],
      stream
    }),
    ending: `stop"}\n\n`
  }),
  "penstock/gemini": (prompt, stream) => ({
    path: `/v1beta/models/gpt-4o-mini:${
      stream ? "streamGenerateContent?alt=sse" : "generateContent"
    }`,
    headers: withKey,
    body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: prompt }] }] }),
    ending: "}\n\n"
  })
}
/** The names of {@link surfaces}. */
export const surfaceNames: ReadonlyArray<string> = Object.keys(surfaces)

const portkeyVersion = "1.15.2"

/** On Node, from npm: the gateway that most people compare with. */
const portkey: Gateway = {
  name: "portkey",
  start: async (upstream) => {
    const folder = await installPortkey()
    const port = freePort()
    const command: Command = {
      program: "node",
      args: [
        `${folder}/node_modules/@portkey-ai/gateway/build/start-server.js`,
        `--port=${port}`,
        "--headless"
      ],
      // Custom hosts on private addresses are refused by its SSRF guard, but for those named here.
      env: { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: new URL(upstream).hostname }
    }
    return await listen(port, command)
  },
  ask: (prompt, stream, upstream) => ({
    path: "/v1/chat/completions",
    headers: {
      authorization: "Bearer x",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${upstream}/v1`
    },
    body: openaiBody(prompt, stream)
  })
}

/** Installs it once, into a folder that later runs find again; fails where npm cannot get it. */
const installPortkey = async (): Promise<string> => {
  const folder = `${Deno.env.get("TMPDIR") ?? "/tmp"}/penstock-bench-portkey-${portkeyVersion}`
  const there = `${folder}/node_modules/@portkey-ai/gateway/build/start-server.js`
  if (await Deno.stat(there).then(() => true, () => false)) return folder
  await Deno.mkdir(folder, { recursive: true })
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify({
      private: true,
      dependencies: { "@portkey-ai/gateway": portkeyVersion },
      // With a later one its streams fail on Node (its issue 1389).
      overrides: { "@hono/node-server": "1.14.1" }
    })
  )
  const { success, stderr } = await new Deno.Command("npm", {
    args: ["install", "--ignore-scripts", "--no-audit", "--no-fund"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(180_000)
  }).output()
  if (!success) throw new Error(`npm: ${new TextDecoder().decode(stderr).slice(-300)}`)
  return folder
}

/** In the order of the tables. */
export const gateways: ReadonlyArray<Gateway> = [
  own("passthrough"),
  own("handler"),
  own("pump"),
  ours("penstock"),
  ours(withoutBooks, { file: `${bench}withoutBooks.ts` }),
  ours(withPolicies, { config: policies }),
  ...Object.entries(surfaces).map(([name, ask]) => ours(name, { ask })),
  portkey
]
