import { assertEquals } from "@std/assert"
import { assistant, body, request, result, sent, system, user } from "./request.ts"

const png = "data:image/png;base64,iVBORw0KGgo="

Deno.test("what the system says stands apart, block by block, wherever it was said", () => {
  const asked = request({}, [system("One"), user("Hi"), system("Two"), system(" \n")])
  assertEquals(body(asked).system, [{ text: "One" }, { text: "Two" }])
  assertEquals(body(request({}, [system(""), user("Hi")])).system, undefined)
})

Deno.test("neighbours of one side are one turn, and what says nothing is left out", () => {
  assertEquals(sent(user("A", " "), user("B"), assistant("C"), assistant("D"), user("")), [
    { role: "user", content: [{ text: "A" }, { text: "B" }] },
    { role: "assistant", content: [{ text: "C" }, { text: "D" }] }
  ])
})

Deno.test("an image is sent as its bytes; one that only has an address is not", () => {
  const asked = [
    { type: "image", url: png, detail: "low" } as const,
    { type: "image", url: "https://example.com/a.png" } as const,
    { type: "image", url: "data:image/tiff;base64,AAAA" } as const,
    { type: "image", url: "data:image/png,AAAA" } as const
  ]
  assertEquals(sent(user("See", ...asked))[0].content, [
    { text: "See" },
    { image: { format: "png", source: { bytes: "iVBORw0KGgo=" } } }
  ])
})

const call = (id: string, name: string, args: string) => ({ id, name, arguments: args })

Deno.test("calls and results are blocks, and results come first in the user's turn", () => {
  const messages = [
    user("Go"),
    assistant("I will", { toolCalls: [call("a", "look", '{"x":1}'), call("b", "see", "")] }),
    user("And now?"),
    result("a", "1", { type: "image", url: png }),
    { ...result("b", "It broke"), isError: true }
  ]
  assertEquals(sent(...messages).slice(1), [
    {
      role: "assistant",
      content: [
        { text: "I will" },
        { toolUse: { toolUseId: "a", name: "look", input: { x: 1 } } },
        { toolUse: { toolUseId: "b", name: "see", input: {} } }
      ]
    },
    {
      role: "user",
      content: [
        {
          toolResult: {
            toolUseId: "a",
            content: [{ text: "1" }, {
              image: { format: "png", source: { bytes: "iVBORw0KGgo=" } }
            }]
          }
        },
        { toolResult: { toolUseId: "b", content: [{ text: "It broke" }], status: "error" } },
        { text: "And now?" }
      ]
    }
  ])
})

Deno.test("arguments that are no object go back whole, under a name that says so", () => {
  for (const text of ["[1]", '{"a":', "7", '{"a":1}x']) {
    const [turn] = sent(assistant("", { toolCalls: [call("a", "look", text)] }))
    assertEquals(turn.content[0].toolUse.input, { INVALID_JSON: text })
  }
})

Deno.test("another provider's id is made one that Bedrock takes, for call and result alike", () => {
  for (const id of ["functions.get:0", "x".repeat(80), "ü", ""]) {
    const [turn, answer] = sent(
      assistant("", { toolCalls: [call(id, "f", "{}")] }),
      result(id, "1")
    )
    const { toolUseId } = turn.content[0].toolUse
    assertEquals(/^[a-zA-Z0-9_-]{1,64}$/.test(toolUseId), true, toolUseId)
    assertEquals(answer.content[0].toolResult.toolUseId, toolUseId)
  }
  const [turn] = sent(
    assistant("", { toolCalls: [call("tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", "f", "")] })
  )
  assertEquals(turn.content[0].toolUse.toolUseId, "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q")
})

Deno.test("only reasoning that Bedrock signed goes back, before the rest of the turn", () => {
  const signed = (dialect: "bedrock" | "anthropic", value: string) => ({ dialect, value })
  const [turn] = sent(assistant("So", {
    reasoning: [
      { type: "text", text: "Hm", signature: signed("bedrock", "s") },
      { type: "text", text: "Other", signature: signed("anthropic", "t") },
      { type: "text", text: "Unsigned" },
      { type: "redacted", data: signed("bedrock", "AAAA") },
      { type: "redacted", data: signed("anthropic", "BBBB") }
    ]
  }))
  assertEquals(turn.content, [
    { reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } },
    { reasoningContent: { redactedContent: "AAAA" } },
    { text: "So" }
  ])
})

const tools = [
  { name: "look", description: "Looks", parameters: { properties: { x: { type: "number" } } } },
  { name: "wait", description: "", strict: true }
]
const specs = [
  {
    toolSpec: {
      name: "look",
      description: "Looks",
      inputSchema: { json: { type: "object", properties: { x: { type: "number" } } } }
    }
  },
  {
    toolSpec: {
      name: "wait",
      inputSchema: { json: { type: "object", properties: {} } },
      strict: true
    }
  }
]

Deno.test("tools are told with their schemas, and chosen in Bedrock's words", () => {
  const config = (toolChoice?: "auto" | "required" | "none" | { name: string }) =>
    body(request({ tools, toolChoice })).toolConfig
  assertEquals(config(), { tools: specs })
  assertEquals(config("auto"), { tools: specs })
  assertEquals(config("required"), { tools: specs, toolChoice: { any: {} } })
  assertEquals(config({ name: "wait" }), { tools: specs, toolChoice: { tool: { name: "wait" } } })
  assertEquals(config("none"), undefined)
  assertEquals(body(request({ tools: [] })).toolConfig, undefined)
})

Deno.test("a conversation with calls has tools told of, even where the request has none", () => {
  const messages = [
    user("Go"),
    assistant("", { toolCalls: [call("a", "look", "{}"), call("b", "look", "{}")] }),
    result("a", "1"),
    result("b", "2")
  ]
  const names = (parameters: object) =>
    body(request(parameters, messages)).toolConfig.tools.map(
      ({ toolSpec }: { toolSpec: { name: string } }) => toolSpec.name
    )
  assertEquals(names({}), ["look"])
  assertEquals(names({ tools, toolChoice: "none" }), ["look", "wait"])
  assertEquals(names({ tools: [{ name: "other" }] }), ["other"])
})
