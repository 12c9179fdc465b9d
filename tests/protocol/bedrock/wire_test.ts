import { assert, assertEquals } from "@std/assert"
import { type Answer, fold } from "../../../src/domain/Answer.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { bedrock } from "../../../src/protocol/bedrock/mod.ts"
import { event } from "../../kit/fake/eventstream.ts"
import { replay, split, wireFolder } from "../../kit/replay.ts"

const folder = new URL("bedrock/", wireFolder)

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
const essence = (answer: Answer | undefined) => {
  const choice = answer!.choices[0]!
  const usage = answer!.usage!
  assertEquals([answer!.choices.length, usage.source], [1, "reported"])
  return {
    text: choice.text,
    thoughts: choice.reasoning.flatMap((thought) =>
      thought.type === "text" ? [{ text: thought.text, signature: thought.signature?.value }] : []
    ),
    calls: choice.toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      name,
      input: JSON.parse(text)
    })),
    reason: choice.finishReason,
    tokens: [usage.promptTokens, usage.completionTokens]
  }
}

const reasons: Record<string, string> = { end_turn: "stop", tool_use: "tool_calls" }

// deno-lint-ignore no-explicit-any -- a payload is read by hand here, apart from our reader
type Payload = any

/** Read from a whole answer, by hand. */
const ofAnswer = ({ output, stopReason, usage }: Payload) => {
  const content: ReadonlyArray<Payload> = output.message.content
  return {
    text: content.map((block) => block.text ?? "").join(""),
    thoughts: content.flatMap((block) => block.reasoningContent?.reasoningText ?? [])
      .map(({ text, signature }) => ({ text, signature })),
    calls: content.flatMap((block) => block.toolUse ?? [])
      .map(({ toolUseId, name, input }) => ({ id: toolUseId, name, input })),
    reason: reasons[stopReason],
    tokens: [usage.inputTokens, usage.outputTokens]
  }
}

/** Put together from events, by hand. */
const ofEvents = (events: ReadonlyArray<Payload>) => {
  const starts = events.flatMap((event) => event.contentBlockStart ?? [])
  const deltas = events.flatMap((event) => event.contentBlockDelta ?? [])
  const indexes = [
    ...new Set([...starts, ...deltas].map(({ contentBlockIndex }) => contentBlockIndex))
  ]
  const content = indexes.map((index) => {
    const its = deltas.filter((one) => one.contentBlockIndex === index).map(({ delta }) => delta)
    const joined = (pick: (delta: Payload) => string | undefined) =>
      its.map((delta) => pick(delta) ?? "").join("")
    const call = starts.find((one) => one.contentBlockIndex === index)?.start.toolUse
    if (call) return { toolUse: { ...call, input: JSON.parse(joined((one) => one.toolUse.input)) } }
    if (its.some((one) => one.reasoningContent)) {
      const text = joined((one) => one.reasoningContent.text)
      const signature = joined((one) => one.reasoningContent.signature)
      return { reasoningContent: { reasoningText: { text, signature } } }
    }
    return { text: joined((one) => one.text) }
  })
  const only = (name: string) => events.find((event) => event[name])[name]
  return ofAnswer({
    output: { message: { content } },
    stopReason: only("messageStop").stopReason,
    usage: only("metadata").usage
  })
}

const testEach = (suffix: string, check: (name: string) => void) => {
  const found = names.filter((name) => name.endsWith(suffix))
  for (const name of found) {
    Deno.test(`a recorded answer is read as it was meant: ${name}`, () => check(name))
  }
  Deno.test(`there are recorded answers: *${suffix}`, { ignore: names.length === 0 }, () => {
    assert(found.length >= 3)
  })
}

/** The events of a recording, each in a binary message of its own. */
const framed = (events: ReadonlyArray<Payload>): Uint8Array =>
  new Uint8Array(
    events.flatMap((payload) => {
      const [[type, body] = ["", {}]] = Object.entries(payload)
      return [...event(type, body)]
    })
  )

testEach(".stream.jsonl", (name) => {
  const events = load(name).trim().split("\n").map((line) => JSON.parse(line))
  const bytes = framed(events)
  for (const pieces of [[bytes], split(bytes, 3), split(bytes, 1)]) {
    const { deltas, fault } = replay(bedrock, pieces)
    assertEquals(fault, undefined)
    assertEquals(essence(fold(deltas)), ofEvents(events))
    assertEquals(deltas.filter(({ _tag }) => _tag === "Finish").length, 1)
  }
})

testEach(".json", (name) => {
  const body = JSON.parse(load(name))
  const deltas = bedrock.decode(body)
  if (deltas instanceof UpstreamFault) throw deltas
  assertEquals(essence(fold(deltas)), ofAnswer(body))
})
