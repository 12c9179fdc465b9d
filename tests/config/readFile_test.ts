import { assertEquals, assertStringIncludes } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { parseConfigFile, readConfigFile } from "../../src/config/readFile.ts"
import { liveTest, test } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"

const parsing = (text: string, { name = "penstock.yaml", env = {} } = {}) =>
  Effect.provideService(
    parseConfigFile(name, text),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnvRecord(env)
  )

/** What is said of a file that cannot be used, by path. */
const faults = (text: string, setup: { name?: string; env?: Record<string, string> } = {}) =>
  Effect.map(Effect.flip(parsing(text, setup)), (error) => {
    assertEquals(error.source, setup.name ?? "penstock.yaml")
    assertStringIncludes(error.message, error.source)
    for (const { path, message } of error.faults) {
      assertStringIncludes(error.message, `${path}: ${message}`)
    }
    return error.faults.map(({ path, message }) => `${path}: ${message}`)
  })

const yaml = `
# A comment.
server:
  port: 9000
auth: { api_key: "\${KEY}" }
providers:
  mine:
    dialect: openai
    base_url: https://\${HOST}/\${HOST}/v1
models:
  llama-3.1/8b:
    provider: mine
    price:
      input_per_1m_tokens: 0.5
      output_per_1m_tokens: 1
    capabilities: [conversation, "tools"]
`
const contents = {
  server: { port: 9000 },
  auth: { api_key: "k" },
  providers: { mine: { dialect: "openai", base_url: "https://there/there/v1" } },
  models: {
    "llama-3.1/8b": {
      provider: "mine",
      price: { input_per_1m_tokens: 0.5, output_per_1m_tokens: 1 },
      capabilities: ["conversation", "tools"]
    }
  }
} as const

const env = { KEY: "k", HOST: "there" }

test("a file is YAML or JSON, with variables filled in", () =>
  Effect.gen(function* () {
    assertEquals(yield* parsing(yaml, { env }), contents)
    const json = JSON.stringify(contents).replace(`"k"`, `"\${KEY}"`)
    assertEquals(yield* parsing(json, { env, name: "penstock.json" }), contents)
    assertEquals(yield* parsing(json, { env }), contents)
  }))

test("a file may be empty", () =>
  Effect.gen(function* () {
    for (const text of ["", "\n", "# nothing\n", "{}", "---\n"]) {
      assertEquals(yield* parsing(text), {})
    }
  }))

test("a dollar sign that names no variable stands for itself", () =>
  Effect.gen(function* () {
    const file = yield* parsing(`auth: { api_key: 'a$b$\{}\${1}$\{a-b}' }`)
    assertEquals(file.auth?.api_key, "a$b$\{}\${1}$\{a-b}")
  }))

test("what a variable holds is not looked into again", () =>
  Effect.gen(function* () {
    const file = yield* parsing("auth: { api_key: '${ONE}' }", { env: { ONE: "${TWO}: [" } })
    assertEquals(file.auth?.api_key, "${TWO}: [")
  }))

test("every variable that is not set is named, with where it stands", () =>
  Effect.gen(function* () {
    const text = "auth: { api_key: '${ONE}', jwt: { secret: 'x${TWO}${SET}' } }\n" +
      "models: { m: { capabilities: ['${ONE}'] } }"
    assertEquals(yield* faults(text, { env: { SET: "s" } }), [
      "auth.api_key: the environment variable ONE is not set",
      "auth.jwt.secret: the environment variable TWO is not set",
      "models.m.capabilities.0: the environment variable ONE is not set"
    ])
  }))

test("all faults are listed at once, each with its path and the reason", () =>
  Effect.gen(function* () {
    const text = `
server: { port: "9000", hots: localhost }
auth: { jwt: { issuer: "" } }
timeouts: { idle_seconds: 0, total_seconds: 86401 }
limits: { body_bytes: 1.5 }
simulator: { enabled: "yes" }
providers: { mine: { dialect: smoke, concurrency: 0 } }
models: { m: { price: { input_per_1m_tokens: -1 }, capabilities: [flying] } }
extra: 1
`
    assertEquals((yield* faults(text)).toSorted(), [
      "auth.jwt.issuer: Expected a value with a length of at least 1",
      "extra: there is no such setting",
      "limits.body_bytes: Expected an integer",
      `models.m.capabilities.0: Expected "text-generation" | "conversation" | "vision" | ` +
      `"tools" | "json-schema" | "reasoning" | "embeddings"`,
      "models.m.price.input_per_1m_tokens: Expected a value between 0 and 1000000",
      "models.m.price.output_per_1m_tokens: Missing key",
      "providers.mine.concurrency: Expected a value between 1 and 1000000000",
      `providers.mine.dialect: Expected "openai" | "anthropic" | "gemini" | "bedrock" | "cohere"`,
      "server.hots: there is no such setting",
      "server.port: Expected number",
      "simulator.enabled: Expected boolean",
      "timeouts.idle_seconds: Expected a value greater than 0",
      "timeouts.total_seconds: Expected a value less than or equal to 86400"
    ])
  }))

test("what is no object of settings is refused", () =>
  Effect.gen(function* () {
    for (const text of ["hello", "- a", "7"]) {
      assertEquals(yield* faults(text), ["file: Expected object"])
    }
    assertEquals(yield* faults("server: [1]"), ["server: Expected object"])
  }))

const secret = "sk-Secret-12345678"
const leaks: ReadonlyArray<readonly [name: string, text: string]> = [
  ["a.yaml", `auth: { api_key: ["${secret}"] }`],
  ["a.yaml", `auth: ${secret}`],
  ["a.yaml", `auth:\n  api_key: "${secret}`],
  ["a.yaml", `auth:\n  api_key: ${secret}: x: y`],
  ["a.yaml", `auth:\n\tapi_key: ${secret}`],
  ["a.yaml", `auth: { api_key: *${secret} }`],
  ["a.yaml", `auth:\n  api_key: *${secret}`],
  ["a.yaml", `auth: { api_key: "\\q${secret}" }`],
  ["a.yaml", `server: { port: "\${SECRET}", host: {} }`],
  ["a.yaml", `providers: { openai: { dialect: "\${SECRET}", enabled: "\${SECRET}" } }`],
  ["a.json", `{"auth":{"api_key":${secret}}}`],
  ["a.json", `{"auth":{"api_key":"${secret}`],
  ["a.json", `{"auth":{"api_key":"${secret}"} x "${secret}"`],
  ["a.json", `{"auth":{"api_key":'${secret}'}}`],
  ["a.json", `{"auth":{"api_key":"${secret}\n"}}`],
  ["a.json", secret],
  ["a.json", `{"a":${secret.slice(3, 9)}\n\n,}`]
]

test("no part of a secret stands in what is said of a file", () =>
  Effect.gen(function* () {
    for (const [name, text] of leaks) {
      const [said = "", ...more] = yield* faults(text, { name, env: { SECRET: secret } })
      for (const words of [said, ...more]) {
        assertEquals(/Secr|1234/.test(words), false, `${text} → ${words}`)
      }
    }
  }))

test("a file that cannot be parsed says where, where that is known", () =>
  Effect.gen(function* () {
    assertEquals(yield* faults("auth:\n  a: 1\n  a: 2\n"), ["file: Duplicate key 'a' at line 3"])
    const [json] = yield* faults(`{"auth":\n{"a" "b"}}`, { name: "a.json" })
    assertStringIncludes(json ?? "", "line 2 column 6")
  }))

liveTest(
  "a file that need not be there may be absent, one that was named may not",
  () =>
    Effect.gen(function* () {
      const path = `${yield* temporaryFolder}/penstock.yaml`
      assertEquals(yield* readConfigFile(path, false), undefined)
      const absent = yield* Effect.flip(readConfigFile(path, true))
      assertEquals([absent.source, absent.faults.length], [path, 1])
      assertStringIncludes(absent.message, "cannot be read")
      yield* Effect.promise(() => Deno.writeTextFile(path, "server: { port: 1 }"))
      assertEquals(yield* readConfigFile(path, false), { server: { port: 1 } })
    })
)
