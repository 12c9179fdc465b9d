/**
 * What all rows of the fault matrix share: two gateways, one of them hasty, and a fake provider for
 * each dialect.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { DialectName } from "../../src/domain/Message.ts"
import * as Fake from "../kit/FakeProvider.ts"
import { start } from "../kit/gateway.ts"
import type { Place } from "./Row.ts"

/** The dialects, each with its fake provider. */
export const dialects: ReadonlyArray<DialectName> = ["openai", "anthropic", "gemini"]

/** The models by which the catalogue's providers are asked. */
const models: Record<DialectName, string> = {
  openai: "gpt-4o-mini",
  anthropic: "claude-sonnet-4-6",
  gemini: "gemini-2.5-flash"
}

/** Credentials that must go nowhere but into their header. */
export const keys: Record<DialectName | "own", string> = {
  openai: "sk-proj-canary0OpenAi0123456789",
  anthropic: "sk-ant-api03-canary0Anthropic0123456789",
  gemini: "AIzaSyCanary0Gemini0123456789",
  own: "canary0with0no0known0shape"
}

/** Where the rows happen. */
export interface House {
  /** The addresses of the gateways' API. */
  readonly patient: string
  readonly hasty: string
  readonly fakes: Record<DialectName, Fake.FakeProvider>
  /** Where redirects lead, and nobody should come. */
  readonly elsewhere: Fake.FakeProvider
  /** Every fake. */
  readonly all: ReadonlyArray<Fake.FakeProvider>
}

/** The model that is served by the provider of a dialect at a place. */
export const modelAt = (place: Place, dialect: DialectName): string =>
  place === "fake" ? models[dialect] : `${place}-${dialect}`

/** Opens the house; it closes with the scope. */
export const open = Effect.gen(function* () {
  const fakes = {
    openai: yield* Fake.start(),
    anthropic: yield* Fake.start(),
    gemini: yield* Fake.start()
  }
  const elsewhere = yield* Fake.start()
  const untrusted = yield* Fake.start({ tls: true })
  // It waits for the end of a head, which TLS never sends.
  const deaf = yield* Fake.start()
  const ssh = yield* Fake.start({ greeting: "SSH-2.0-OpenSSH_9.6p1 Debian-4\r\n" })
  const plain = yield* Fake.start({ greeting: "HTTP/1.1 400 Bad Request\r\n\r\n" })
  const overTls = (url: string) => url.replace("http:", "https:")
  const addressOf = (place: Exclude<Place, "fake">, dialect: DialectName): string => {
    switch (place) {
      case "own":
        return fakes[dialect].url
      case "refused":
        // What an address is made of says nothing of what went wrong.
        return `${Fake.refusedUrl()}/ssl/timeout`
      case "unknownHost":
        return Fake.unknownHostUrl
      case "untrusted":
        return untrusted.url
      case "plain":
        return overTls(plain.url)
      case "deaf":
        return overTls(deaf.url)
      case "ssh":
        return ssh.url
    }
  }
  const own = ownPlaces.flatMap((place) =>
    dialects.map((dialect) => ({
      id: modelAt(place, dialect),
      dialect,
      base_url: addressOf(place, dialect)
    }))
  )
  const setup = (timeouts: object) => ({
    env: {
      OPENAI_API_KEY: keys.openai,
      OPENAI_BASE_URL: `${fakes.openai.url}/v1`,
      ANTHROPIC_API_KEY: keys.anthropic,
      ANTHROPIC_BASE_URL: fakes.anthropic.url,
      GEMINI_API_KEY: keys.gemini,
      GEMINI_BASE_URL: fakes.gemini.url
    },
    config: {
      timeouts,
      providers: Object.fromEntries(own.map(({ id, dialect, base_url }) => [
        id,
        { dialect, base_url, api_key: keys.own, discover: false }
      ])),
      models: Object.fromEntries(own.map(({ id, dialect }) => [
        id,
        { provider: id, upstream_model: models[dialect] }
      ]))
    }
  })
  const patient = yield* start(setup({ total_seconds: 20 }))
  const hasty = yield* start(setup({
    stream_head_seconds: 0.4,
    whole_head_seconds: 0.4,
    first_token_seconds: 0.4,
    idle_seconds: 0.4,
    keep_alive_seconds: 0.1
  }))
  const all = [...Object.values(fakes), elsewhere, untrusted, deaf, ssh, plain]
  const house: House = { patient: patient.api, hasty: hasty.api, fakes, elsewhere, all }
  return house
})

const ownPlaces = ["own", "refused", "unknownHost", "untrusted", "plain", "deaf", "ssh"] as const
