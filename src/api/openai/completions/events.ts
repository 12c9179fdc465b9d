/**
 * A streamed completion, as text.
 *
 * @module
 */
import { dataEvent, done, keepAliveComment } from "../../SseStream.ts"
import type { Events } from "../../Surface.ts"
import { toFailure } from "../errors.ts"
import { beginning, type Head } from "../Head.ts"
import { completionNames } from "../names.ts"
import { toUsage } from "../usage.ts"

/** The chunks of one stream. `includeUsage` says that the last of them tells what was used. */
export const eventsOf = (head: Head, requestId: string, includeUsage: boolean): Events => {
  let before = ""
  const after = includeUsage ? `,"usage":null}` : "}"
  const chunk = (choice: number, text: string, reason: string): string =>
    dataEvent(
      `${before}[{"text":${
        JSON.stringify(text)
      },"index":${choice},"logprobs":null,"finish_reason":${reason}}]${after}`
    )
  return {
    open: ({ model }) => {
      before = beginning(head, "text_completion", model)
      return ""
    },
    delta: (delta) =>
      delta._tag === "Text" || delta._tag === "Refusal"
        ? chunk(delta.choice, delta.text, "null")
        : "",
    keepAlive: keepAliveComment,
    finish: ({ finishes, usage }) => [
      ...finishes.map(({ choice, reason }) => chunk(choice, "", `"${reason}"`)),
      ...(includeUsage
        ? [dataEvent(`${before}[],"usage":${JSON.stringify(toUsage(usage))}}`)]
        : []),
      done
    ],
    fail: (error) => dataEvent(JSON.stringify(toFailure(error, requestId, completionNames).body))
  }
}
