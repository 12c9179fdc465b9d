/**
 * Where a row of the fault matrix happens: a gateway of its own, a fake provider for each dialect, and
 * where wanted another one for each that answers in its place.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { type DialectName, dialectNames } from "../../src/domain/Message.ts"
import * as Fake from "../kit/FakeProvider.ts"
import { apiKey, hello, start } from "../kit/gateway.ts"
import type { Reply } from "./client.ts"
import { type MovableClock, movableClock } from "./clock.ts"
import type { Place } from "./Row.ts"

/** The dialects, each with its fake provider. */
export const dialects: ReadonlyArray<DialectName> = dialectNames

/** The models by which the catalogue's providers are asked. */
const models: Record<DialectName, string> = {
  openai: "gpt-4o-mini",
  anthropic: "claude-sonnet-4-6",
  gemini: "gemini-2.5-flash",
  bedrock: "amazon.nova-lite-v1:0",
  cohere: "command-a-03-2025"
}

/** Credentials that must go nowhere but into their header. */
export const keys: Record<DialectName | "own" | "spare", string> = {
  openai: "sk-proj-canary0OpenAi0123456789",
  anthropic: "sk-ant-api03-canary0Anthropic0123456789",
  gemini: "AIzaSyCanary0Gemini0123456789",
  bedrock: "ABSKcanary0Bedrock0123456789=",
  cohere: "canary0of0Cohere0with0no0known0shape",
  own: "canary0with0no0known0shape",
  spare: "canary0of0the0spare0provider"
}

/** How a house is set up. */
export interface HouseOptions {
  /** A place that a provider is at besides. Default: `fake`, which all are. */
  readonly at?: Place | undefined
  /** Whether its time limits are short. Default: false. */
  readonly hasty?: boolean | undefined
  /** How often providers are asked for one request. Default: the gateway's own. */
  readonly attempts?: number | undefined
  /** Whether another model answers where one cannot. Default: none does. */
  readonly spare?: Spare | undefined
  /** More of the configuration: providers and models beside those that are here, or in their place. */
  readonly config?: More | undefined
  readonly env?: Record<string, string> | undefined
}

/** More of a configuration. */
interface More {
  readonly providers?: object
  readonly models?: object
  readonly limits?: object
  readonly load_balancing?: object
}

/** How another model answers in place of the one that was asked for. */
export interface Spare {
  /** Its window in tokens. Default: smaller than that of any other. */
  readonly window?: number
  /** What the models that it stands in for are set to besides. */
  readonly policy?: object
}

/** Where a row happens. */
export interface House {
  readonly url: string
  /** The address of the gateway's API. */
  readonly api: string
  readonly fakes: Record<DialectName, Fake.FakeProvider>
  /** Answers where one of `fakes` cannot. */
  readonly spare: Fake.FakeProvider
  /** Where redirects lead, and nobody should come. */
  readonly elsewhere: Fake.FakeProvider
  /** Every fake. */
  readonly all: ReadonlyArray<Fake.FakeProvider>
  /** The gateway's. */
  readonly clock: MovableClock
  /** Asks `model`, and reads the answer to its end. */
  readonly ask: (
    model: string,
    streamed: boolean,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal
  ) => Promise<Reply>
  /** Reads what the API says at `path`; with a `body`, that is posted. */
  // deno-lint-ignore no-explicit-any -- each test knows what it reads
  readonly read: (path: string, body?: object) => Promise<any>
}

/** The model that is served by the provider of a dialect at a place. */
export const modelAt = (place: Place, dialect: DialectName): string =>
  place === "fake" ? models[dialect] : `${place}-${dialect}`

/** The model that stands in for those of a dialect: it speaks another one. */
export const spareFor = (dialect: DialectName): string => `spare-${dialect}`

const spareDialects: Record<DialectName, DialectName> = {
  openai: "anthropic",
  anthropic: "gemini",
  gemini: "bedrock",
  bedrock: "cohere",
  cohere: "openai"
}

/** The dialect that the model speaks which stands in for those of a dialect. */
export const spareDialect = (dialect: DialectName): DialectName => spareDialects[dialect]

/** Opens a house; it closes with the scope. */
export const open = Effect.fnUntraced(function* (options: HouseOptions = {}) {
  const { at = "fake", hasty = false, attempts, spare: standIn, config = {}, env } = options
  // It takes a moment until nothing is left of a fake: all of them go at once.
  const yard = yield* Scope.fork(yield* Effect.scope, "parallel")
  const fake = (own?: Fake.FakeProviderOptions) => Scope.provide(Fake.start(own), yard)
  const fakes = {
    openai: yield* fake(),
    anthropic: yield* fake(),
    gemini: yield* fake(),
    bedrock: yield* fake(),
    cohere: yield* fake()
  }
  const elsewhere = yield* fake()
  const spare = yield* fake()
  const far = yield* fake(there[at])
  // What an address is made of says nothing of what went wrong.
  const refused = at === "refused"
    ? `${yield* Scope.provide(Fake.refusedUrl, yard)}/ssl/timeout`
    : ""
  const addressOf = (dialect: DialectName): string => {
    switch (at) {
      case "fake":
      case "own":
        return fakes[dialect].url
      case "refused":
        return refused
      case "unknownHost":
        return Fake.unknownHostUrl
      case "plain":
      case "deaf":
        return far.url.replace("http:", "https:")
      default:
        return far.url
    }
  }
  const policy = (dialect: DialectName) =>
    standIn ? { fallback_models: [spareFor(dialect)], ...standIn.policy } : {}
  const each = (entry: (dialect: DialectName) => Record<string, object>): object =>
    Object.assign({}, ...dialects.map(entry))
  const clock = movableClock()
  const gateway = yield* start({
    env: {
      OPENAI_API_KEY: keys.openai,
      OPENAI_BASE_URL: `${fakes.openai.url}/v1`,
      ANTHROPIC_API_KEY: keys.anthropic,
      ANTHROPIC_BASE_URL: fakes.anthropic.url,
      GEMINI_API_KEY: keys.gemini,
      GEMINI_BASE_URL: fakes.gemini.url,
      // Signing it is tested with the provider.
      AWS_BEARER_TOKEN_BEDROCK: keys.bedrock,
      AWS_REGION: "eu-central-1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: fakes.bedrock.url,
      COHERE_API_KEY: keys.cohere,
      CO_API_URL: fakes.cohere.url,
      ...env
    },
    config: {
      ...(attempts === undefined ? {} : { retries: { attempts } }),
      timeouts: hasty ? short : { total_seconds: 20 },
      providers: {
        openai: unchecked,
        anthropic: unchecked,
        google: unchecked,
        bedrock: unchecked,
        cohere: unchecked,
        ...(at === "fake" ? {} : each((dialect) => ({
          [modelAt(at, dialect)]: {
            dialect,
            base_url: addressOf(dialect),
            api_key: keys.own,
            ...unchecked
          }
        }))),
        ...each((dialect) => ({
          [spareFor(dialect)]: {
            dialect: spareDialect(dialect),
            base_url: spare.url,
            api_key: keys.spare,
            ...unchecked
          }
        })),
        ...config.providers
      },
      models: {
        ...each((dialect) => ({ [models[dialect]]: policy(dialect) })),
        ...(at === "fake" ? {} : each((dialect) => ({
          [modelAt(at, dialect)]: {
            provider: modelAt(at, dialect),
            upstream_model: models[dialect],
            context_window: 100_000,
            ...policy(dialect)
          }
        }))),
        ...each((dialect) => ({
          [spareFor(dialect)]: {
            provider: spareFor(dialect),
            upstream_model: "spare",
            context_window: standIn?.window ?? 1000
          }
        })),
        ...config.models
      },
      ...(config.limits ? { limits: config.limits } : {}),
      ...(config.load_balancing ? { load_balancing: config.load_balancing } : {})
    }
  }).pipe(Effect.provideService(Clock.Clock, clock.clock))
  const all = [...Object.values(fakes), elsewhere, spare, far]
  const house: House = {
    url: gateway.url,
    api: gateway.api,
    fakes,
    spare,
    elsewhere,
    all,
    clock,
    ask: async (model, streamed, headers = {}, signal = AbortSignal.timeout(15_000)) => {
      const response = await fetch(`${gateway.api}/generate${streamed ? "/stream" : ""}`, {
        method: "POST",
        headers: { ...authorized, "content-type": "application/json", ...headers },
        body: JSON.stringify(hello(model)),
        signal
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
    read: async (path, body) => {
      const posting = body && {
        method: "POST",
        headers: { ...authorized, "content-type": "application/json" },
        body: JSON.stringify(body)
      }
      const response = await fetch(gateway.api + path, posting ?? { headers: authorized })
      return await response.json()
    }
  }
  return house
})

/** What a place is like. */
const there: { readonly [P in Place]?: Fake.FakeProviderOptions } = {
  untrusted: { tls: true },
  // It waits for the end of a head, which TLS never sends.
  deaf: {},
  ssh: { greeting: "SSH-2.0-OpenSSH_9.6p1 Debian-4\r\n" },
  plain: { greeting: "HTTP/1.1 400 Bad Request\r\n\r\n" }
}

const short = {
  connect_seconds: 0.5,
  stream_head_seconds: 0.7,
  whole_head_seconds: 0.7,
  first_token_seconds: 0.7,
  idle_seconds: 0.7,
  keep_alive_seconds: 0.1
}

/** Asked for nothing but answers. */
const unchecked = { health_check: "none", discover: false }

const authorized = { "x-api-key": apiKey }
