import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import type { UpstreamRequest } from "../../../src/provider/Egress.ts"
import * as Exchange from "../../../src/provider/exchange.ts"
import { test } from "../../kit/effect.ts"
import { pass } from "../../kit/upstream.ts"
import { asking, hello, recording, sentBy, settingsFor } from "./connected.ts"

const endpoint = { AZURE_OPENAI_ENDPOINT: "https://mine.openai.azure.com/" }
const keyed = { ...endpoint, AZURE_OPENAI_API_KEY: "azure-key" }
const entra = {
  ...endpoint,
  AZURE_TENANT_ID: "tenant/1",
  AZURE_CLIENT_ID: "client",
  AZURE_CLIENT_SECRET: "secret-of-the-client"
}
const target = { model: "my deployment", stream: false }

const urls: ReadonlyArray<readonly [version: string | undefined, url: string]> = [
  [undefined, "https://mine.openai.azure.com/openai/v1/chat/completions"],
  ["v1", "https://mine.openai.azure.com/openai/v1/chat/completions"],
  ["preview", "https://mine.openai.azure.com/openai/v1/chat/completions?api-version=preview"],
  [
    "2024-10-21",
    "https://mine.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21"
  ]
]

for (const [version, url] of urls) {
  test(`with api-version ${version ?? "(none)"} Azure is asked at ${url}`, () =>
    Effect.gen(function* () {
      const env = { ...keyed, ...(version ? { AZURE_OPENAI_API_VERSION: version } : {}) }
      const sent = yield* sentBy("azure", { env }, asking())
      assertEquals(sent.url, url)
      assertEquals(sent.headers["api-key"], "azure-key")
      assertEquals(sent.headers.authorization, undefined)
      assertEquals(sent.fields.model, "m")
    }))
}

test("a deployment's name is escaped, and the address may be that of the v1 API", () =>
  Effect.gen(function* () {
    const { requests, send } = recording(hello)
    const options = { api_version: "2024-10-21" }
    for (const path of ["", "/openai", "/openai/v1/"]) {
      const base_url = `https://mine.openai.azure.com${path}`
      const config = { providers: { azure: { base_url, api_key: "k", options } } }
      const exchange = Exchange.make(yield* settingsFor("azure", { config }), send)
      yield* exchange.complete(asking(), { model: "../a b", stream: false })
    }
    assertEquals(
      new Set(requests.map(({ url }) => url)),
      new Set([
        "https://mine.openai.azure.com/openai/deployments/..%2Fa%20b/chat/completions?api-version=2024-10-21"
      ])
    )
  }))

test("half a character in a deployment's name is not found, and breaks nothing", () =>
  Effect.gen(function* () {
    const { requests, send } = recording(() => new Response("{}", { status: 404 }))
    const env = { ...keyed, AZURE_OPENAI_API_VERSION: "2024-10-21" }
    const { complete } = Exchange.make(yield* settingsFor("azure", { env }), send)
    const { class: kind } = yield* Effect.flip(
      complete(asking(), { model: "\ud800/..", stream: false })
    )
    assertEquals(kind, "not_found")
    assertStringIncludes(requests[0]?.url ?? "", "/openai/deployments/%EF%BF%BD%2F../chat/")
  }))

test("Azure's models come from the configuration: what it lists is not what is deployed", () =>
  Effect.gen(function* () {
    const { provider } = yield* settingsFor("azure", { env: keyed })
    assertEquals([provider.discovers, provider.models], [false, []])
  }))

const notReady: ReadonlyArray<readonly [env: Record<string, string>, words: string]> = [
  [{ AZURE_OPENAI_API_KEY: "k" }, "AZURE_OPENAI_ENDPOINT"],
  [endpoint, "AZURE_OPENAI_API_KEY"],
  [{ ...entra, AZURE_CLIENT_SECRET: "" }, "no AZURE_CLIENT_SECRET"],
  [{ ...entra, AZURE_AUTHORITY_HOST: "login" }, "authority"],
  [{ ...entra, AZURE_AUTHORITY_HOST: "https://login.example/?to=" }, "authority"],
  [{ ...entra, AZURE_AUTHORITY_HOST: "https://me:pass@login.example" }, "authority"],
  [{ ...endpoint, AZURE_OPENAI_AD_TOKEN: "a\nb" }, "visible ASCII"]
]

for (const [env, words] of notReady) {
  test(`Azure with ${Object.keys(env).join(", ")} says that something is wrong: ${words}`, () =>
    Effect.gen(function* () {
      const { readiness } = yield* settingsFor("azure", { env })
      assertStringIncludes(readiness.ready ? "" : readiness.message, words)
    }))
}

test("a fixed token is shown as it is", () =>
  Effect.gen(function* () {
    const env = { ...endpoint, AZURE_OPENAI_AD_TOKEN: "fixed-token" }
    const sent = yield* sentBy("azure", { env }, asking())
    assertEquals(sent.headers.authorization, "Bearer fixed-token")
    assertEquals(sent.headers["api-key"], undefined)
  }))

const isForToken = ({ url }: UpstreamRequest) => url.includes("/oauth2/")

/** Entra and Azure; `token` is what the first answers. */
const cloud = (token: (number: number) => Response) => {
  let tokens = 0
  return recording((request) => isForToken(request) ? token(++tokens) : hello())
}

const issued = (number: number) =>
  Response.json({ token_type: "Bearer", expires_in: 3600, access_token: `entra-${number}` })

test("a token of Entra is fetched once for all, shown, and renewed before its end", () =>
  Effect.gen(function* () {
    const { requests, send } = cloud(issued)
    const exchange = Exchange.make(yield* settingsFor("azure", { env: entra }), send)
    const ask = exchange.complete(asking(), target)
    const all = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(ask))
    yield* pass(0)
    yield* Effect.forEach(all, (fiber) => Fiber.join(fiber))
    const [first, ...others] = requests
    assertEquals(first?.url, "https://login.microsoftonline.com/tenant%2F1/oauth2/v2.0/token")
    assertEquals(Object.fromEntries(new URLSearchParams(first?.body)), {
      grant_type: "client_credentials",
      client_id: "client",
      client_secret: "secret-of-the-client",
      scope: "https://cognitiveservices.azure.com/.default"
    })
    assertEquals(others.map(({ headers }) => headers.authorization), [
      "Bearer entra-1",
      "Bearer entra-1",
      "Bearer entra-1"
    ])
    for (const { body } of others) assert(!body?.includes("secret-of-the-client"))
    yield* TestClock.adjust("55 minutes")
    yield* ask
    assertEquals(requests.at(-1)?.headers.authorization, "Bearer entra-2")
    assertEquals(requests.filter(isForToken).length, 2)
  }))

test("where Entra is, and what tokens are for, can be said", () =>
  Effect.gen(function* () {
    const { requests, send } = cloud(issued)
    const options = { authority: "https://login.microsoftonline.us/", scope: "s" }
    const config = { providers: { azure: { options } } }
    const exchange = Exchange.make(yield* settingsFor("azure", { env: entra, config }), send)
    yield* exchange.complete(asking(), target)
    assertEquals(requests[0]?.url, "https://login.microsoftonline.us/tenant%2F1/oauth2/v2.0/token")
    assertEquals(new URLSearchParams(requests[0]?.body).get("scope"), "s")
  }))

const refusals: ReadonlyArray<
  readonly [answer: () => Response, kind: UpstreamFault["class"], words: string]
> = [
  [
    () =>
      Response.json({
        error: "invalid_client",
        error_description: "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1"
      }, { status: 401 }),
    "auth",
    "AADSTS7000215"
  ],
  [() => Response.json({ error: "invalid_request" }, { status: 400 }), "auth", "no token"],
  [
    () => new Response("slow", { status: 429, headers: { "retry-after": "7" } }),
    "rate_limited",
    "no"
  ],
  [() => new Response("<html>", { status: 503 }), "server", "no token"],
  [() => Response.json({ token: "?" }), "bad_response", "without a token"]
]

for (const [answer, kind, words] of refusals) {
  test(`a refusal of Entra is a fault of class ${kind}: ${words}, and is not kept`, () =>
    Effect.gen(function* () {
      const { requests, send } = cloud((number) => number === 1 ? answer() : issued(number))
      const exchange = Exchange.make(yield* settingsFor("azure", { env: entra }), send)
      const fault = yield* Effect.flip(exchange.complete(asking(), target))
      assertEquals(fault.class, kind)
      assertStringIncludes(fault.message, words)
      assert(!fault.message.includes("Trace") && !fault.message.includes("<html>"))
      assertEquals(fault.retryAfterMs, kind === "rate_limited" ? 7000 : undefined)
      yield* exchange.complete(asking(), target)
      assertEquals(requests.at(-1)?.headers.authorization, "Bearer entra-2")
    }))
}

test("the client's secret is among what must not show anywhere", () =>
  Effect.gen(function* () {
    const settings = yield* settingsFor("azure", { env: entra })
    assertEquals(settings.secrets.length, 1)
    assert(!Deno.inspect(settings, { depth: 9 }).includes("secret-of-the-client"))
    const { send } = cloud(() =>
      Response.json({ error_description: "not good: secret-of-the-client" }, { status: 400 })
    )
    const fault = yield* Effect.flip(Exchange.make(settings, send).complete(asking(), target))
    assertStringIncludes(fault.message, "not good")
    assert(!fault.message.includes("secret-of-the-client"))
  }))
