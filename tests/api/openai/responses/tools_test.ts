import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { toBody } from "../../../../src/api/openai/responses/read.ts"
import * as Toolbox from "../../../../src/api/openai/Toolbox.ts"
import type { Delta } from "../../../../src/domain/Delta.ts"
import { faultsIn, headOf, type Loose, outline, read, readWell, streamed, usage } from "./asked.ts"

const run = { type: "function", name: "run" }
const patch = { type: "custom", name: "patch" }
const group = { type: "namespace", name: "team", description: "Us", tools: [run, patch] }

const parametersOf = (rest: object) => readWell({ input: "Hi", ...rest }).parameters
const namesOf = (rest: object) => parametersOf(rest).tools?.map(({ name }) => name)
const dropping = { "x-penstock-drop-unsupported": "true" }
const withDrops = (rest: object) =>
  Effect.runSync(read({ model: "m", input: "Hi", ...rest }, dropping)).request

Deno.test("tools of a group are offered among the others, each by a name of its own", () => {
  assertEquals(namesOf({ tools: [run, group, patch] }), [
    "run",
    "team__run",
    "team__patch",
    "patch"
  ])
  const [first, second] = parametersOf({ tools: [group] }).tools ?? []
  assertEquals([first?.description, second?.description], ["Us", "Us"])
})

Deno.test("a tool is chosen by its name, whatever its kind and its group", () => {
  const tools = [group, { ...patch, name: "other" }]
  const chosen = (tool_choice: unknown) => parametersOf({ tools, tool_choice }).toolChoice
  assertEquals(chosen({ type: "custom", name: "other" }), { name: "other" })
  assertEquals(chosen({ type: "function", name: "run" }), { name: "team__run" })
  assertEquals(chosen({ type: "custom", name: "patch", namespace: "team" }), {
    name: "team__patch"
  })
  const allowed = (...tools: ReadonlyArray<unknown>) =>
    namesOf({ tools: [run, group, patch], tool_choice: { type: "allowed_tools", tools } })
  assertEquals(allowed({ type: "namespace", name: "team" }), ["team__run", "team__patch"])
  assertEquals(allowed(patch), ["team__patch", "patch"])
  assertEquals(allowed({ ...run, namespace: "team" }), ["team__run"])
})

Deno.test("what OpenAI would run is left out by its name where the client says so", () => {
  const request = withDrops({
    tools: [run, { type: "web_search" }, { ...group, tools: [run, { type: "mcp" }] }],
    tool_choice: { type: "web_search" }
  })
  assertEquals(request.leftOut, ["tools[1]", "tools[2].tools[1]", "tool_choice"])
  assertEquals(request.parameters.tools?.map(({ name }) => name), ["run", "team__run"])
  assertEquals(request.parameters.toolChoice, undefined)
  const allowed = withDrops({
    tools: [run, { type: "web_search" }],
    tool_choice: { type: "allowed_tools", tools: [run, { type: "web_search" }] }
  })
  assertEquals(allowed.leftOut, ["tools[1]", "tool_choice.tools[1]"])
  // What is wrong otherwise is refused all the same.
  const faults = (rest: object) => faultsIn({ model: "m", input: "Hi", ...rest }, dropping).paths
  assertEquals(faults({ tools: [7] }), ["tools.0"])
  assertEquals(faults({ tools: [{ type: "web_search" }], tool_choice: "required" }), [
    "tool_choice"
  ])
})

Deno.test("what is wrong with a tool is told by its path", () => {
  const faults = (...tools: ReadonlyArray<unknown>) =>
    faultsIn({ model: "m", input: "Hi", tools }).paths.join(" ")
  assertEquals(faults({ type: "custom" }), "tools.0.name")
  assertEquals(faults({ type: "namespace", name: "a" }), "tools.0.tools")
  assertEquals(faults({ ...group, tools: [{ type: "function" }] }), "tools.0.tools.0.name")
  assertEquals(faults({ ...group, tools: [group] }), "tools.0.tools.0.type")
  const item = (item: object) => faultsIn({ model: "m", input: [item] }).paths.join(" ")
  assertEquals(item({ type: "custom_tool_call", call_id: "a", name: "b" }), "input.0.input")
  assertEquals(item({ type: "custom_tool_call_output", call_id: "a" }), "input.0.output")
})

Deno.test("calls of before go back by the names that their tools have", () => {
  const { messages } = readWell({
    tools: [run, group],
    input: [
      { type: "function_call", call_id: "1", name: "run", arguments: "{}" },
      { type: "function_call", call_id: "2", name: "run", namespace: "team", arguments: "{}" },
      { type: "custom_tool_call", call_id: "3", name: "patch", namespace: "team", input: '"a"' },
      { type: "custom_tool_call", call_id: "4", name: "gone", input: "" },
      { type: "custom_tool_call_output", call_id: "3", output: "x" }
    ]
  })
  const [turn, result] = messages
  assertEquals(
    turn?.role === "assistant" && turn.toolCalls.map(({ name, arguments: text }) => [name, text]),
    [
      ["run", "{}"],
      ["team__run", "{}"],
      ["team__patch", '{"input":"\\"a\\""}'],
      ["gone", '{"input":""}']
    ]
  )
  assertEquals(result, {
    role: "tool",
    toolCallId: "3",
    content: [{ type: "text", text: "x" }]
  })
})

const toolbox = Toolbox.make([
  { type: "custom", name: "patch" },
  { type: "function", name: "run", namespace: "team" }
])
const head = headOf({}, toolbox)

const calling = (name: string, ...fragments: ReadonlyArray<string>): ReadonlyArray<Delta> => [
  { _tag: "ToolCallStart", choice: 0, index: 0, id: "c1", name },
  ...fragments.map((fragment) =>
    ({ _tag: "ToolCallArguments", choice: 0, index: 0, fragment }) as const
  )
]

Deno.test("the input of a custom tool is streamed as it is written", () => {
  const events = streamed(calling("patch", '{"inp', 'ut":"a\\', 'nb"', "}"), "tool_calls", head)
  assertEquals(
    outline(events).slice(2),
    [
      "output_item.added 0 custom_tool_call",
      "custom_tool_call_input.delta 0 a",
      "custom_tool_call_input.delta 0 \nb",
      "custom_tool_call_input.done 0 a\nb",
      "output_item.done 0 custom_tool_call",
      "completed completed"
    ]
  )
  const item = { id: "ctc_test_0", type: "custom_tool_call", call_id: "c1", name: "patch" }
  const { response }: Loose = events.at(-1)
  assertEquals(response.output, [{ ...item, status: "completed", input: "a\nb" }])
})

Deno.test("a call that is cut off has the input that came of it, and so has the whole answer", () => {
  const written = '{"input":"a\\'
  const { response }: Loose = streamed(calling("patch", written), "length", head).at(-1)
  const choice = {
    index: 0,
    text: "",
    reasoning: [],
    toolCalls: [{ id: "c1", name: "patch", arguments: written }],
    finishReason: "length" as const
  }
  const whole = toBody(head, {
    model: "m",
    answer: { choices: [choice], usage },
    usage,
    cost: undefined
  })
  assertEquals(response.output, whole.output)
  assertEquals([response.output[0].status, response.output[0].input], ["incomplete", "a"])
})

Deno.test("a function of a group is called by its own name, and its group is told", () => {
  const events: Loose = streamed(calling("team__run", "{}"), "tool_calls", head)
  const items = events.filter(({ item }: Loose) => item).map(({ item }: Loose) => item)
  assertEquals(
    items.map(({ name, namespace, arguments: text }: Loose) => [name, namespace, text]),
    [["run", "team", ""], ["run", "team", "{}"]]
  )
  const done = events.find(({ type }: Loose) => type === "response.function_call_arguments.done")
  assertEquals(done.name, "run")
})
