import { assert, assertEquals } from "@std/assert"
import { fold } from "../../../src/domain/Answer.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { cohere } from "../../../src/protocol/cohere/mod.ts"
import { replay, split, utf8, wireFolder } from "../../kit/replay.ts"

const folder = new URL("cohere/", wireFolder)

const names = (() => {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted()
  } catch {
    console.log(`Skipped: no recorded payloads in ${folder.pathname}`)
    return []
  }
})()

// deno-lint-ignore no-explicit-any -- a payload is read by hand here, apart from our reader
type Payload = any

const load = (name: string) => Deno.readTextFileSync(new URL(name, folder)).trim()

const essenceOf = (deltas: Parameters<typeof fold>[0]) => {
  const answer = fold(deltas)!
  const [choice] = answer.choices
  return {
    text: choice!.text,
    thought: choice!.reasoning.map((block) => block.type === "text" ? block.text : "").join(""),
    calls: choice!.toolCalls.map(({ id, name, arguments: text }) => [id, name, JSON.parse(text)]),
    reason: choice!.finishReason,
    tokens: [
      answer.usage!.promptTokens,
      answer.usage!.completionTokens,
      answer.usage!.cachedTokens,
      answer.usage!.billed
    ]
  }
}

const reasons: Record<string, string> = { COMPLETE: "stop", TOOL_CALL: "tool_calls" }

const ending = ({ finish_reason, usage }: Payload) => ({
  reason: reasons[finish_reason],
  tokens: [
    usage.tokens.input_tokens,
    usage.tokens.output_tokens,
    usage.cached_tokens,
    {
      promptTokens: usage.billed_units.input_tokens,
      completionTokens: usage.billed_units.output_tokens
    }
  ]
})

for (const name of names.filter((name) => !name.includes(".stream."))) {
  Deno.test(`a recorded answer is read as it was meant: ${name}`, () => {
    const body: Payload = JSON.parse(load(name))
    const deltas = cohere.decode(body)
    if (deltas instanceof UpstreamFault) throw deltas
    assertEquals(essenceOf(deltas), {
      text: (body.message.content ?? []).map(({ text }: Payload) => text).join(""),
      thought: body.message.tool_plan ?? "",
      calls: (body.message.tool_calls ?? []).map((call: Payload) => [
        call.id,
        call.function.name,
        JSON.parse(call.function.arguments)
      ]),
      ...ending(body)
    })
  })
}

for (const name of names.filter((name) => name.includes(".stream."))) {
  Deno.test(`a recorded stream is read as it was meant: ${name}`, () => {
    const lines = load(name).split("\n")
    const events: ReadonlyArray<Payload> = lines.map((line) => JSON.parse(line))
    const said = (key: string) =>
      events.map(({ delta }) => delta?.message?.content?.[key] ?? "").join("")
    const expected = {
      text: said("text"),
      thought: events.map(({ delta, type }) =>
        type === "tool-plan-delta" ? delta.message.tool_plan : ""
      ).join(""),
      calls: events.filter(({ type }) => type === "tool-call-start").map(({ delta, index }) => {
        const call = delta.message.tool_calls
        const written = events
          .filter((event) => event.type === "tool-call-delta" && event.index === index)
          .map((event) => event.delta.message.tool_calls.function.arguments).join("")
        return [call.id, call.function.name, JSON.parse(written || "{}")]
      }),
      ...ending(events.at(-1).delta)
    }
    const bytes = utf8(
      lines.map((line, at) => `event: ${events[at].type}\ndata: ${line}\n\n`).join("")
    )
    for (const pieces of [[bytes], split(bytes, 1), split(bytes, 7)]) {
      const { deltas, fault } = replay(cohere, pieces)
      assertEquals(fault, undefined)
      assertEquals(essenceOf(deltas), expected)
    }
    // Without its end it is not whole.
    const cut = replay(cohere, [bytes.subarray(0, bytes.lastIndexOf(10, -200))])
    assertEquals(cut.fault?.class, "stream_cut")
  })
}

Deno.test("there are recorded answers, whole and streamed", { ignore: names.length === 0 }, () => {
  assert(names.length >= 4)
})
