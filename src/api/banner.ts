/**
 * What a person is told when the gateway starts.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import type { FirstKey } from "../auth/firstKey.ts"

/** What there is to tell. */
export interface Started {
  readonly url: string
  readonly file: string | undefined
  readonly providers: ReadonlyArray<StartedProvider>
  readonly simulated: boolean
}

/** A provider that was set up. */
export interface StartedProvider {
  readonly name: string
  /** Absent where it answers within this process. */
  readonly address: string | undefined
  /** How many models it is known or configured to serve. */
  readonly models: number
  /** Whether it is asked which models it serves: they come on top. */
  readonly lists: boolean
}

/** The first API key, where one was made: shown this once. */
export const firstKeyNotice = (firstKey: FirstKey): string =>
  firstKey._tag === "Made"
    ? `The first API key, shown this once (only its hash is kept):\n\n  ${
      Redacted.value(firstKey.key)
    }\n\n`
    : ""

const told = ({ name, address, models, lists }: StartedProvider): string => {
  const known = models === 0 ? [] : [models === 1 ? "1 model" : `${models} models`]
  const all = lists ? [...known, "those that it lists"] : known
  return `${name}${address === undefined ? "" : ` at ${address}`}: ${
    all.join(", and ") || "no models, as none is configured"
  }`
}

/** Where the gateway is, and how to ask it something. */
export const banner = ({ url, file, providers, simulated }: Started): string => {
  const lines = [
    `Penstock listens on ${url}`,
    `  configuration  ${file ?? "the environment alone (no penstock.yaml)"}`,
    `  providers      ${providers.map(told).join(`\n${" ".repeat(17)}`) || "none"}`,
    `  documentation  ${url}/docs`
  ]
  if (simulated) {
    lines.push(
      "",
      "Ask something, with your API key in place of KEY:",
      "",
      `  curl ${url}/api/v1/llm/generate -H 'x-api-key: KEY' \\`,
      `    -H 'content-type: application/json' \\`,
      `    -d '{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}'`,
      "",
      "The simulator is no model. For models set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY."
    )
  }
  return `${lines.join("\n")}\n`
}
