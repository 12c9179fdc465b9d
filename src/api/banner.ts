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
  readonly firstKey: FirstKey
  readonly file: string | undefined
  /** The names of the providers that can be called. */
  readonly providers: ReadonlyArray<string>
  readonly simulated: boolean
}

/** Where the gateway is, and how to ask it something. A key that was made is shown this once. */
export const banner = ({ url, firstKey, file, providers, simulated }: Started): string => {
  const made = firstKey._tag === "Made"
  const key = made ? Redacted.value(firstKey.key) : "$PENSTOCK_API_KEY"
  const lines = [
    `Penstock listens on ${url}`,
    `  configuration  ${file ?? "the environment alone (no penstock.yaml)"}`,
    `  providers      ${providers.join(", ") || "none"}`,
    `  documentation  ${url}/docs`
  ]
  if (made) {
    lines.push("", "The first API key, shown this once (only its hash is kept):", "", `  ${key}`)
  }
  if (made || simulated) {
    lines.push(
      "",
      "Ask something:",
      "",
      `  curl ${url}/api/v1/llm/generate -H 'content-type: application/json' \\`,
      `    -H "x-api-key: ${key}" \\`,
      `    -d '{"model":"${
        simulated ? "simulator" : "auto"
      }","messages":[{"role":"user","content":"Hello"}]}'`
    )
  }
  if (simulated) {
    lines.push(
      "",
      "No provider has a key: the simulator answers. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY for models."
    )
  }
  return `${lines.join("\n")}\n`
}
