/**
 * A streamed answer of a chat, as text.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../domain/Completion.ts"
import { type Delta, isContent } from "../../../domain/Delta.ts"
import { dataEvent, done, keepAliveComment } from "../../SseStream.ts"
import type { Events } from "../../Surface.ts"
import { toFailure } from "../errors.ts"
import { beginning, type Head } from "../Head.ts"
import * as Toolbox from "../Toolbox.ts"
import { toUsage } from "../usage.ts"
import * as CallChunks from "./CallChunks.ts"
import { toDetail } from "./reasoning.ts"
import { toLogprobs } from "./whole.ts"

/** What a choice has said so far. */
interface Said {
  /** The block of reasoning that is being written. */
  thought: string
  /** How likely the tokens were of the text that is to come. */
  logprobs: Array<Json>
}

/** What a chunk is written of, as it comes. */
type Shown = Exclude<Delta, { readonly _tag: "Usage" | "Finish" }>

const isShown = (delta: Delta): delta is Shown =>
  isContent(delta) && (delta._tag !== "Foreign" || delta.dialect === "openai")

/** The chunks of one stream. `includeUsage` says that the last of them tells what was used. */
export const eventsOf = (
  head: Head,
  requestId: string,
  includeUsage: boolean,
  toolbox = Toolbox.empty
): Events => {
  const choices = new Map<number, Said>()
  const calls = CallChunks.make(toolbox)
  /** How each chunk begins and ends. */
  let before = ""
  const after = includeUsage ? `,"usage":null}` : "}"

  const chunk = (choice: number, fields: string): string =>
    dataEvent(`${before}[{"index":${choice},${fields}}]${after}`)
  const say = (choice: number, delta: JsonObject): string =>
    chunk(choice, `"delta":${JSON.stringify(delta)},"finish_reason":null`)

  /** What a choice said, and the chunk by which it begins where this is the first of it. */
  const enter = (choice: number, content: "" | null): [said: Said, first: string] => {
    const known = choices.get(choice)
    if (known) return [known, ""]
    const said: Said = { thought: "", logprobs: [] }
    choices.set(choice, said)
    return [said, say(choice, { role: "assistant", content, refusal: null })]
  }

  /** The log probabilities that belong to what is said now. */
  const likely = (said: Said, isRefusal: boolean): string => {
    if (said.logprobs.length === 0) return ""
    const tokens = said.logprobs
    said.logprobs = []
    return `"logprobs":${JSON.stringify(toLogprobs(tokens, isRefusal))},`
  }

  const write = (delta: Shown): string => {
    const { choice } = delta
    const [said, first] = enter(choice, delta._tag === "Text" ? "" : null)
    switch (delta._tag) {
      // Nearly every delta is text: the chunk is put together around it.
      case "Text":
        return first + chunk(
          choice,
          `"delta":{"content":${JSON.stringify(delta.text)}},${
            likely(said, false)
          }"finish_reason":null`
        )
      case "Refusal":
        return first + chunk(
          choice,
          `"delta":{"refusal":${JSON.stringify(delta.text)}},${
            likely(said, true)
          }"finish_reason":null`
        )
      case "Logprobs":
        for (const token of delta.tokens) said.logprobs.push(token)
        return first
      case "Reasoning":
        said.thought += delta.text
        return first + say(choice, { reasoning_content: delta.text })
      case "ReasoningSignature": {
        // Told as a whole where it is signed, so that it can be sent back as it came.
        const { signature } = delta
        const detail = toDetail({ type: "text", text: said.thought, signature })
        said.thought = ""
        return first + say(choice, { reasoning_details: [detail] })
      }
      case "ReasoningRedacted":
        said.thought = ""
        return first + say(choice, {
          reasoning_details: [toDetail({ type: "redacted", data: delta.data })]
        })
      case "ToolCallStart":
        return first + say(choice, { tool_calls: [calls.start(delta)] })
      case "ToolCallArguments": {
        const more = calls.add(delta)
        return more ? first + say(choice, { tool_calls: [more] }) : first
      }
      case "Foreign":
        return first + say(choice, delta.part)
    }
  }

  return {
    open: ({ model }) => {
      before = beginning(head, "chat.completion.chunk", model)
      return ""
    },
    delta: (delta) => isShown(delta) ? write(delta) : "",
    keepAlive: keepAliveComment,
    finish: ({ finishes, usage }) => [
      ...finishes.map(({ choice, reason }) => {
        const [said, first] = enter(choice, "")
        const isCut = reason === "length" || reason === "content_filter"
        const rest = calls.end(choice, isCut).map((call) => say(choice, { tool_calls: [call] }))
        return first + rest.join("") +
          chunk(choice, `"delta":{},${likely(said, false)}"finish_reason":"${reason}"`)
      }),
      ...(includeUsage
        ? [dataEvent(`${before}[],"usage":${JSON.stringify(toUsage(usage))}}`)]
        : []),
      done
    ],
    fail: (error) => dataEvent(JSON.stringify(toFailure(error, requestId).body))
  }
}
