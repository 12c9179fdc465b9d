/**
 * What Gemini really sent, read by us and, independently, straight from the JSON.
 *
 * @module
 */
import { assertEquals } from "@std/assert"
import { type Answer, fold } from "../../../src/domain/Answer.ts"
import { UpstreamFault } from "../../../src/domain/UpstreamFault.ts"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { replay, split, utf8, wireFolder } from "../../kit/replay.ts"

const folder = new URL("google/", wireFolder)
const files = ((): ReadonlyArray<string> => {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name)
  } catch {
    console.log(
      `Skipped, for there is no ${folder.pathname}: the replay of what Gemini really sent`
    )
    return []
  }
})()

/** Skipped where there are no recordings; that there are some to read is itself asserted. */
const wireTest = (name: string, suffix: string, read: (file: string, text: string) => void) =>
  Deno.test({
    name,
    ignore: files.length === 0,
    fn: () => {
      const chosen = files.filter((file) => file.endsWith(suffix) && !file.startsWith("error-"))
      assertEquals(chosen.length > 0, true)
      for (const file of chosen) read(file, Deno.readTextFileSync(new URL(file, folder)))
    }
  })

interface Part {
  readonly text?: string
  readonly thoughtSignature?: string
  readonly functionCall?: { readonly name: string; readonly args: unknown }
}

interface Chunk {
  readonly candidates: ReadonlyArray<{
    readonly content: { readonly parts: ReadonlyArray<Part> }
    readonly finishReason?: string
  }>
  readonly usageMetadata: Readonly<Record<string, number>>
}

/** What the chunks say, by the shortest way. */
const expected = (chunks: ReadonlyArray<Chunk>) => {
  const parts = chunks.flatMap(({ candidates }) => candidates[0]!.content.parts)
  const counts = chunks.at(-1)!.usageMetadata
  return {
    text: parts.map(({ text }) => text ?? "").join(""),
    calls: parts.flatMap(({ functionCall, thoughtSignature }) =>
      functionCall ? [[functionCall.name, functionCall.args, thoughtSignature]] : []
    ),
    thoughts: parts.flatMap(({ functionCall, thoughtSignature }) =>
      !functionCall && thoughtSignature ? [thoughtSignature] : []
    ),
    prompt: counts.promptTokenCount,
    completion: counts.totalTokenCount! - counts.promptTokenCount!,
    reasoning: counts.thoughtsTokenCount
  }
}

const told = (answer: Answer | undefined) => {
  const [choice] = answer!.choices
  assertEquals(choice!.finishReason, choice!.toolCalls.length > 0 ? "tool_calls" : "stop")
  return {
    text: choice!.text,
    calls: choice!.toolCalls.map((call) => [
      call.name,
      JSON.parse(call.arguments),
      call.signature?.value
    ]),
    thoughts: choice!.reasoning.map((block) => block.type === "text" && block.signature?.value),
    prompt: answer!.usage?.promptTokens,
    completion: answer!.usage?.completionTokens,
    reasoning: answer!.usage?.reasoningTokens
  }
}

wireTest("decode() tells all that a recorded answer says", ".json", (file, text) => {
  const deltas = gemini.decode(JSON.parse(text))
  if (deltas instanceof UpstreamFault) throw deltas
  assertEquals(told(fold(deltas)), expected([JSON.parse(text)]), file)
})

wireTest("the reader tells all that a recorded stream says", ".stream.jsonl", (file, text) => {
  const lines = text.split("\n").filter((line) => line !== "")
  const bytes = utf8(lines.map((line) => `data: ${line}\r\n\r\n`).join(""))
  const { deltas, fault } = replay(gemini, split(bytes, 3))
  assertEquals(fault, undefined, file)
  assertEquals(told(fold(deltas)), expected(lines.map((line) => JSON.parse(line))), file)
  assertEquals(replay(gemini, [bytes]).deltas, deltas, file)
})

wireTest("a recorded stream cut before its end is never whole", ".stream.jsonl", (file, text) => {
  const lines = text.split("\n").filter((line) => line !== "").slice(0, -1)
  const bytes = utf8(lines.map((line) => `data: ${line}\n\n`).join(""))
  assertEquals(replay(gemini, [bytes]).fault?.class, "stream_cut", file)
})

Deno.test({
  name: "fault() reads a recorded refusal",
  ignore: files.length === 0,
  fn: () => {
    const body = Deno.readTextFileSync(new URL("error-429-retry-info.json", folder))
    const { class: kind, status, retryAfterMs } = gemini.fault(429, new Headers(), body)
    assertEquals([kind, status, retryAfterMs], ["rate_limited", 429, 34_400])
  }
})
