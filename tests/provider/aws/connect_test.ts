import { assertEquals, assertStringIncludes } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { parseConfigFile } from "../../../src/config/readFile.ts"
import { settingsOf } from "../../../src/config/Settings.ts"
import { roster } from "../../../src/provider/roster.ts"
import { test } from "../../kit/effect.ts"

const rosterOf = (env: Record<string, string>, options: object = {}) =>
  Effect.gen(function* () {
    const file = yield* parseConfigFile(
      "a.json",
      JSON.stringify({ providers: { bedrock: options } })
    )
    return yield* roster(yield* settingsOf(file, "a.json"))
  }).pipe(Effect.provideService(
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnvRecord(env)
  ))

const bedrockOf = (env: Record<string, string>, options: object = {}) =>
  Effect.map(
    rosterOf(env, options),
    (all) => all.find(({ provider }) => provider.id === "bedrock")!
  )

const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "a/secret/access/key" }
const region = { AWS_REGION: "eu-central-1" }

test("an API key and a region are enough, and so are credentials and a region", () =>
  Effect.gen(function* () {
    const byKey = yield* bedrockOf({ ...region, AWS_BEARER_TOKEN_BEDROCK: "ABSKexample" })
    assertEquals(byKey.readiness, { ready: true })
    assertEquals(byKey.connection?.baseUrl, "https://bedrock-runtime.eu-central-1.amazonaws.com")
    assertEquals(byKey.connection?.headers, { authorization: "Bearer ABSKexample" })
    assertEquals(byKey.connection?.sign, undefined)
    const byCredentials = yield* bedrockOf({ ...region, ...keys })
    assertEquals(byCredentials.readiness, { ready: true })
    assertEquals(byCredentials.connection?.headers, {})
    assertEquals(typeof byCredentials.connection?.sign, "function")
    const both = yield* bedrockOf({ ...region, ...keys, AWS_BEARER_TOKEN_BEDROCK: "ABSKexample" })
    assertEquals(both.connection?.sign, undefined)
  }))

test("what is missing is said, with the variable to set", () =>
  Effect.gen(function* () {
    const cases: ReadonlyArray<readonly [Record<string, string>, string]> = [
      [{}, "AWS_BEARER_TOKEN_BEDROCK"],
      [region, "AWS_ACCESS_KEY_ID"],
      [keys, "AWS_REGION"],
      [{ AWS_BEARER_TOKEN_BEDROCK: "k" }, "AWS_REGION"],
      [{ ...region, AWS_ACCESS_KEY_ID: "k" }, "AWS_SECRET_ACCESS_KEY"],
      [{ ...region, AWS_SECRET_ACCESS_KEY: "s" }, "AWS_ACCESS_KEY_ID"],
      [{ ...keys, AWS_REGION: "evil.example.com/" }, "region"],
      [{ ...keys, ...region, AWS_SESSION_TOKEN: "a\nb" }, "session token"],
      [{ ...keys, ...region, AWS_ACCESS_KEY_ID: "ü" }, "key id"]
    ]
    for (const [env, expected] of cases) {
      const { readiness } = yield* bedrockOf(env)
      assertEquals(readiness.ready, false, expected)
      assertStringIncludes(readiness.ready ? "" : readiness.message, expected)
    }
  }))

test("credentials without a region leave the simulator on, and with one they switch it off", () =>
  Effect.gen(function* () {
    const simulates = (env: Record<string, string>) =>
      Effect.map(rosterOf(env), (all) => all.some(({ provider }) => provider.id === "simulator"))
    assertEquals(yield* simulates(keys), true)
    assertEquals(yield* simulates(region), true)
    assertEquals(yield* simulates({ ...keys, ...region }), false)
    assertEquals(yield* simulates({ AWS_BEARER_TOKEN_BEDROCK: "k", ...region }), false)
  }))

test("an address of one's own counts, and needs a region only to sign", () =>
  Effect.gen(function* () {
    const address = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "https://vpce-1.example.com/" }
    const byKey = yield* bedrockOf({ ...address, AWS_BEARER_TOKEN_BEDROCK: "k" })
    assertEquals(byKey.connection?.baseUrl, "https://vpce-1.example.com")
    assertEquals((yield* bedrockOf({ ...address, ...keys })).readiness.ready, false)
    const signing = yield* bedrockOf({ ...address, ...keys, AWS_DEFAULT_REGION: "us-west-2" })
    assertEquals(signing.connection?.baseUrl, "https://vpce-1.example.com")
  }))

test("China has a domain of its own", () =>
  Effect.gen(function* () {
    const { connection } = yield* bedrockOf({ ...keys, AWS_REGION: "cn-north-1" })
    assertEquals(connection?.baseUrl, "https://bedrock-runtime.cn-north-1.amazonaws.com.cn")
  }))

test("the file's options count before the variables, and credentials are secrets", () =>
  Effect.gen(function* () {
    const options = { region: "us-west-2", session_token: "a-session-token" }
    const { connection, secrets, healthCheck, provider } = yield* bedrockOf(
      { ...keys, ...region },
      { options }
    )
    assertEquals(connection?.baseUrl, "https://bedrock-runtime.us-west-2.amazonaws.com")
    assertEquals(secrets.map(Redacted.value).toSorted(), [
      "AKIDEXAMPLE",
      "a-session-token",
      "a/secret/access/key"
    ])
    // It lists no models where it answers.
    assertEquals([healthCheck, provider.discovers], ["none", false])
  }))
