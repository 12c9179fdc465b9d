/**
 * Where something stands in a request, in the words of Anthropic's clients.
 *
 * @module
 */
import type { Path } from "../Fields.ts"

/** What our own API calls otherwise than Anthropic's. */
const names: ReadonlyMap<string | number, string> = new Map([
  ["stop", "stop_sequences"],
  ["parallel_tool_calls", "tool_choice.disable_parallel_tool_use"],
  ["reasoning_effort", "thinking"],
  ["response_format", "output_config.format"],
  ["user", "metadata.user_id"]
])

/**
 * A path as Anthropic writes it, such as `messages.0.content`: what is below `parameters` in our own
 * API stands on top there.
 */
export const clientsPath = (path: Path): string => {
  const [first, second, ...rest] = path
  return first === "parameters" && second !== undefined
    ? [names.get(second) ?? second, ...rest].join(".")
    : path.join(".")
}
