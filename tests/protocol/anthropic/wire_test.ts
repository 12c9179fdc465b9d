import { assert, assertEquals } from "@std/assert"
import { type Answer, fold } from "../../../src/domain/Answer.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { replay, split, utf8, wireFolder } from "../../kit/replay.ts"

const folder = new URL("anthropic/", wireFolder)

const names = (() => {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted()
  } catch {
    console.log(`Skipped: no recorded payloads in ${folder.pathname}`)
    return []
  }
})()

const load = (name: string): string => Deno.readTextFileSync(new URL(name, folder))

/** What must be read, in a form that both sides can be put into. */
interface Essence {
  readonly text: string
  readonly thoughts: ReadonlyArray<
    { readonly text: string; readonly signature: string | undefined }
  >
  readonly calls: ReadonlyArray<
    { readonly id: string; readonly name: string; readonly input: unknown }
  >
  readonly reason: string
  readonly tokens: ReadonlyArray<number>
}

const essence = (answer: Answer | undefined): Essence => {
  const choice = answer!.choices[0]!
  const usage = answer!.usage!
  assertEquals(answer!.choices.length, 1)
  assertEquals(usage.source, "reported")
  return {
    text: choice.text,
    thoughts: choice.reasoning.flatMap((thought) =>
      thought.type === "text" ? [{ text: thought.text, signature: thought.signature?.value }] : []
    ),
    calls: choice.toolCalls.map((call) => ({
      id: call.id,
      name: call.name,
      input: JSON.parse(call.arguments)
    })),
    reason: choice.finishReason,
    tokens: [usage.promptTokens, usage.completionTokens, usage.cachedTokens, usage.cacheWriteTokens]
  }
}

const reasons: Record<string, string> = {
  end_turn: "stop",
  tool_use: "tool_calls",
  refusal: "content_filter",
  max_tokens: "length"
}

// deno-lint-ignore no-explicit-any -- a payload is read by hand here, apart from our reader
type Payload = any

/** Read from a whole message, by hand. */
const ofMessage = ({ content, stop_reason, usage }: Payload): Essence => ({
  text: content.map((block: Payload) => block.text ?? "").join(""),
  thoughts: content.filter((block: Payload) => block.type === "thinking")
    .map((block: Payload) => ({ text: block.thinking, signature: block.signature })),
  calls: content.filter((block: Payload) => block.type === "tool_use")
    .map(({ id, name, input }: Payload) => ({ id, name, input })),
  reason: reasons[stop_reason]!,
  tokens: [
    usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
    usage.output_tokens,
    usage.cache_read_input_tokens,
    usage.cache_creation_input_tokens
  ]
})

/** Put together from events, by hand. */
const ofEvents = (events: ReadonlyArray<Payload>): Essence => {
  const deltas = (index: number, key: string) =>
    events.filter((event) => event.type === "content_block_delta" && event.index === index)
      .map((event) => event.delta[key] ?? "").join("")
  const last = events.findLast((event) => event.type === "message_delta")
  return ofMessage({
    content: events.filter((event) => event.type === "content_block_start")
      .map(({ index, content_block: block }) => ({
        ...block,
        text: block.type === "text" ? deltas(index, "text") : undefined,
        thinking: deltas(index, "thinking"),
        signature: deltas(index, "signature"),
        input: JSON.parse(deltas(index, "partial_json") || "{}")
      })),
    stop_reason: last.delta.stop_reason,
    usage: last.usage
  })
}

const testEach = (suffix: string, check: (name: string) => void) => {
  const found = names.filter((name) => name.endsWith(suffix))
  for (const name of found) {
    Deno.test(`a recorded answer is read as it was meant: ${name}`, () => check(name))
  }
  Deno.test(`there are recorded answers: *${suffix}`, { ignore: names.length === 0 }, () => {
    assert(found.length >= 4)
  })
}

testEach(".stream.jsonl", (name) => {
  const lines = load(name).trim().split("\n")
  const events = lines.map((line) => JSON.parse(line))
  const framed = lines.map((line, at) => `event: ${events[at].type}\ndata: ${line}\n\n`).join("")
  const bytes = utf8(framed)
  for (const pieces of [[bytes], split(bytes, 3), split(bytes, 1)]) {
    const { deltas, fault } = replay(anthropic, pieces)
    assertEquals(fault, undefined)
    assertEquals(essence(fold(deltas)), ofEvents(events))
    assertEquals(deltas.filter(({ _tag }) => _tag === "Finish").length, 1)
  }
})

testEach(".json", (name) => {
  const body = JSON.parse(load(name))
  const deltas = anthropic.decode(body)
  if (deltas instanceof UpstreamFault) throw deltas
  assertEquals(essence(fold(deltas)), ofMessage(body))
})

Deno.test("a recorded stream that is cut anywhere before its stop reason is not whole", {
  ignore: names.length === 0
}, () => {
  const lines = load("thinking.stream.jsonl").trim().split("\n")
  const end = lines.findIndex((line) => line.includes('"message_delta"'))
  for (let length = 0; length < lines.length; length++) {
    const framed = lines.slice(0, length).map((line) => `data: ${line}\n\n`).join("")
    const { fault } = replay(anthropic, [utf8(framed)])
    assertEquals(fault?.class, length <= end ? "stream_cut" : undefined, `${length} events`)
  }
})
