/**
 * What only the fault matrix has the fake provider do.
 *
 * @module
 */
import type { DialectName } from "../../src/domain/Message.ts"
import { complete } from "../kit/fake/Answer.ts"
import type { FakeEvent } from "../kit/fake/FakeDialect.ts"
import { frame } from "../kit/fake/framing.ts"
import { send, utf8 } from "../kit/fake/sending.ts"
import {
  answer,
  type Choose,
  fail,
  json,
  type Script,
  type Stage,
  status
} from "../kit/FakeProvider.ts"

/** Answers well, says that the connection stays open, and ends it. */
export const answerAndHangUp: Script = {
  name: "answer and hang up",
  play: async (stage) => {
    await answer().play(stage)
    stage.peer.close()
  }
}

/** Refuses as a dialect's provider does with a status that is the same everywhere. */
export const refuse = (
  code: number,
  headers: Readonly<Record<string, string>> = {},
  message = "It is so"
): Script => status(code, { body: { error: { message } }, headers })

/** Says when to come back, by headers that are made when the call comes. */
export const limitedUntil = (headers: () => Readonly<Record<string, string>>): Choose => () =>
  fail("rate_limited", { headers: headers() })

/** The time in so many seconds. */
export const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000)

/** Overloaded, in the words of each dialect. */
export const busy: Choose = ({ dialect }) => {
  const headers = { "retry-after": "5" }
  return dialect === "openai"
    ? status(503, { headers, body: { error: { message: "Busy", type: "overloaded_error" } } })
    : fail("overloaded", { headers })
}

/** What Bedrock says of a model that is being loaded, with a status that others use for limits. */
export const notReady: Script = status(429, {
  headers: { "retry-after": "5", "x-amzn-errortype": "ModelNotReadyException" },
  body: { message: "Model is not ready for inference. Please try again later." }
})

/** A refusal that repeats the credential it was shown. */
export const echo = (kind: "auth" | "bad_request" | "server"): Choose => ({ headers }) => {
  const shown = ["authorization", "x-api-key", "x-goog-api-key"].map((name) => headers.get(name))
  return fail(kind, { message: `You sent ${shown.join(" ")}, and that is wrong` })
}

/** An answer in the dialect that has nothing in it. */
export const emptyAnswer: Choose = ({ dialect }) => json(nothing[dialect])

/** An answer that was given up, as Bedrock and Cohere say so. */
export const givenUp: Choose = ({ dialect }) =>
  json(
    dialect === "bedrock"
      ? { ...nothing.bedrock, stopReason: "malformed_model_output" }
      : { ...nothing.cohere, finish_reason: "ERROR", error: "It is so" }
  )

const nothing: Record<DialectName, object> = {
  openai: { id: "chatcmpl-1", object: "chat.completion", choices: [] },
  anthropic: { id: "msg_1", type: "message", role: "assistant", content: [], stop_reason: null },
  gemini: { candidates: [], responseId: "1" },
  bedrock: { output: { message: { role: "assistant", content: [] } } },
  cohere: { message: { role: "assistant", content: [] } }
}

/** A stream of `edit`ed events, else as it should be. */
export const edited = (
  edit: (events: ReadonlyArray<FakeEvent>, dialect: DialectName) => ReadonlyArray<FakeEvent>
): Script => ({
  name: "edited stream",
  play: (stage) => {
    const { call, dialect } = stage
    const events = edit(dialect.events(complete({}, call.model), call), call.dialect)
    return play(stage, framed(stage, events))
  }
})

/** An answer of which all behind its first word comes a byte at a time, so many milliseconds apart. */
export const dripping = (milliseconds: number): Script => ({
  name: `a byte every ${milliseconds} ms`,
  play: (stage) => {
    const { call, dialect } = stage
    const events = dialect.events(complete({}, call.model), call)
    const begun = 1 + events.findIndex(({ kind }) => kind === "content")
    const rest = framed(stage, events.slice(begun)).flatMap((piece) => [...piece])
    const bytes = rest.map((byte) => Uint8Array.of(byte))
    return play(stage, [...framed(stage, events.slice(0, begun)), ...bytes], milliseconds)
  }
})

const framed = ({ dialect: { binary } }: Stage, events: ReadonlyArray<FakeEvent>) =>
  events.map((event, at) => binary?.frame(event) ?? utf8(frame(event, at === 0, {})))

const play = (
  { dialect: { binary }, peer }: Stage,
  pieces: ReadonlyArray<Uint8Array>,
  pace?: number
) =>
  send(peer, {
    status: 200,
    headers: { "content-type": binary?.contentType ?? "text/event-stream" },
    pieces,
    transfer: "chunked",
    pace
  })

/** What each dialect's provider might add to a stream, and nobody should be told. */
export const withNoise: Script = edited((events, dialect) => {
  const [first, ...rest] = events
  const content = events.filter(({ kind }) => kind === "content")
  switch (dialect) {
    case "openai":
      // Whatever comes after the end.
      return [...events, ...content, { kind: "terminator", data: "[DONE]" }]
    case "anthropic": {
      const delta = { type: "text_delta", text: "nobody asked" }
      const stray = { type: "content_block_delta", index: 7, delta }
      return [
        ...(first ? [first, first] : []),
        { kind: "content", name: "content_block_delta", data: stray },
        ...rest,
        ...content
      ]
    }
    case "gemini":
      return [
        { kind: "preamble", data: { responseId: "fake1" } },
        ...events,
        { kind: "preamble", data: { responseId: "other", candidates: [] } }
      ]
    case "bedrock": {
      const delta = { text: "nobody asked" }
      return [
        ...(first ? [first, first] : []),
        { kind: "preamble", name: "somethingNew", data: { contentBlockIndex: 0, delta } },
        { kind: "preamble", name: "contentBlockStop", data: { contentBlockIndex: 7 } },
        { kind: "content", name: "contentBlockDelta", data: { delta } },
        ...rest.filter(({ name }) => name !== "metadata"),
        // Nothing but the count of tokens comes after the end.
        ...content,
        ...rest.filter(({ name }) => name === "metadata"),
        ...content
      ]
    }
    case "cohere":
      return [
        ...(first ? [first, first] : []),
        { kind: "preamble", name: "debug", data: { type: "debug", prompt: "nobody asked" } },
        { kind: "preamble", name: "something-new", data: { type: "something-new", delta: null } },
        ...rest,
        ...content
      ]
  }
})

/** A good answer that does not begin before it is let go. */
export const held = (): { readonly script: Script; readonly letGo: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { script: after(() => promise), letGo: resolve }
}

/** A good answer that takes so many milliseconds of real time. */
export const slow = (milliseconds: number): Script => ({
  name: `answer after ${milliseconds} ms`,
  play: async (stage) => {
    if (await stage.peer.pause(milliseconds)) await answer().play(stage)
  }
})

/** `script`, once `wait` is over. */
export const after = (wait: () => Promise<void>, script = answer()): Script => ({
  name: `${script.name}, later`,
  play: async (stage) => {
    await Promise.race([wait(), stage.peer.over])
    await script.play(stage)
  }
})
