/**
 * A gateway to which everything happens that its metrics tell of.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { scrapeToken } from "../../otel/environment.ts"
import * as Fake from "../kit/FakeProvider.ts"
import { apiKey, hello, start } from "../kit/gateway.ts"

const secret = "a secret of 32 bytes or even more"
const usage = { prompt: 120, completion: 30, cached: 80, cacheWrite: 10, reasoning: 12 }
const pieces = "One word after the other, as models write".split(/(?= )/)

/** What becomes of a call, by the provider's own name for the model. */
const behave = (): Fake.Choose => {
  let shaky = 0
  return ({ model, body: { messages } }) => {
    switch (model) {
      case "slow":
        return Fake.answer({ pieces, usage, pace: 60 })
      case "shaky":
        return ++shaky % 3 === 0 ? Fake.answer({ pieces, usage, pace: 10 }) : Fake.fail("server")
      case "brittle":
        return Fake.answer({ pieces, pace: 5, breaks: { after: 3, by: "cut" } })
      case "torn": {
        // Whoever asks with more than a question asks to go on.
        const isContinued = Array.isArray(messages) && messages.length > 1
        return isContinued
          ? Fake.answer({ pieces: pieces.slice(3), usage, pace: 20 })
          : Fake.answer({ pieces, pace: 20, breaks: { after: 3, by: "cut" } })
      }
      case "broken":
        return Fake.fail("server")
      default:
        return Fake.answer({ pieces, usage, pace: 20 })
    }
  }
}

const price = {
  input_per_1m_tokens: 3,
  output_per_1m_tokens: 15,
  cached_input_per_1m_tokens: 0.3
}

/**
 * Opens a gateway with three providers; it closes with the scope. `round` has one request of every
 * kind, and ends when all have.
 */
export const open = Effect.gen(function* () {
  const [river, brook, pond] = [yield* Fake.start(), yield* Fake.start(), yield* Fake.start()]
  for (const fake of [river, brook, pond]) fake.respond(behave())
  const provider = { api_key: "sk-test", discover: false, health_check: "none" }
  const { url, api } = yield* start({
    env: {
      PENSTOCK_JWT_SECRET: secret,
      // Nobody listens there: what is sent is dropped, and counted.
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
      OTEL_BSP_SCHEDULE_DELAY: "200"
    },
    config: {
      simulator: { enabled: false },
      providers: {
        river: { ...provider, dialect: "openai", base_url: `${river.url}/v1`, concurrency: 24 },
        brook: { ...provider, dialect: "anthropic", base_url: brook.url },
        pond: { ...provider, dialect: "gemini", base_url: pond.url }
      },
      models: {
        steady: { provider: "river", price },
        slow: { provider: "river", price },
        unpriced: { provider: "river" },
        narrow: { provider: "river", price, rate_limit: { requests_per_minute: 1 } },
        shaky: { provider: "brook", price, fallback_models: ["steady"] },
        // The streams of both break off; those of the one are taken up again.
        mended: {
          provider: "brook",
          upstream_model: "torn",
          price,
          fallback_models: ["steady"]
        },
        brittle: { provider: "brook", price },
        broken: { provider: "pond", price }
      }
    }
  })

  const ask = (model: string, streamed: boolean, signal: AbortSignal | null = null) =>
    Effect.promise(() =>
      fetch(`${api}/generate${streamed ? "/stream" : ""}`, {
        method: "POST",
        signal,
        headers: { "x-api-key": apiKey, "content-type": "application/json" },
        body: JSON.stringify(hello(model))
      }).then((response) => response.text()).catch(() => "")
    )
  const look = (path: string, headers: Record<string, string> = {}) =>
    Effect.promise(() => fetch(`${url}${path}`, { headers }).then((answer) => answer.text()))
  const leave = Effect.suspend(() => ask("slow", true, AbortSignal.timeout(250)))

  const round = Effect.all([
    ask("steady", false),
    ask("steady", true),
    ask("slow", true),
    ask("unpriced", true),
    ask("narrow", false),
    ask("shaky", true),
    ask("shaky", false),
    ask("mended", true),
    ask("brittle", true),
    ask("broken", false),
    leave,
    look("/health"),
    look("/nowhere"),
    look("/api/v1/llm/models"),
    look("/api/v1/llm/models", { "x-api-key": apiKey })
  ], { concurrency: "unbounded", discard: true })

  return {
    /** Where it listens: host and port. */
    host: new URL(url).host,
    /** What lets Prometheus in, and to nothing but the metrics. */
    token: yield* Effect.promise(() => scrapeToken(secret)),
    ask,
    round
  }
})
