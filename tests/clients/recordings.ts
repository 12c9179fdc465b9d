/**
 * Recorded answers of real providers, served again on a real socket in their provider's own framing;
 * and what each of them says.
 *
 * @module
 */
import { EventStreamCodec } from "@smithy/eventstream-codec"
import * as Effect from "effect/Effect"
import { dataEvents, wireFolder } from "../kit/replay.ts"
import type { Place } from "./Client.ts"
import { chat, type Essence, gemini, message } from "./Essence.ts"

/** A recorded answer. */
export interface Recording {
  /** Such as `anthropic/text`. */
  readonly name: string
  /** The folder: whose answer it is. */
  readonly provider: string
  readonly streamed: boolean
  readonly text: string
}

/** Every recorded answer; errors are replayed by the dialects' own tests. None where there is no folder. */
export const recordings: ReadonlyArray<Recording> = (() => {
  try {
    return Array.from(Deno.readDirSync(wireFolder)).filter(({ isDirectory }) => isDirectory)
      .flatMap(({ name: provider }) =>
        Array.from(Deno.readDirSync(new URL(`${provider}/`, wireFolder)), ({ name }) => ({
          name: `${provider}/${name}`,
          provider,
          streamed: name.endsWith(".jsonl"),
          text: Deno.readTextFileSync(new URL(`${provider}/${name}`, wireFolder))
        }))
      )
      .filter(({ name }) => !name.includes("error"))
      .toSorted((a, b) => a.name < b.name ? -1 : 1)
  } catch {
    console.log(`Skipped: no recorded payloads in ${wireFolder.pathname}`)
    return []
  }
})()

/** A server that answers everything with `recording`; it stops with the scope. */
export const serve = (recording: Recording) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
          await request.body?.cancel()
          return new Response(bytesOf(recording), {
            headers: { "content-type": contentType(recording) }
          })
        })
      ),
      (server) => Effect.promise(() => server.shutdown())
    ),
    (server) => `http://127.0.0.1:${server.addr.port}`
  )

const contentType = ({ provider, streamed }: Recording) =>
  !streamed
    ? "application/json"
    : provider === "bedrock"
    ? "application/vnd.amazon.eventstream"
    : "text/event-stream"

const bytesOf = ({ provider, streamed, text }: Recording): Uint8Array<ArrayBuffer> | string => {
  if (!streamed) return text
  const lines = text.split("\n").filter((line) => line !== "")
  switch (provider) {
    case "anthropic":
    case "cohere":
      return lines.map((line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`).join("")
    case "google":
      return dataEvents(...lines)
    case "bedrock":
      return new Uint8Array(lines.flatMap((line) => Array.from(binary(JSON.parse(line)))))
    default:
      return dataEvents(...lines, "[DONE]")
  }
}

const codec = new EventStreamCodec(
  (bytes) => typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes),
  (text) => new TextEncoder().encode(text)
)

/** Each line names its event by its only field. */
const binary = (line: object): Uint8Array => {
  const [[type, payload] = ["", {}]] = Object.entries(line)
  const header = (value: string) => ({ type: "string" as const, value })
  return codec.encode({
    headers: {
      ":message-type": header("event"),
      ":event-type": header(type),
      ":content-type": header("application/json")
    },
    body: new TextEncoder().encode(JSON.stringify(payload))
  })
}

/**
 * What `recording` says: as the provider's own client reads it from `url`, where there is one here,
 * else by adding up its fields.
 */
export const truthOf = (recording: Recording, url: string): Promise<Essence> => {
  const place: Place = { url, key: "none", model: "recorded" }
  const way = recording.streamed ? "streamed" : "whole"
  switch (recording.provider) {
    case "anthropic":
      return message[way](place)
    case "google":
      return gemini[way](place)
    case "bedrock":
      return Promise.resolve(ofBedrock(recording))
    case "cohere":
      return Promise.resolve(ofCohere(recording))
    // OpenAI's client gives up on tool calls without an index.
    case "mistral":
      return Promise.resolve(ofMistral(recording))
    default:
      return chat[way](place)
  }
}

// deno-lint-ignore no-explicit-any -- recorded payloads are read by hand, apart from our readers
type Raw = any

const linesOf = ({ text }: Recording): ReadonlyArray<Raw> =>
  text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))

const reasons: Readonly<Record<string, Essence["finish"]>> = {
  end_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  COMPLETE: "stop",
  TOOL_CALL: "tool_calls",
  MAX_TOKENS: "length"
}

const ofBedrock = (recording: Recording): Essence => {
  if (!recording.streamed) {
    const { output, stopReason, usage } = JSON.parse(recording.text)
    const blocks: ReadonlyArray<Raw> = output.message.content
    return {
      text: blocks.map(({ text }) => text ?? "").join(""),
      calls: blocks.flatMap(({ toolUse }) =>
        toolUse ? [{ name: toolUse.name, input: toolUse.input }] : []
      ),
      finish: reasons[stopReason],
      tokens: [usage.inputTokens, usage.outputTokens]
    }
  }
  const lines = linesOf(recording)
  const delta = (line: Raw) => line.contentBlockDelta?.delta
  const usage = lines.map(({ metadata }) => metadata?.usage).find(Boolean)
  return {
    text: lines.map((line) => delta(line)?.text ?? "").join(""),
    calls: lines.flatMap(({ contentBlockStart }) => {
      if (!contentBlockStart?.start.toolUse) return []
      const at = contentBlockStart.contentBlockIndex
      const own = lines.filter((line) => line.contentBlockDelta?.contentBlockIndex === at)
      const input = own.map((line) => delta(line).toolUse?.input ?? "").join("")
      return [{ name: contentBlockStart.start.toolUse.name, input: JSON.parse(input || "{}") }]
    }),
    finish: reasons[lines.map(({ messageStop }) => messageStop?.stopReason).find(Boolean)],
    tokens: [usage.inputTokens, usage.outputTokens]
  }
}

const ofMistral = (recording: Recording): Essence => {
  const chunks = recording.streamed ? linesOf(recording) : [JSON.parse(recording.text)]
  const choices = chunks.flatMap(({ choices }) => choices)
  const said = choices.map(({ delta, message }) => delta ?? message)
  const { prompt_tokens, completion_tokens } = chunks.findLast(({ usage }) => usage).usage
  return {
    text: said.map(({ content }) => content ?? "").join(""),
    calls: said.flatMap(({ tool_calls }) => tool_calls ?? []).map((
      { function: { name, arguments: text } }: Raw
    ) => ({ name, input: JSON.parse(text) })),
    finish: choices.findLast(({ finish_reason }) => finish_reason).finish_reason,
    tokens: [prompt_tokens, completion_tokens]
  }
}

const ofCohere = (recording: Recording): Essence => {
  const call = ({ function: { name, arguments: text } }: Raw) => ({ name, input: JSON.parse(text) })
  if (!recording.streamed) {
    const { finish_reason, message, usage } = JSON.parse(recording.text)
    return {
      text: (message.content ?? []).map(({ text }: Raw) => text ?? "").join(""),
      calls: (message.tool_calls ?? []).map(call),
      finish: reasons[finish_reason],
      tokens: [usage.tokens.input_tokens, usage.tokens.output_tokens]
    }
  }
  const lines = linesOf(recording)
  const end = lines.find(({ type }) => type === "message-end").delta
  return {
    text: lines.map(({ delta }) => delta?.message?.content?.text ?? "").join(""),
    calls: lines.filter(({ type }) => type === "tool-call-start").map(({ delta, index }) => {
      const { name, arguments: begun } = delta.message.tool_calls.function
      const rest = lines.filter((line) => line.type === "tool-call-delta" && line.index === index)
        .map((line) => line.delta.message.tool_calls.function.arguments)
      return { name, input: JSON.parse([begun, ...rest].join("")) }
    }),
    finish: reasons[end.finish_reason],
    tokens: [end.usage.tokens.input_tokens, end.usage.tokens.output_tokens]
  }
}
