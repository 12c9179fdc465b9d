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
  /** The names of the providers that were set up. */
  readonly providers: ReadonlyArray<string>
  readonly simulated: boolean
}

/** The first API key, where one was made: shown this once. */
export const firstKeyNotice = (firstKey: FirstKey): string =>
  firstKey._tag === "Made"
    ? `The first API key, shown this once (only its hash is kept):\n\n  ${
      Redacted.value(firstKey.key)
    }\n\n`
    : ""

/** Where the gateway is, and how to ask it something. */
export const banner = ({ url, file, providers, simulated }: Started): string => {
  const lines = [
    `Penstock listens on ${url}`,
    `  configuration  ${file ?? "the environment alone (no penstock.yaml)"}`,
    `  providers      ${providers.join(", ") || "none"}`,
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
