/**
 * A gateway whose three great providers are all one fake, and what the tests here ask it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { apiKey, type Setup, start } from "../kit/gateway.ts"

/** One model of each dialect. */
export const modelOf = { openai: "gpt-4", anthropic: "claude-3", gemini: "gemini-pro" } as const

/** Variables by which OpenAI, Anthropic and Google are all at `url`. */
export const variablesFor = (url: string) => ({
  OPENAI_API_KEY: "sk-upstream-openai",
  OPENAI_BASE_URL: `${url}/v1`,
  ANTHROPIC_API_KEY: "sk-upstream-anthropic",
  ANTHROPIC_BASE_URL: url,
  GEMINI_API_KEY: "sk-upstream-gemini",
  GEMINI_BASE_URL: url,
  PENSTOCK_SIMULATOR: "on"
})

/** A gateway in front of a fake provider. */
export const startBoth = Effect.fnUntraced(function* (
  respond: FakeProvider.FakeProviderOptions["respond"] = FakeProvider.answer(),
  setup: Setup = {}
) {
  const provider = yield* FakeProvider.start({ respond })
  const gateway = yield* start({ ...setup, env: { ...variablesFor(provider.url), ...setup.env } })
  return { provider, ...gateway }
})

/** Asks with the admin key, and reads the answer as text. */
export const ask = (url: string, init: RequestInit = {}) =>
  Effect.promise(async () => {
    const response = await fetch(url, {
      ...init,
      headers: { "x-api-key": apiKey, ...Object.fromEntries(new Headers(init.headers)) }
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text }
  })

/** Asks with the admin key, and reads the answer as JSON. */
export const askJson = (url: string, init: RequestInit = {}) =>
  Effect.map(ask(url, init), (answer) => ({ ...answer, body: JSON.parse(answer.text) }))

/** Posts JSON, or text as it stands. */
export const postJson = (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {}
) => askJson(url, posting(body, headers))

/** Posts JSON and reads the events of the answer. */
export const postForEvents = (url: string, body: unknown) =>
  Effect.map(ask(url, posting(body)), (answer) => ({ ...answer, ...eventsOf(answer.text) }))

const posting = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body)
})

/** The events of a stream; `done` where it ends in `[DONE]`. */
export const eventsOf = (text: string) => {
  const data = text.split("\n\n").filter((event) => event.startsWith("data: ")).map((event) =>
    event.slice("data: ".length)
  )
  const done = data.at(-1) === "[DONE]"
  return { done, events: (done ? data.slice(0, -1) : data).map((event) => JSON.parse(event)) }
}
