/**
 * The laws that the events of a stream keep, as Anthropic's clients rely on them.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- events are looked at as clients do
type Event = any

/** The events of a stream, each of which must be well formed. */
export const eventsIn = (sse: string): ReadonlyArray<Event> => {
  if (!sse.endsWith("\n\n")) throw new Error(`Cut: ${sse.slice(-80)}`)
  return sse.slice(0, -2).split("\n\n").map((text) => {
    const found = /^event: (\w+)\ndata: (\{.*\})$/.exec(text)
    if (!found) throw new Error(`No event: ${text.slice(0, 200)}`)
    const event = JSON.parse(found[2]!)
    if (event.type !== found[1]) throw new Error(`${found[1]} is not ${event.type}`)
    return event
  })
}

/** Which deltas a block of each type may have. */
const deltas: Record<string, ReadonlyArray<string>> = {
  text: ["text_delta", "citations_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  redacted_thinking: [],
  tool_use: ["input_json_delta"]
}

/** What is wrong with `events`; nothing where all is well. */
export const faultsIn = (events: ReadonlyArray<Event>): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const must = (holds: boolean, what: string) => {
    if (!holds) faults.push(what)
  }
  const names = events.map(({ type }) => type).filter((type) => type !== "ping")
  const count = (name: string) => names.filter((one) => one === name).length
  must(events[0]?.type === "message_start", "message_start is first")
  must(count("message_start") === 1, "message_start once")
  const isBroken = names.at(-1) === "error"
  must(count("error") === (isBroken ? 1 : 0), "error is last")
  must(count("message_stop") === (isBroken ? 0 : 1), "message_stop once, but not after an error")
  must(isBroken || names.at(-1) === "message_stop", "message_stop is last")
  must(isBroken || count("message_delta") === 1, "message_delta once")
  must(isBroken || names.at(-2) === "message_delta", "message_delta before message_stop")
  let next = 0
  let open: { index: number; type: string; input: string; signed: boolean } | undefined
  let usesTools = false
  for (const event of events) {
    switch (event.type) {
      case "message_start": {
        const { message } = event
        must(message.content.length === 0 && message.stop_reason === null, "begins empty")
        must(typeof message.id === "string" && typeof message.model === "string", "id and model")
        must(Number.isInteger(message.usage.input_tokens), "usage at the start")
        break
      }
      case "content_block_start": {
        const { content_block: block, index } = event
        must(open === undefined, `block ${index} begins while ${open?.index} is open`)
        must(index === next++, `block ${index} is not the next`)
        if (block.type === "tool_use") {
          usesTools = true
          must(Object.keys(block.input).length === 0, "input begins empty")
          must(typeof block.id === "string" && typeof block.name === "string", "a call has a name")
        }
        if (block.type === "thinking") must(block.signature === "", "signature begins empty")
        open = { index, type: block.type, input: "", signed: false }
        break
      }
      case "content_block_delta": {
        const { delta, index } = event
        must(open?.index === index, `a delta of block ${index} while ${open?.index} is open`)
        if (!open) break
        must(deltas[open.type]?.includes(delta.type) ?? true, `${delta.type} in ${open.type}`)
        must(!open.signed, "nothing comes behind a signature")
        if (delta.type === "signature_delta") open.signed = true
        if (delta.type === "input_json_delta") open.input += delta.partial_json
        break
      }
      case "content_block_stop": {
        must(open?.index === event.index, `stop of ${event.index} while ${open?.index} is open`)
        if (open?.type === "tool_use" && open.input !== "") {
          const input = parse(open.input)
          must(typeof input === "object" && input !== null, `input is ${open.input.slice(0, 50)}`)
        }
        open = undefined
        break
      }
      case "message_delta": {
        must(open === undefined, "all blocks are closed at the end")
        const { delta, usage } = event
        must(typeof delta.stop_reason === "string", "a reason to stop")
        must(!usesTools || delta.stop_reason !== "end_turn", "tools are to be used")
        must(Number.isInteger(usage.output_tokens), "usage at the end")
        must(Number.isInteger(usage.input_tokens), "all of the usage at the end")
      }
    }
  }
  return faults
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
