/**
 * U34 to U37, closer: how an answer that broke off is gone on with, and what a client sees where it
 * cannot be.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import type { DialectName } from "../../src/domain/Message.ts"
import { answer, fail, type RecordedCall, type Script } from "../kit/FakeProvider.ts"
import { liveTest } from "../kit/effect.ts"
import { check } from "./client.ts"
import { checkHidden } from "./hidden.ts"
import { dialects, type House, modelAt, open, spareFor } from "./house.ts"
import { broken, good, greeting } from "./Row.ts"

/** Says so much of `text` more than it was shown to have said, a word at a time, and is cut. */
const wordByWord = (text: string) => (call: RecordedCall): Script => {
  const shown = saidBefore(call, text)
  const rest = text.slice(shown.length)
  return answer({ text: rest, breaks: { after: 1, by: "cut" } })
}

/** Goes on with `text` where it is shown that it began. */
const rest = (text: string) => (call: RecordedCall): Script =>
  answer({ text: text.slice(saidBefore(call, text).length) })

/** How much of `text` a call shows that its model has said. */
const saidBefore = ({ body }: RecordedCall, text: string): string => {
  const all = JSON.stringify(body)
  let length = text.length
  while (length > 0 && !all.includes(`"${text.slice(0, length)}"`)) length--
  return text.slice(0, length)
}

const cutAfterOne = answer({ breaks: { after: 1, by: "cut" } })

/** What the last message of a call to Anthropic is. */
const lastMessage = ({ body }: RecordedCall) => {
  const { messages } = body
  const [last] = Array.isArray(messages) ? messages.slice(-1) : []
  return { role: last?.role, text: JSON.stringify(last?.content) }
}

const others = dialects.filter((dialect) => dialect !== "anthropic")

/** Models of other dialects than Anthropic's fall back on one of Anthropic's that takes a prefill. */
const onPrefill = {
  config: {
    models: Object.fromEntries(
      others.map((dialect) => [
        modelAt("fake", dialect),
        { fallback_models: ["claude-haiku-4-5"] }
      ])
    )
  }
}

/** What a stream says that it took. */
const usageOf = (text: string) =>
  JSON.parse(text.split("\n\n").findLast((event) => event.includes('"usage"'))!.slice(6)).usage

for (const dialect of others) {
  const model = modelAt("fake", dialect)
  const served = "claude-haiku-4-5"

  liveTest(
    `U34: a model that takes the beginning of its answer goes on with it, after ${dialect}'s`,
    () =>
      Effect.gen(function* () {
        const house = yield* open(onPrefill)
        house.fakes[dialect].respond(cutAfterOne)
        house.fakes.anthropic.respond(rest(greeting))
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: good(), streamed: true, model, served, attempts: 1 })
        checkHidden(reply)
        const [call, ...more] = house.fakes.anthropic.calls
        assertEquals(more, [])
        assertEquals(lastMessage(call!).role, "assistant")
        const attempts = yield* Effect.promise(() => attemptsOf(house, reply.headers))
        assertEquals(attempts, ["stream_cut", "stream_cut instruction", "answered prefill"])
        // All that was given out: what the broken calls wrote is estimated, the last one reports.
        const { prompt_tokens, completion_tokens } = usageOf(reply.text)
        assert(
          prompt_tokens > 11 && completion_tokens > 2,
          `${prompt_tokens}, ${completion_tokens}`
        )
      })
  )

  liveTest(
    `U34: one that refuses the beginning of its answer is asked to go on, after ${dialect}'s`,
    () =>
      Effect.gen(function* () {
        const house = yield* open(onPrefill)
        house.fakes[dialect].respond(cutAfterOne)
        house.fakes.anthropic.respond((call) =>
          lastMessage(call).role === "assistant"
            ? fail("bad_request", { message: "This model does not support prefill" })
            : rest(greeting)(call)
        )
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: good(), streamed: true, model, served, attempts: 1 })
        checkHidden(reply, ["prefill"])
        assertEquals(house.fakes.anthropic.calls.map((call) => lastMessage(call).role), [
          "assistant",
          "user"
        ])
        const attempts = yield* Effect.promise(() => attemptsOf(house, reply.headers))
        assertEquals(attempts.slice(2), ["bad_request prefill", "answered instruction"])
      })
  )
}

const attemptsOf = async (house: House, headers: Headers): Promise<ReadonlyArray<string>> => {
  const { attempts } = await house.read(`/requests/${headers.get("x-request-id")}`)
  return attempts.map(({ outcome, resumed }: { outcome: string; resumed?: string }) =>
    resumed === undefined ? outcome : `${outcome} ${resumed}`
  )
}

const isLate = (dialect: DialectName): boolean => dialect === "gemini" || dialect === "bedrock"

for (const dialect of dialects) {
  const model = modelAt("fake", dialect)
  const served = spareFor(dialect)

  liveTest(
    `U34: each call adds a word, and the text is whole, in ${dialect}`,
    () =>
      Effect.gen(function* () {
        const text = "Once upon a time there lived a king, and that was all of it"
        const house = yield* open({ spare: {} })
        house.fakes[dialect].respond(wordByWord(text))
        house.spare.respond(rest(text))
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: good(text), streamed: true, model, served, attempts: 1 })
        assertEquals(house.fakes[dialect].calls.length, 2)
        assertEquals(saidBefore(house.spare.calls[0]!, text), "Once upon")
      })
  )

  liveTest(
    `U34: a repetition of what was shown is left out, in ${dialect}`,
    () =>
      Effect.gen(function* () {
        const text = "The quick brown fox jumps over the lazy dog near the river bank"
        const seam = text.indexOf(" over")
        const house = yield* open({ spare: {} })
        const pieces = [text.slice(0, seam), text.slice(seam)]
        house.fakes[dialect].respond(answer({ pieces, breaks: { after: 1, by: "reset" } }))
        house.spare.respond(answer({ text: text.slice(text.indexOf("brown")) }))
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: good(text), streamed: true, model, served, attempts: 1 })
      })
  )

  liveTest(
    `U34: an answer that is begun anew in other words ends with an error, in ${dialect}`,
    () =>
      Effect.gen(function* () {
        const shown = "The quick brown fox jumps over the lazy dog"
        const house = yield* open({ spare: {} })
        const pieces = [shown, " near the river"]
        house.fakes[dialect].respond((call) =>
          answer({ pieces, breaks: { after: saidBefore(call, shown) === "" ? 1 : 0, by: "cut" } })
        )
        house.spare.respond(answer({ text: "The quick brown fox jumps over a fence, and is gone" }))
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: broken(shown), streamed: true, model, attempts: 1 })
      })
  )

  liveTest(
    `U34: a tool call that broke off is not gone on with, in ${dialect}`,
    () =>
      Effect.gen(function* () {
        const house = yield* open({ spare: {} })
        const toolCalls = [{ name: "look", arguments: '{"where":"there"}' }]
        house.fakes[dialect].respond(
          // In two of them the call has no event of its own before its arguments.
          answer({ toolCalls, breaks: { after: isLate(dialect) ? 1 : 2, by: "cut" } })
        )
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: broken(""), streamed: true, model, attempts: 1 })
        assertEquals([house.fakes[dialect].calls.length, house.spare.calls.length], [1, 0])
      })
  )

  liveTest(
    `U34: where nobody can go on it is told once, and what was shown stays, in ${dialect}`,
    () =>
      Effect.gen(function* () {
        const house = yield* open({ spare: {} })
        house.fakes[dialect].respond(cutAfterOne)
        house.spare.respond(fail("server"))
        const reply = yield* Effect.promise(() => house.ask(model, true))
        check(reply, { seen: broken("Hello,"), streamed: true, model, attempts: 1 })
        checkHidden(reply)
        assertEquals([house.fakes[dialect].calls.length, house.spare.calls.length], [2, 2])
      })
  )
}
