import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { claimOf, isSigned } from "../../kit/fake/awsSignature.ts"
import * as Fake from "../../kit/FakeProvider.ts"
import { hello, post, start } from "../../kit/gateway.ts"
import { eventsOf } from "../../api/upstreams.ts"

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
const model = "global.anthropic.claude-sonnet-4-6"

const credentials = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: secret,
  AWS_SESSION_TOKEN: "FwoGZXIvYXdzEXAMPLE//+=",
  AWS_REGION: "eu-west-1"
}

/** Answers who signed as Amazon wants it, and refuses all others. */
const checked = (script: Fake.Script): Fake.Choose => (call) =>
  isSigned(call, secret) ? script : Fake.fail("auth")

/** A gateway in front of a fake Bedrock that checks signatures. */
const house = Effect.fnUntraced(function* (
  script: Fake.Script = Fake.answer(),
  env: Record<string, string> = credentials,
  respond: Fake.Choose = checked(script)
) {
  const bedrock = yield* Fake.start({ respond })
  const { api } = yield* start({
    env: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url, ...env },
    config: { retries: { attempts: 1 } }
  })
  return { bedrock, api }
})

/** Asks for a whole answer. */
const ask = (api: string, body: object = hello(model)) =>
  Effect.flatMap(
    post(`${api}/generate`, body),
    (response) =>
      Effect.promise(async () => ({ status: response.status, body: await response.json() }))
  )

/** Asks for a stream, and reads its events. */
const stream = (api: string, body: object = hello(model)) =>
  Effect.flatMap(
    post(`${api}/generate/stream`, body),
    (response) =>
      Effect.promise(async () => ({ ...eventsOf(await response.text()), status: response.status }))
  )

type Streamed = ReturnType<typeof eventsOf>

const textOf = ({ events }: Streamed): string =>
  events.map(({ choices: [choice] }) => choice.delta.content ?? "").join("")

const thinking = Fake.answer({
  pieces: ["Guten ", "Tag"],
  reasoning: ["Hm", ", so"],
  toolCalls: [{ name: "look", arguments: '{"x":1}' }, { id: "b", name: "wait", arguments: "{}" }],
  usage: { prompt: 20, completion: 4, cached: 8, cacheWrite: 2 }
})

liveTest(
  "a whole answer is asked for with a signature that holds, and read",
  () =>
    Effect.gen(function* () {
      const { bedrock, api } = yield* house(thinking)
      const { status, body } = yield* ask(api)
      assertEquals(status, 200, JSON.stringify(body))
      const [{ message, finish_reason }] = body.choices
      assertEquals([message.content, message.reasoning_content, finish_reason], [
        "Guten Tag",
        "Hm, so",
        "tool_calls"
      ])
      assertEquals(message.tool_calls, [
        { id: "call_1", type: "function", function: { name: "look", arguments: '{"x":1}' } },
        { id: "b", type: "function", function: { name: "wait", arguments: "{}" } }
      ])
      const { prompt_tokens, completion_tokens, prompt_tokens_details, source } = body.usage
      assertEquals([prompt_tokens, completion_tokens, source], [20, 4, "reported"])
      assertEquals(prompt_tokens_details, { cached_tokens: 8, cache_write_tokens: 2 })
      assert(body.cost.total_cost > 0)
      const [call] = bedrock.calls
      assertEquals([call?.model, call?.stream, call?.dialect], [model, false, "bedrock"])
      const claim = claimOf(call!.headers)
      assertEquals([claim?.region, claim?.service, claim?.accessKeyId], [
        "eu-west-1",
        "bedrock",
        "AKIDEXAMPLE"
      ])
      assertEquals(call?.headers.get("accept-encoding"), "identity")
      assertEquals(bedrock.strays.length + bedrock.probes.length, 0)
    })
)

liveTest(
  "a streamed answer is read from binary messages, split in any way",
  () =>
    Effect.gen(function* () {
      for (const split of [undefined, 1, 100, 100_000]) {
        const { bedrock, api } = yield* house(Fake.answer({
          pieces: ["Guten ", "Tag 😀"],
          reasoning: ["Hm"],
          toolCalls: [{ name: "look", arguments: '{"x":1}' }],
          usage: { prompt: 20, completion: 4 },
          split
        }))
        const streamed = yield* stream(api)
        assertEquals([streamed.status, streamed.done, textOf(streamed)], [
          200,
          true,
          "Guten Tag 😀"
        ])
        const deltas = streamed.events.map(({ choices: [choice] }) => choice.delta)
        assertEquals(deltas.map((delta) => delta.reasoning_content ?? "").join(""), "Hm")
        const [signed] = deltas.flatMap((delta) => delta.reasoning_details ?? [])
        assertEquals(signed.signature, "bedrock:ZmFrZS1zaWduYXR1cmU=")
        const calls = deltas.flatMap((delta) => delta.tool_calls ?? [])
        assertEquals([calls[0].id, calls[0].function.name], ["call_1", "look"])
        assertEquals(calls.map((call) => call.function.arguments).join(""), '{"x":1}')
        const last = streamed.events.at(-1)
        assertEquals(last.choices[0].finish_reason, "tool_calls")
        assertEquals([last.usage.prompt_tokens, last.usage.source], [20, "reported"])
        assertEquals(bedrock.calls[0]?.stream, true)
      }
    })
)

liveTest(
  "an API key is shown as a bearer token, and nothing is signed",
  () =>
    Effect.gen(function* () {
      const { bedrock, api } = yield* house(
        Fake.answer(),
        { AWS_BEARER_TOKEN_BEDROCK: "ABSKQmVkcm9ja0FQSUtleQ==" },
        () => Fake.answer()
      )
      assertEquals((yield* ask(api)).status, 200)
      const headers = bedrock.calls[0]?.headers
      assertEquals(headers?.get("authorization"), "Bearer ABSKQmVkcm9ja0FQSUtleQ==")
      assertEquals(headers?.get("x-amz-date"), null)
    })
)

liveTest(
  "a wrong secret is refused, and neither it nor the token is shown",
  () =>
    Effect.gen(function* () {
      const wrong = "another/secret/EXAMPLEKEY"
      const { api } = yield* house(
        Fake.answer(),
        { ...credentials, AWS_SECRET_ACCESS_KEY: wrong },
        (call) =>
          isSigned(call, secret) ? Fake.answer() : Fake.fail("auth", {
            message: `Got ${call.headers.get("x-amz-security-token")} of AKIDEXAMPLE, ${wrong}`
          })
      )
      const { status, body } = yield* ask(api)
      assertEquals([status, body.error.details.fault], [502, "upstream_auth_failed"])
      for (const hidden of [wrong, "AKIDEXAMPLE", credentials.AWS_SESSION_TOKEN]) {
        assert(!JSON.stringify(body).includes(hidden), hidden)
      }
    })
)

liveTest(
  "each of Bedrock's errors is told as what it is, before an answer and within",
  () =>
    Effect.gen(function* () {
      const faults = [
        ["rate_limited", "upstream_rate_limited"],
        ["quota_exhausted", "upstream_quota_exhausted"],
        ["overloaded", "upstream_overloaded"],
        ["server", "upstream_error"],
        ["auth", "upstream_auth_failed"]
      ] as const
      for (const [kind, fault] of faults) {
        const { api } = yield* house(Fake.fail(kind))
        assertEquals((yield* ask(api)).body.error.details.fault, fault, kind)
        const broken = yield* house(Fake.answer({ breaks: { after: 1, by: "error", kind } }))
        const { events, done } = yield* stream(broken.api)
        assertEquals([events.at(-1).error.details.fault, done], [fault, false], kind)
      }
      for (const kind of ["context_length", "bad_request"] as const) {
        const { api } = yield* house(Fake.fail(kind))
        const { status, body } = yield* ask(api)
        assertEquals([status, body.error.code], [400, "INVALID_REQUEST"], kind)
      }
    })
)

liveTest(
  "a stream that is cut, garbled, corrupted or reset is never whole",
  () =>
    Effect.gen(function* () {
      const breaks: ReadonlyArray<Fake.StreamBreak> = [
        { after: 2, by: "cut" },
        { after: 2, by: "end" },
        { after: 2, by: "reset" },
        { after: 2, by: "corruption" },
        { after: 2, by: "garbage", times: 4 }
      ]
      for (const one of breaks) {
        const { api } = yield* house(Fake.answer({ pieces: ["a", "b", "c", "d"], breaks: one }))
        const streamed = yield* stream(api)
        assertEquals([textOf(streamed), streamed.done], ["ab", false], one.by)
        const { error } = streamed.events.at(-1)
        assertEquals(error.details.fault, "upstream_stream_interrupted", one.by)
      }
    })
)

liveTest(
  "events that are not JSON are forgiven, as long as they are few",
  () =>
    Effect.gen(function* () {
      const { api } = yield* house(Fake.answer({
        pieces: ["a", "b", "c"],
        breaks: { after: 1, by: "garbage", times: 3 }
      }))
      const streamed = yield* stream(api)
      assertEquals([textOf(streamed), streamed.done], ["abc", true])
    })
)

liveTest(
  "a conversation with tools goes back and forth, with what was signed",
  () =>
    Effect.gen(function* () {
      const { bedrock, api } = yield* house(thinking)
      const tools = [{
        type: "function",
        function: { name: "look", parameters: { type: "object" } }
      }]
      const first = yield* ask(api, { ...hello(model), parameters: { tools } })
      const [{ message }] = first.body.choices
      const messages = [
        { role: "user", content: "Hello" },
        message,
        { role: "tool", tool_call_id: "call_1", content: "seen" },
        { role: "tool", tool_call_id: "b", content: "waited" }
      ]
      const second = yield* ask(api, { model, messages, parameters: { tools } })
      assertEquals(second.status, 200, JSON.stringify(second.body))
      const [, assistant, results] = Object(bedrock.calls[1]?.body.messages)
      assertEquals(assistant.content[0].reasoningContent.reasoningText, {
        text: "Hm, so",
        signature: "ZmFrZS1zaWduYXR1cmU="
      })
      assertEquals(assistant.content.slice(1).map((block: object) => Object.keys(block)[0]), [
        "text",
        "toolUse",
        "toolUse"
      ])
      assertEquals(results.content, [
        { toolResult: { toolUseId: "call_1", content: [{ text: "seen" }] } },
        { toolResult: { toolUseId: "b", content: [{ text: "waited" }] } }
      ])
    })
)

liveTest("what Bedrock cannot do is refused before it is asked", () =>
  Effect.gen(function* () {
    const { bedrock, api } = yield* house()
    const { status, body } = yield* ask(api, hello(model, { seed: 7, n: 2 }))
    assertEquals(status, 400)
    assert(/seed/.test(body.error.message) && /parameters\.n/.test(body.error.message))
    assertEquals(bedrock.calls.length, 0)
  }))
