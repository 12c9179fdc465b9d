/**
 * The arguments of a tool call, as JSON text.
 *
 * @module
 */
import { string } from "../json.ts"

/**
 * `value` as JSON text: it mostly is that, but some servers send the JSON itself. Empty where there
 * is none, absent where it is nested too deep to be written.
 */
export const toolArguments = (value: unknown): string | undefined => {
  if (typeof value !== "object" || value === null) return string(value) ?? ""
  // deno-lint-ignore penstock/banned -- JSON.stringify overflows the stack on what JSON.parse could read
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
