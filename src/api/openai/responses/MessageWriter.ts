/**
 * A message, as it is streamed.
 *
 * @module
 */
import type { Json } from "../../../domain/Completion.ts"
import { toMessage, toRefusal, toText } from "./output.ts"
import type { ItemStatus, OutputRefusal, OutputText } from "./ResponseObject.ts"
import { framing, type ItemWriter, type Wire } from "./Wire.ts"

/** Writes one message. */
export interface MessageWriter extends ItemWriter {
  /** More text; `logprobs` are those of its tokens. */
  readonly say: (text: string, logprobs: ReadonlyArray<Json>) => string
  /** More of a refusal. */
  readonly refuse: (text: string) => string
}

/** Begins a message at `output_index`. */
export const make = (
  wire: Wire,
  item_id: string,
  output_index: number
): readonly [MessageWriter, string] => {
  const { added, done } = framing(wire, output_index)
  const parts: Array<OutputText | OutputRefusal> = []
  let open: OutputText["type"] | OutputRefusal["type"] | undefined
  /** Of the part that is open. */
  let text = ""
  let logprobs: Array<Json> = []
  let members = ""
  let status: ItemStatus | undefined

  const place = () => ({ item_id, output_index, content_index: parts.length })
  const part = () => open === "refusal" ? toRefusal(text) : toText(text, logprobs)
  const content = () => open === undefined ? parts : [...parts, part()]

  const endPart = (): string => {
    if (open === undefined) return ""
    const where = place()
    const whole = part()
    const written = open === "refusal"
      ? wire.event("response.refusal.done", { ...where, refusal: text })
      : wire.event("response.output_text.done", { ...where, text, logprobs })
    open = undefined
    parts.push(whole)
    return written + wire.event("response.content_part.done", { ...where, part: whole })
  }
  const beginPart = (type: NonNullable<typeof open>): string => {
    const before = endPart()
    open = type
    text = ""
    logprobs = []
    members = JSON.stringify(place()).slice(1, -1)
    return before + wire.event("response.content_part.added", { ...place(), part: part() })
  }

  const writer: MessageWriter = {
    item: () => toMessage(item_id, content(), status ?? "incomplete"),
    say: (more, tokens) => {
      const before = open === "output_text" ? "" : beginPart("output_text")
      text += more
      for (const token of tokens) logprobs.push(token)
      const likely = tokens.length === 0 ? "[]" : JSON.stringify(tokens)
      return before + wire.raw(
        "response.output_text.delta",
        `${members},"delta":${JSON.stringify(more)},"logprobs":${likely}`
      )
    },
    refuse: (more) => {
      const before = open === "refusal" ? "" : beginPart("refusal")
      text += more
      return before +
        wire.raw("response.refusal.delta", `${members},"delta":${JSON.stringify(more)}`)
    },
    close: (isCut) => {
      if (status !== undefined) return ""
      const before = endPart()
      status = isCut ? "incomplete" : "completed"
      return before + done(writer.item())
    }
  }
  return [writer, added(toMessage(item_id, [], "in_progress"))]
}
