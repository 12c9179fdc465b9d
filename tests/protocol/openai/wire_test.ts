import { assert, assertEquals } from "@std/assert"
import { fold } from "../../../src/domain/Answer.ts"
import { openai } from "../../../src/protocol/openai/mod.ts"
import { dataEvents, replay, split, utf8, wireFolder } from "../../kit/replay.ts"
import { decoded } from "./deltas.ts"

const providers = ["openai", "azure", "groq", "mistral", "deepseek"]
const isThere = await Deno.stat(wireFolder).then(() => true, () => false)
if (!isThere) console.log(`Skipped: no recorded payloads in ${wireFolder.pathname}`)

const files = providers.flatMap((provider) => {
  if (!isThere) return []
  const folder = new URL(`${provider}/`, wireFolder)
  return [...Deno.readDirSync(folder)].map(({ name }) => new URL(name, folder))
})

// deno-lint-ignore no-explicit-any -- raw JSON of many shapes, read by hand
type Raw = any

/** What the payloads say, read in another way than the dialect reads: by summing raw fields. */
const expected = (chunks: ReadonlyArray<Raw>) => {
  const choices = chunks.flatMap((chunk) => chunk.choices ?? [])
  const said = choices.map((choice) => choice.delta ?? choice.message)
  const calls: Array<{ id: string; name: string; arguments: string }> = []
  said.forEach((one) =>
    (one.tool_calls ?? []).forEach((call: Raw, at: number) => {
      const own = calls[call.index ?? at] ??= { id: "", name: "", arguments: "" }
      own.id ||= call.id
      own.name ||= call.function.name
      own.arguments += call.function.arguments
    })
  )
  const usage = chunks.map((chunk) => chunk.usage).findLast((usage) => usage)
  return {
    text: said.map((one) => one.content ?? "").join(""),
    reasoning: said.map((one) => one.reasoning_content ?? "").join(""),
    calls,
    reason: choices.map((choice) => choice.finish_reason).find((reason) => reason),
    prompt: usage?.prompt_tokens,
    completion: usage?.completion_tokens,
    cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    thought: usage?.completion_tokens_details?.reasoning_tokens ?? 0
  }
}

const summary = (answer: ReturnType<typeof fold>) => {
  const choice = answer!.choices[0]!
  assertEquals(answer!.choices.length, 1)
  return {
    text: choice.text,
    reasoning: choice.reasoning.map((block) => block.type === "text" ? block.text : "").join(""),
    calls: choice.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args })),
    reason: choice.finishReason,
    prompt: answer!.usage!.promptTokens,
    completion: answer!.usage!.completionTokens,
    cached: answer!.usage!.cachedTokens,
    thought: answer!.usage!.reasoningTokens
  }
}

for (const file of files) {
  const name = file.pathname.split("/").slice(-2).join("/")
  Deno.test(`openai() reads what was recorded in ${name}`, async () => {
    const content = await Deno.readTextFile(file)
    if (name.includes("error")) {
      const fault = openai().fault(400, new Headers(), content)
      assertEquals(fault.class, "bad_request")
      assert(fault.message.includes("'max_tokens' is not supported"))
    } else if (name.endsWith(".jsonl")) {
      const lines = content.split("\n").filter((line) => line !== "")
      const wanted = expected(lines.map((line) => JSON.parse(line)))
      const bytes = utf8(dataEvents(...lines, "[DONE]"))
      for (const size of [bytes.length, 3]) {
        const { deltas, fault } = replay(openai(), split(bytes, size))
        assertEquals(fault, undefined)
        assertEquals(summary(fold(deltas)), wanted)
      }
      // Cut before its reason to finish, it must not look whole.
      const half = utf8(dataEvents(...lines.slice(0, Math.floor(lines.length / 2))))
      assertEquals(replay(openai(), [half]).fault?.class, "stream_cut")
    } else {
      const body = JSON.parse(content)
      assertEquals(summary(fold(decoded(body))), expected([body]))
    }
  })
}

Deno.test({
  name: "openai() is held to recorded payloads of every provider named here",
  ignore: !isThere,
  fn: () => {
    for (const provider of providers) {
      assert(files.some(({ pathname }) => pathname.includes(`/${provider}/`)), provider)
    }
  }
})
