import { assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { modelOf, variablesFor } from "../api/upstreams.ts"
import { type DialectName, dialectNames } from "../../src/domain/Message.ts"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { apiKey, start } from "../kit/gateway.ts"
import { anthropic } from "./anthropic.ts"
import { cityOf, type Client, type Place } from "./Client.ts"
import { google } from "./google.ts"
import { langchain } from "./langchain.ts"
import { chat, responses } from "./openai.ts"
import * as Table from "./Table.ts"
import { vercel } from "./vercel.ts"

const clients: ReadonlyArray<Client> = [chat, responses, anthropic, google, ...vercel, langchain]

/** One model of each dialect that an upstream can speak. */
const models = {
  ...modelOf,
  bedrock: "amazon.nova-lite-v1:0",
  cohere: "command-a-03-2025"
}
const weather = "Sunny, 21 degrees"
const callsTool = FakeProvider.answer({
  toolCalls: [{ id: "toolu_abc1", name: "weather", arguments: '{"city":"Paris"}' }]
})
const concludes = FakeProvider.answer({ text: "It is sunny in Paris" })

/** A gateway whose five providers are all one fake. */
const fiveDialects = Effect.fnUntraced(function* (
  respond: FakeProvider.FakeProviderOptions["respond"]
) {
  const provider = yield* FakeProvider.start({ respond })
  const env = {
    ...variablesFor(provider.url),
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKIAUPSTREAM",
    AWS_SECRET_ACCESS_KEY: "secret-of-the-upstream",
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: provider.url,
    COHERE_API_KEY: "key-of-the-upstream",
    CO_API_URL: provider.url
  }
  return { provider, ...yield* start({ env }) }
})

/** A gateway in front of a fake of all dialects, as `client` sees it. */
const scene = Effect.fnUntraced(function* (
  dialect: DialectName,
  respond: FakeProvider.FakeProviderOptions["respond"]
) {
  const { provider, url } = yield* fiveDialects(respond)
  const place: Place = { url, key: apiKey, model: models[dialect] }
  return { provider, place }
})

/** What is asked of each client in front of each dialect. */
const ways: Record<string, (client: Client, dialect: DialectName) => ReturnType<typeof told>> = {
  whole: (client, dialect) => told(dialect, (place) => client.whole(place)),
  stream: (client, dialect) => told(dialect, (place) => client.streamed(place)),
  tools: (client, dialect) => looped(dialect, client.tools),
  "streamed tools": (client, dialect) => looped(dialect, client.streamedTools),
  refusal: (client, dialect) =>
    Effect.gen(function* () {
      const { place } = yield* scene(dialect, FakeProvider.fail("rate_limited"))
      const status = yield* Effect.promise(() => client.refused({ ...place, model: "no-such" }))
      assertEquals(status, 404)
      const busy = yield* Effect.promise(() => client.refused(place))
      assertEquals(busy, 429)
    })
}

const told = Effect.fnUntraced(function* (
  dialect: DialectName,
  ask: (place: Place) => ReturnType<Client["whole"]>
) {
  const { place } = yield* scene(
    dialect,
    FakeProvider.answer({
      pieces: ["Hello", ", dear", " reader"],
      usage: { prompt: 11, completion: 3 }
    })
  )
  const { text, tokens } = yield* Effect.promise(() => ask(place))
  assertEquals(text, "Hello, dear reader")
  assertEquals(tokens, [11, 3])
})

const looped = Effect.fnUntraced(function* (
  dialect: DialectName,
  loop: (place: Place, weather: (city: string) => string) => Promise<string>
) {
  const { place, provider } = yield* scene(dialect, FakeProvider.sequence(callsTool, concludes))
  const cities: Array<string> = []
  const text = yield* Effect.promise(() =>
    loop(place, (city) => {
      cities.push(cityOf({ city }))
      return weather
    })
  )
  assertEquals([text, cities], ["It is sunny in Paris", ["Paris"]])
  assertEquals(provider.calls.length, 2)
  const second = JSON.stringify(provider.calls[1]?.body)
  assertStringIncludes(second, weather)
  // Which call a result is of: the fake of Gemini gives its calls no ids, and goes by their names.
  assertStringIncludes(second, dialect === "gemini" ? '"functionResponse":' : "toolu_abc1")
})

const table = Table.make(Object.keys(ways), Object.keys(models), clients.map(({ name }) => name))

for (const client of clients) {
  for (const dialect of dialectNames) {
    for (const [way, run] of Object.entries(ways)) {
      liveTest(`${client.name} in front of ${dialect}: ${way}`, () =>
        Effect.gen(function* () {
          yield* run(client, dialect)
          table.mark(client.name, dialect, way)
        }), { sanitizeOps: false, sanitizeResources: false })
    }
  }
}

Deno.test("every cell of the matrix of clients and dialects is marked", () => {
  console.log(table.show())
  assertEquals(table.unmarked(), [])
})
