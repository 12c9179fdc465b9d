import { assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../../kit/effect.ts"
import * as FakeProvider from "../../../kit/FakeProvider.ts"
import { ask, modelOf, postJson, startBoth } from "../../upstreams.ts"
import { type Loose, parse } from "./asked.ts"

const text = (description: string) => ({ type: "string", description })

const schema = (properties: object, ...required: ReadonlyArray<string>) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false
})

/** Tools of the kinds that Codex offers, in its order. */
const tools = [
  {
    type: "function",
    name: "exec_command",
    description: "Runs a command",
    strict: false,
    parameters: schema({ cmd: text("The command"), yield_time_ms: { type: "number" } }, "cmd")
  },
  {
    type: "namespace",
    name: "multi_agent_v1",
    description: "Agents that help",
    tools: [
      {
        type: "function",
        name: "close_agent",
        description: "Ends an agent",
        strict: false,
        parameters: schema({ target: text("Its id") }, "target")
      },
      {
        type: "function",
        name: "wait_agent",
        description: "Waits for agents",
        strict: false,
        parameters: schema({ targets: { type: "array", items: { type: "string" } } }, "targets")
      }
    ]
  },
  {
    type: "custom",
    name: "apply_patch",
    description: "Changes files",
    format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin Patch" LF' }
  },
  { type: "web_search", external_web_access: false }
]

const said = (role: string, ...texts: ReadonlyArray<string>) => ({
  type: "message",
  id: `msg_${role}`,
  role,
  content: texts.map((text) => ({ type: "input_text", text }))
})

const question = [
  said("developer", "You work on code."),
  said("developer", "Skills: none", "Sandbox: read only"),
  said("user", "<environment><cwd>/work</cwd></environment>"),
  said("user", "Say hello in hello.txt")
]

/** A request as Codex makes it. */
const request = (model: string, input: ReadonlyArray<Loose>) => ({
  model,
  stream: true,
  input,
  tools,
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: null,
  store: false,
  include: [],
  prompt_cache_key: "thread",
  client_metadata: { "x-codex-installation-id": "i" }
})

const patch = '*** Begin Patch\n*** Add File: hello.txt\n+"Hello" \\o/ 😀\n*** End Patch\n'

const script = () =>
  FakeProvider.sequence(
    FakeProvider.answer({
      text: "I look.",
      toolCalls: [
        { id: "call_1", name: "exec_command", arguments: '{"cmd":"ls"}' },
        { id: "call_2", name: "multi_agent_v1__close_agent", arguments: '{"target":"a"}' }
      ]
    }),
    FakeProvider.answer({
      toolCalls: [{
        id: "call_3",
        name: "apply_patch",
        arguments: JSON.stringify({ input: patch })
      }]
    }),
    FakeProvider.answer({ text: "Done" })
  )

const drops = { "x-penstock-drop-unsupported": "true" }

const turn = Effect.fnUntraced(function* (
  url: string,
  model: string,
  input: ReadonlyArray<Loose>
) {
  const { headers, status, text } = yield* ask(`${url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", ...drops },
    body: JSON.stringify(request(model, input))
  })
  assertEquals(status, 200, text)
  const events: Loose = parse(text)
  assertEquals(events.at(-1)?.type, "response.completed")
  return { events, headers, output: events.at(-1).response.output }
})

for (const [dialect, model] of Object.entries(modelOf)) {
  liveTest(`Codex works with a model of ${dialect}`, () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(script())
      const first = yield* turn(url, model, question)
      assertEquals(first.headers.get("x-penstock-dropped"), "tools[3]")
      assertEquals(
        first.output.map(({ type, name, namespace }: Loose) => [type, name, namespace]),
        [
          ["message", undefined, undefined],
          ["function_call", "exec_command", undefined],
          ["function_call", "close_agent", "multi_agent_v1"]
        ]
      )
      const added = first.events.filter(({ type }: Loose) => type === "response.output_item.added")
      assertEquals(added.at(-1).item.namespace, "multi_agent_v1")

      const ids = first.output.slice(1).map(({ call_id }: Loose) => call_id)
      const outputs = ids.map((call_id: string) => ({
        type: "function_call_output",
        call_id,
        output: "ok"
      }))
      const history = [...question, ...first.output, ...outputs]
      const second = yield* turn(url, model, history)
      const [call] = second.output
      assertEquals([call.type, call.name, call.input, call.status], [
        "custom_tool_call",
        "apply_patch",
        patch,
        "completed"
      ])
      const deltas = second.events
        .filter(({ type }: Loose) => type === "response.custom_tool_call_input.delta")
      assertEquals(deltas.map(({ delta }: Loose) => delta).join(""), patch)

      const last = yield* turn(url, model, [
        ...history,
        call,
        { type: "custom_tool_call_output", call_id: call.call_id, output: "Success" }
      ])
      assertEquals(last.output[0].content[0].text, "Done")
      assertEquals(provider.calls.map((call) => call.dialect), [dialect, dialect, dialect])
      assertEquals(provider.strays, [])
    }))
}

liveTest(
  "providers are offered functions, with the names by which they called them before",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth(script())
      const { output } = yield* turn(url, modelOf.openai, question)
      const outputs = ["call_1", "call_2"].map((call_id) => ({
        type: "function_call_output",
        call_id,
        output: "ok"
      }))
      const second = yield* turn(url, modelOf.openai, [...question, ...output, ...outputs])
      yield* turn(url, modelOf.openai, [
        ...question,
        ...output,
        ...outputs,
        ...second.output,
        { type: "custom_tool_call_output", call_id: "call_3", output: "Success" }
      ])
      const { messages, tools }: Loose = provider.calls[2]?.body
      assertEquals(tools.map((tool: Loose) => tool.function.name), [
        "exec_command",
        "multi_agent_v1__close_agent",
        "multi_agent_v1__wait_agent",
        "apply_patch"
      ])
      const { description, parameters } = tools[3].function
      assertMatch(description, /^Changes files\n\n.*lark grammar:\n\nstart: "\*\*\* Begin/)
      assertEquals(parameters.required, ["input"])
      assertEquals(
        messages.flatMap((message: Loose) =>
          message.tool_calls?.map((call: Loose) => [call.function.name, call.function.arguments]) ??
            []
        ),
        [
          ["exec_command", '{"cmd":"ls"}'],
          ["multi_agent_v1__close_agent", '{"target":"a"}'],
          ["apply_patch", JSON.stringify({ input: patch })]
        ]
      )
      assertEquals(messages.at(-1), {
        role: "tool",
        tool_call_id: "call_3",
        content: "Success"
      })
    })
)

liveTest(
  "without the header, what OpenAI would run is refused, and the header is named",
  () =>
    Effect.gen(function* () {
      const { url, provider } = yield* startBoth()
      const { body, status } = yield* postJson(
        `${url}/v1/responses`,
        request(modelOf.anthropic, question)
      )
      const { code, message, param } = body.error
      assertEquals([status, code, param], [400, "unsupported_tool", "tools[3].type"])
      assertMatch(message, /X-Penstock-Drop-Unsupported: true/)
      assertEquals(provider.calls, [])
    })
)
