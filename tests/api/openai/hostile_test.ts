import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { lagDuring } from "../../kit/lag.ts"
import { ask, startBoth } from "../upstreams.ts"

const hi = [{ role: "user", content: "Hi" }]
const many = (length: number, item: unknown) => Array.from({ length }, () => item)
const text = (length: number, item: string) => `[${many(length, item).join()}]`

/** A body, or its text; and the place of what is wrong with it, `undefined` where it is answered. */
type Case = readonly [body: object | string, param: string | null | undefined]

const chat = (model: string): ReadonlyArray<Case> => {
  const saying = (content: unknown) => ({ model, messages: [{ role: "user", content }] })
  const written = (rest: string) => `{"model":"${model}","messages":${JSON.stringify(hi)},${rest}}`
  return [
    ["null", null],
    ['"text"', null],
    [{ model, messages: null }, "messages"],
    [{ model, messages: [] }, "messages"],
    [{ model, messages: {} }, "messages"],
    [{ model, messages: [null] }, "messages[0]"],
    [{ model, messages: [[]] }, "messages[0]"],
    [{ model, messages: [{ role: 1, content: "x" }] }, "messages[0].role"],
    [saying(5), "messages[0].content"],
    [saying([null]), "messages[0].content[0].type"],
    [saying([{ type: "image_url", image_url: null }]), "messages[0].content[0].image_url"],
    [saying([]), undefined],
    [saying("\ud83d"), undefined],
    [{ model, messages: hi, stop: many(10_000, "x") }, "stop"],
    [{ model, messages: hi, n: 1e9 }, "n"],
    [{ model, messages: hi, n: "1" }, "n"],
    [{ model, messages: hi, temperature: "NaN" }, "temperature"],
    [written('"temperature":1e999'), "temperature"],
    [written('"temperature":-0'), undefined],
    [written('"seed":1e999'), "seed"],
    [written('"__proto__":{"n":2},"constructor":{"n":2}'), undefined],
    [written('"n":5,"n":1'), undefined],
    [written(`"x":${"[".repeat(70)}${"]".repeat(70)}`), null],
    [{ model, messages: hi, tools: many(600, { type: "function" }) }, "tools"],
    [{ model, messages: hi, metadata: many(20, "x") }, "metadata"],
    [written(`"tools":${text(100_000, "1")}`), "tools"],
    [`{"model":"${model}","messages":${text(100_000, '{"role":"user","content":"a"}')}}`, null],
    [saying("a".repeat(1_000_000)), undefined],
    [saying(many(30_000, { type: "text", text: "a" })), undefined],
    [{ ...saying("Hi"), user: "a\r\nx-evil: 1", prompt_cache_key: "\r\nx-evil: 1" }, undefined],
    [
      { ...saying("Hi"), tools: [{ type: "function", function: { name: "f\r\nx-evil: 1" } }] },
      undefined
    ],
    [{ ...saying("Hi"), metadata: { "x\r\nx-evil": "1\r\nx-evil: 1" } }, undefined],
    [{ ...saying("Hi"), model: "m\r\nx-evil: 1" }, "model"],
    [{ ...saying("Hi"), model: "__proto__" }, "model"]
  ]
}

const responses = (model: string): ReadonlyArray<Case> => [
  [{ model, input: null }, "input"],
  [{ model, input: [] }, "input"],
  [{ model, input: ["a", 1, null] }, "input[0]"],
  [{ model, input: [{ type: "__proto__" }] }, "input[0].type"],
  [{ model, input: [{ role: "user", content: null }] }, "input[0].content"],
  [{ model, input: "Hi", tools: [null] }, "tools[0]"],
  [{ model, input: "Hi", tools: [{ type: "web_search" }] }, "tools[0].type"],
  [`{"model":"${model}","input":"Hi","tools":${text(100_000, "1")}}`, "tools"],
  [`{"model":"${model}","input":${text(100_000, "1")}}`, "input"],
  [
    {
      model,
      input: "Hi",
      tools: many(500, { type: "function", name: "f" }),
      tool_choice: { type: "allowed_tools", tools: many(30_000, { type: "function", name: "g" }) }
    },
    "tool_choice.tools"
  ],
  [`{"model":"${model}","input":"Hi","max_output_tokens":1e999}`, "max_output_tokens"],
  [`{"model":"${model}","input":"Hi","metadata":{"__proto__":"a"}}`, undefined],
  [{ model, input: "a".repeat(1_000_000) }, undefined],
  [{ model, input: many(10_000, { role: "user", content: "a" }) }, undefined],
  [{ model, input: "Hi", user: "a\r\nx-evil: 1", prompt_cache_key: "\r\nx-evil: 1" }, undefined]
]

const completions = (model: string): ReadonlyArray<Case> => [
  [{ model, prompt: null }, "prompt"],
  [{ model, prompt: ["a", "b"] }, "prompt"],
  [{ model, prompt: [["a"]] }, "prompt"],
  [{ model, prompt: many(100_000, "a") }, "prompt"],
  [{ model, prompt: "a", suffix: "", echo: false, logprobs: null, best_of: 1 }, undefined],
  [{ model, prompt: "a".repeat(1_000_000) }, undefined]
]

const embeddings: ReadonlyArray<Case> = [
  [{ model: "simulator-embedding", input: null }, "input"],
  [{ model: "simulator-embedding", input: ["a", 1] }, "input"],
  [{ model: "simulator-embedding", input: [[]] }, "input"],
  [{ model: "simulator-embedding", input: many(3000, "a") }, "input"],
  [{ model: "simulator-embedding", input: "\ud83d", user: "a\r\nx-evil: 1" }, undefined],
  [{ model: "gpt-4", input: "a" }, "model"]
]

const routes = [
  ...["gpt-4", "claude-3", "gemini-pro"].flatMap((model) => [
    ["/v1/chat/completions", model, chat(model)] as const,
    ["/v1/responses", model, responses(model)] as const,
    ["/v1/completions", model, completions(model)] as const
  ]),
  ["/v1/embeddings", "", embeddings] as const
]

liveTest(
  "whatever is sent is answered, or refused by its place in the client's words, and stops nobody else",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      let longest = 0
      for (const [path, model, cases] of routes) {
        for (const [body, param] of cases) {
          const sent = typeof body === "string" ? body : JSON.stringify(body)
          const name = `${path} ${model} ${sent.slice(0, 200)}`
          const { result, lag } = yield* lagDuring(
            ask(url + path, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: sent
            })
          )
          longest = Math.max(longest, lag)
          assertEquals(result.headers.get("x-evil"), null)
          assertEquals(Reflect.get({}, "n"), undefined)
          const { error } = JSON.parse(result.text)
          const { status } = result
          if (param === undefined) {
            assertEquals([status, error ?? undefined], [200, undefined], name)
          } else {
            assert(status === 400 || status === 404, `${name}: ${status}`)
            assertEquals(error.param, param, name)
            assertEquals(error.type, "invalid_request_error")
            assert(error.message.length < 1000 && !/[\r\n]/.test(error.message), name)
          }
        }
      }
      console.log(`  nothing else ran for at most ${longest.toFixed(0)} ms`)
      // The provider is in this process too, and the machine has other work.
      assert(longest < 500, `${longest} ms`)
    })
)

liveTest(
  "of very many parts that were left out the header tells some, and how many others there are",
  () =>
    Effect.gen(function* () {
      const { url } = yield* startBoth()
      const { headers, status } = yield* ask(`${url}/v1/responses`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-penstock-drop-unsupported": "true" },
        body: JSON.stringify({
          model: "gpt-4",
          input: "Hi",
          tools: many(500, { type: "web_search" })
        })
      })
      assertEquals(status, 200)
      const dropped = headers.get("x-penstock-dropped") ?? ""
      assert(dropped.startsWith("tools[0], tools[1], "))
      assert(dropped.endsWith("tools[49], and 450 more"), dropped)
    })
)
