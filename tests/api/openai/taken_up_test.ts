import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { ask, startBoth } from "../upstreams.ts"

const { answer, fail } = FakeProvider

/** What breaks an answer of the first model, and who goes on with it. */
const courses = {
  "an answer that another model gives": () => fail("server"),
  "an answer that another model goes on with": () =>
    answer({ pieces: ["One, ", "two, ", "three, "], breaks: { after: 2, by: "cut" } })
}

for (const [course, first] of Object.entries(courses)) {
  liveTest(
    `${course} is one stream, of one id, with one end`,
    () =>
      Effect.gen(function* () {
        const { url } = yield* startBoth(
          ({ dialect }) => dialect === "openai" ? first() : answer({ pieces: ["four, ", "five"] }),
          {
            config: {
              // It is asked each time, however often it fails.
              load_balancing: { failure_threshold: 100 },
              models: { "gpt-4": { fallback_models: ["claude-3"] } }
            }
          }
        )
        const asked = { model: "gpt-4", stream: true, stream_options: { include_usage: true } }
        const events = (path: string, body: object) =>
          Effect.map(
            ask(url + path, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ ...asked, ...body })
            }),
            ({ headers, text }) => ({
              id: headers.get("x-request-id")?.replace("req_", ""),
              data: text.split("\n").flatMap((line) =>
                line.startsWith("data: ") ? [line.slice("data: ".length)] : []
              )
            })
          )
        const whole = course.endsWith("gives") ? "four, five" : "One, two, four, five"

        const messages = [{ role: "user", content: "Count" }]
        const chat = yield* events("/v1/chat/completions", { messages })
        assertEquals(chat.data.at(-1), "[DONE]")
        const chunks = chat.data.slice(0, -1).map((one) => JSON.parse(one))
        assertEquals(new Set(chunks.map(({ id }) => id)), new Set([`chatcmpl-${chat.id}`]))
        assertEquals(new Set(chunks.map(({ model }) => model)).size, 1)
        const choices = chunks.flatMap(({ choices }) => choices)
        assertEquals(choices.map(({ delta }) => delta.content ?? "").join(""), whole)
        assertEquals(choices.filter(({ delta }) => delta.role).length, 1)
        assertEquals(choices.flatMap(({ finish_reason: reason }) => reason ?? []), ["stop"])
        assert(chunks.at(-1).usage.total_tokens > 0)

        const completion = yield* events("/v1/completions", { prompt: "Count" })
        assertEquals(completion.data.at(-1), "[DONE]")
        const texts = completion.data.slice(0, -1).map((one) => JSON.parse(one))
        assertEquals(new Set(texts.map(({ id }) => id)), new Set([`cmpl-${completion.id}`]))
        assertEquals(texts.map(({ choices: [one] }) => one?.text ?? "").join(""), whole)

        const response = yield* events("/v1/responses", { input: "Count" })
        const parsed = response.data.map((one) => JSON.parse(one))
        assertEquals(parsed.map(({ sequence_number: at }) => at), parsed.map((_, at) => at))
        assertEquals(
          new Set(parsed.flatMap((one) => one.response?.id ?? [])),
          new Set([`resp_${response.id}`])
        )
        const { type, response: last } = parsed.at(-1)
        assertEquals([type, last.output.length], ["response.completed", 1])
        assertEquals(last.output[0].content[0].text, whole)
        assertEquals(parsed.map(({ delta }) => delta ?? "").join(""), whole)
        assert(last.usage.total_tokens > 0)
      })
  )
}
