import { assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import type { CompletionRequest, Parameters } from "../../src/domain/Completion.ts"
import { nothingTold } from "../../src/gateway/Ask.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import { answering, json, upstream } from "../kit/upstream.ts"
import { ask, asking } from "./request.ts"

const env = { ANTHROPIC_API_KEY: "sk-ant-test" }

/** What the provider is sent for `request`, or why it is sent nothing. */
const sent = (request: CompletionRequest) =>
  Effect.gen(function* () {
    const provider = upstream(() => answering("Hi"))
    const result = yield* Gateway.use((gateway) => gateway.generate(ask(request))).pipe(
      Effect.result,
      Effect.provide(simulated(provider.send, { env, config: { retries: { attempts: 1 } } }))
    )
    const reason = result._tag === "Failure" ? result.failure.reason : undefined
    return { body: provider.calls[0]?.body, reason }
  })

const refused = (model: string, parameters: Parameters, paths: ReadonlyArray<string>) =>
  test(`${model} refuses ${paths.join(" and ")} by name, before the provider is asked`, () =>
    Effect.gen(function* () {
      const { body, reason } = yield* sent(asking(model, parameters))
      assertEquals(body, undefined)
      assertEquals(reason?._tag, "InvalidRequest")
      if (reason?._tag !== "InvalidRequest") return
      assertEquals([reason.status, reason.kind], [400, "unsupported_parameter"])
      assertEquals(reason.issues.map(({ path }) => path.join(".")), paths)
      for (const path of paths) assertStringIncludes(reason.message, path)
      assertStringIncludes(reason.message, "drop_unsupported")
    }))

// What the dialect has no words for.
refused("claude-haiku-4-5", { seed: 1 }, ["parameters.seed"])
refused("claude-haiku-4-5", { presencePenalty: 1, frequencyPenalty: 1 }, [
  "parameters.presence_penalty",
  "parameters.frequency_penalty"
])
// What the model does not take.
refused("gpt-5", { temperature: 0.5 }, ["parameters.temperature"])
refused("gpt-5", { temperature: 0, topP: 1 }, ["parameters.temperature", "parameters.top_p"])
refused("gpt-5.1", { temperature: 0, reasoningEffort: "low" }, ["parameters.temperature"])
refused("gpt-4o", { reasoningEffort: "low" }, ["parameters.reasoning_effort"])
refused("claude-haiku-4-5", { temperature: 1, topP: 1 }, ["parameters.top_p"])

test("what a model takes is not refused, and arrives", () =>
  Effect.gen(function* () {
    const { body } = yield* sent(asking("gpt-5.1", { temperature: 0.5, reasoningEffort: "none" }))
    assertEquals([body?.temperature, body?.reasoning_effort], [0.5, "none"])
  }))

test("a request that says so is sent without what the model does not take", () =>
  Effect.gen(function* () {
    const gpt = yield* sent(asking("gpt-5", { temperature: 0, topP: 1, maxTokens: 7 }, true))
    assertEquals(gpt.body, {
      model: "gpt-5",
      messages: [{ role: "user", content: "Hello" }],
      max_completion_tokens: 7
    })
    const claude = yield* sent(asking("claude-haiku-4-5", { seed: 1, maxTokens: 7 }, true))
    assertEquals([claude.body?.max_tokens, claude.body && "seed" in claude.body], [7, false])
  }))

test("of a request that says so a message goes without its name where a provider takes none", () =>
  Effect.gen(function* () {
    const named = (dropUnsupported: boolean): CompletionRequest => ({
      ...asking("quick", {}, dropUnsupported),
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }], name: "Ada" }]
    })
    const provider = upstream(() => answering("Hello"))
    const told = nothingTold()
    const generate = (request: CompletionRequest) =>
      Effect.result(Gateway.use((gateway) => gateway.generate({ ...ask(request), told })))
    yield* Effect.gen(function* () {
      assertEquals((yield* generate(named(false)))._tag, "Failure")
      assertEquals(provider.calls.length, 0)
      assertEquals((yield* generate(named(true)))._tag, "Success")
    }).pipe(Effect.provide(simulated(provider.send, {
      env: { GROQ_API_KEY: "k" },
      config: { models: { quick: { provider: "groq" } } }
    })))
    assertEquals(provider.calls[0]?.body.messages, [{ role: "user", content: "Hi" }])
    assertEquals(told.dropped, ["messages.0.name"])
  }))

test("an operator's temperature that a provider does not take is left out, and refuses nobody", () =>
  Effect.gen(function* () {
    const provider = upstream(() =>
      json({ content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn" })
    )
    const config = { models: { "claude-haiku-4-5": { parameters: { default_temperature: 1.5 } } } }
    yield* Gateway.use((gateway) => gateway.generate(ask(asking("claude-haiku-4-5")))).pipe(
      Effect.provide(simulated(provider.send, { env, config }))
    )
    assertEquals(provider.calls.map(({ body }) => body.temperature), [undefined])
  }))
