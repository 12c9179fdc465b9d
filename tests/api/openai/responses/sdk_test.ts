import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import OpenAI from "openai"
import { zodTextFormat } from "openai/helpers/zod"
import * as zod from "zod"
import { liveTest } from "../../../kit/effect.ts"
import * as FakeProvider from "../../../kit/FakeProvider.ts"
import { apiKey } from "../../../kit/gateway.ts"
import { modelOf, startBoth } from "../../upstreams.ts"
import type { Loose } from "./asked.ts"

const models = Object.entries(modelOf)
const clientOf = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })

const weather = {
  type: "function",
  name: "weather",
  description: "How the weather is",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false
} as const

liveTest(
  "responses.create() answers in the shape that OpenAI's own SDK reads",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const [dialect, model] of models) {
        const asked = Date.now()
        const response = yield* Effect.promise(() =>
          clientOf(url).responses.create({
            model,
            instructions: "Be brief",
            input: [{ role: "user", content: [{ type: "input_text", text: "Hello" }] }],
            max_output_tokens: 50,
            metadata: { team: "blue" },
            store: true
          })
        )
        assertEquals(response.output_text, "Hello, dear reader", dialect)
        assertEquals([response.object, response.status, response.model], [
          "response",
          "completed",
          model
        ])
        assertStringIncludes(response.id, "resp_")
        assert(Math.abs(response.created_at * 1000 - asked) < 60_000)
        const [item]: Loose = response.output
        assertEquals({ ...item, id: item.id.slice(0, 4) }, {
          id: "msg_",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [
            { type: "output_text", annotations: [], logprobs: [], text: "Hello, dear reader" }
          ]
        })
        assertEquals(response.usage?.input_tokens, 11)
        assertEquals(response.usage?.total_tokens, 14)
        const { instructions, max_output_tokens, metadata, tool_choice, tools, text } = response
        assertEquals(
          { instructions, max_output_tokens, metadata, tool_choice, tools, text },
          {
            instructions: "Be brief",
            max_output_tokens: 50,
            metadata: { team: "blue" },
            tool_choice: "auto",
            tools: [],
            text: { format: { type: "text" } }
          }
        )
        assertEquals(Object(response).store, false)
        assertEquals(response._request_id?.startsWith("req_"), true)
      }
      assertEquals(provider.strays, [])
    })
)

liveTest(
  "responses.stream() comes to the same response, whatever the provider",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const [dialect, model] of models) {
        provider.respond(FakeProvider.answer({ reasoning: ["Let me ", "think"], text: "Hi there" }))
        const body = { model, input: "Hello" }
        const [whole, final, seen] = yield* Effect.promise(async () => {
          const stream = clientOf(url).responses.stream(body)
          const texts: Array<string> = []
          stream.on("response.output_text.delta", ({ delta }) => texts.push(delta))
          const final = await stream.finalResponse()
          return [await clientOf(url).responses.create(body), final, texts] as const
        })
        assertEquals(seen.join(""), "Hi there", dialect)
        const bare = (response: OpenAI.Responses.Response): Loose => ({
          ...response,
          id: "",
          created_at: 0,
          _request_id: "",
          output_parsed: null,
          output: response.output.map((item: Loose) => ({
            ...item,
            id: item.id.split("_")[0],
            content: item.content?.map((part: Loose) => ({ ...part, parsed: null }))
          }))
        })
        assertEquals(bare(final), bare(whole), dialect)
        assertEquals(final.output.map(({ type }) => type), ["reasoning", "message"])
      }
    })
)

liveTest(
  "a tool is called, its output goes back, and the answer follows",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const [dialect, model] of models) {
        for (const isStreamed of [false, true]) {
          const before = provider.calls.length
          provider.respond(FakeProvider.sequence(
            FakeProvider.answer({
              text: "Let me look",
              toolCalls: [
                { name: "weather", arguments: '{"city":"Paris"}' },
                { name: "weather", arguments: "{}" }
              ]
            }),
            FakeProvider.answer({ text: "It rains" })
          ))
          const ask = (input: OpenAI.Responses.ResponseInput) => {
            const body = { model, input, tools: [weather] }
            const { responses } = clientOf(url)
            return Effect.promise(async () =>
              isStreamed
                ? await responses.stream(body).finalResponse()
                : await responses.create(body)
            )
          }
          const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Weather?" }]
          const first = yield* ask(input)
          assertEquals(first.status, "completed")
          assertEquals(first.output.map(({ type }) => type), [
            "message",
            "function_call",
            "function_call"
          ])
          const calls = first.output.flatMap((item) => item.type === "function_call" ? [item] : [])
          assertEquals(calls.map((call) => call.arguments), ['{"city":"Paris"}', "{}"], dialect)
          const second = yield* ask([
            ...input,
            ...first.output as OpenAI.Responses.ResponseInput,
            ...calls.map(({ call_id }) => ({
              type: "function_call_output" as const,
              call_id,
              output: "Rain"
            }))
          ])
          assertEquals(second.output_text, "It rains")
          const sent = JSON.stringify(provider.calls[before + 1]?.body)
          for (const word of ["Let me look", "Paris", "Rain"]) assertStringIncludes(sent, word)
        }
      }
    })
)

liveTest(
  "responses.parse() gives structured output, where the model knows JSON Schema",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(FakeProvider.answer({ text: '{"city":"Paris"}' }))
      const format = zodTextFormat(zod.object({ city: zod.string() }), "place")
      for (const model of ["gpt-5.4", "gemini-pro", "claude-opus-4-5"]) {
        const { output_parsed } = yield* Effect.promise(() =>
          clientOf(url).responses.parse({ model, input: "Where?", text: { format } })
        )
        assertEquals(output_parsed, { city: "Paris" })
      }
      assertStringIncludes(JSON.stringify(provider.calls[0]?.body.response_format), '"place"')
    })
)

liveTest("signed reasoning goes back to its provider as it came", () =>
  Effect.gen(function* () {
    const { url, provider } = yield* startBoth(
      FakeProvider.answer({ reasoning: ["Hm"], text: "Hi" })
    )
    const { responses } = clientOf(url)
    const model = modelOf.anthropic
    const first = yield* Effect.promise(() =>
      responses.stream({ model, input: "Hello" }).finalResponse()
    )
    const [thought]: Loose = first.output
    assertStringIncludes(thought.encrypted_content, "anthropic:")
    const input = [...first.output, { role: "user", content: "Go on" }]
    yield* Effect.promise(() =>
      responses.create({ model, input: input as OpenAI.Responses.ResponseInput })
    )
    const [turn]: Loose = provider.calls[1]?.body.messages
    assertEquals(turn.content[0], {
      type: "thinking",
      thinking: "Hm",
      signature: thought.encrypted_content.slice("anthropic:".length)
    })
  }))

liveTest(
  "an answer that was cut short is incomplete, and one that breaks off is failed",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      for (const [dialect, model] of models) {
        provider.respond(FakeProvider.answer({ finish: "length" }))
        const { responses } = clientOf(url)
        const body = { model, input: "Hello" }
        const cut = yield* Effect.promise(() => responses.stream(body).finalResponse())
        assertEquals([cut.status, cut.incomplete_details?.reason], [
          "incomplete",
          "max_output_tokens"
        ], dialect)
        provider.respond(FakeProvider.answer({ breaks: { after: 2, by: "cut" } }))
        const types = yield* Effect.promise(async () => {
          const types: Array<string> = []
          for await (const { type } of await responses.create({ ...body, stream: true })) {
            types.push(type)
          }
          return types
        })
        assertEquals(types.at(-1), "response.failed", dialect)
        const failed = yield* Effect.promise(() => responses.stream(body).finalResponse())
        assertEquals([failed.status, failed.error?.code], ["failed", "server_error"])
      }
    })
)

liveTest(
  "what cannot be done is a BadRequestError that names the field",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const refused = (rest: object) =>
        Effect.promise(async () => {
          const body = { model: modelOf.anthropic, input: "Hello", ...rest }
          const error = await assertRejects(
            () => clientOf(url).responses.create(body),
            OpenAI.BadRequestError
          )
          return [error.param, error.message] as const
        })
      for (
        const [rest, param] of [
          [{ previous_response_id: "resp_1" }, "previous_response_id"],
          [{ conversation: "conv_1" }, "conversation"],
          [{ background: true }, "background"],
          [{ prompt: { id: "pmpt_1" } }, "prompt"],
          [{ tools: [{ type: "web_search" }] }, "tools[0].type"],
          [{ input: [{ type: "item_reference", id: "msg_1" }] }, "input[0]"],
          [{ temperature: 7, stream: true }, "temperature"],
          [
            {
              instructions: "Look",
              input: [
                { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
                { type: "function_call_output", call_id: "a", output: "b" },
                {
                  role: "user",
                  content: [
                    { type: "input_text", text: "Look" },
                    { type: "input_image", image_url: "data:image/tiff;base64,AA", detail: "low" }
                  ]
                }
              ]
            },
            "input[2].content[1]"
          ],
          // These the model cannot honour; they are told in this API's names as well.
          [{ text: { format: { type: "json_object" } } }, "text.format"],
          [{ include: ["message.output_text.logprobs"] }, "top_logprobs"]
        ] as const
      ) {
        const [named, message] = yield* refused(rest)
        assertEquals(named, param)
        assertStringIncludes(message, param)
      }
      assertEquals(provider.calls.length, 0)
    })
)
