import { assertEquals } from "@std/assert"
import type { Signature } from "../../../src/domain/Message.ts"
import { assistant, body, request, result, sent, system, text, user } from "./request.ts"

const ours = (value: string): Signature => ({ dialect: "anthropic", value })
const call = (id: string, args = "{}") => ({ id, name: "look", arguments: args })

Deno.test("a lone text is sent as a plain string, several parts as blocks", () => {
  assertEquals(sent(user("Hi")), [{ role: "user", content: "Hi" }])
  assertEquals(sent(user("Hi", "there")), [{
    role: "user",
    content: [{ type: "text", text: "Hi" }, { type: "text", text: "there" }]
  }])
})

Deno.test("system messages are joined into one, wherever they stand", () => {
  const sent = body(request({}, [system("Be ", "kind."), user("Hi"), system(""), system("短く")]))
  assertEquals(sent.system, "Be kind.\n\n短く")
  assertEquals(sent.messages, [{ role: "user", content: "Hi" }])
  assertEquals("system" in body(request()), false)
})

Deno.test("neighbours of one side become one turn", () => {
  assertEquals(sent(user("a"), user("b"), assistant("c"), assistant("d"), user("e")), [
    { role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
    { role: "assistant", content: [{ type: "text", text: "c" }, { type: "text", text: "d" }] },
    { role: "user", content: "e" }
  ])
})

Deno.test("blank texts and messages that say nothing are left out, and the rest still alternates", () => {
  assertEquals(sent(user("a", ""), assistant(""), user(" \n"), user("b")), [
    { role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] }
  ])
})

Deno.test("tool results share one user turn with what the user says next, and stand first in it", () => {
  const image = { type: "image", url: "https://a.example/b.png" } as const
  assertEquals(
    sent(
      user("Go"),
      assistant("", { toolCalls: [call("1"), call("2"), call("3")] }),
      result("1", "one"),
      user("And?"),
      result("2", text("two"), image),
      result("3")
    ).at(2),
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "1", content: "one" },
        {
          type: "tool_result",
          tool_use_id: "2",
          content: [
            { type: "text", text: "two" },
            { type: "image", source: { type: "url", url: "https://a.example/b.png" } }
          ]
        },
        { type: "tool_result", tool_use_id: "3" },
        { type: "text", text: "And?" }
      ]
    }
  )
})

Deno.test("an assistant's turn has thinking first, then text, then tool calls", () => {
  assertEquals(
    sent(assistant("So.", {
      reasoning: [
        { type: "text", text: "Hm", signature: ours("s1") },
        { type: "redacted", data: ours("r1") },
        { type: "text", text: "", signature: ours("s2") }
      ],
      toolCalls: [call("1", '{"at":[1,"二"]}')]
    })),
    [{
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm", signature: "s1" },
        { type: "redacted_thinking", data: "r1" },
        { type: "thinking", thinking: "", signature: "s2" },
        { type: "text", text: "So." },
        { type: "tool_use", id: "1", name: "look", input: { at: [1, "二"] } }
      ]
    }]
  )
})

Deno.test("reasoning that Anthropic did not sign does not go back", () => {
  const theirs: Signature = { dialect: "gemini", value: "x" }
  assertEquals(
    sent(assistant("So.", {
      reasoning: [
        { type: "text", text: "unsigned" },
        { type: "text", text: "foreign", signature: theirs },
        { type: "redacted", data: theirs }
      ]
    })),
    [{ role: "assistant", content: "So." }]
  )
})

Deno.test("arguments that are no object go back whole, under a name that says so", () => {
  const inputOf = (args: string) => {
    const [turn] = sent(assistant("", { toolCalls: [call("1", args)] }))
    return turn!.content[0].input
  }
  assertEquals(inputOf(""), {})
  assertEquals(inputOf(" "), {})
  assertEquals(inputOf('{"a":'), { INVALID_JSON: '{"a":' })
  assertEquals(inputOf("[1]"), { INVALID_JSON: "[1]" })
  assertEquals(inputOf("null"), { INVALID_JSON: "null" })
  // Objects with such keys are what JSON.stringify still fails on when they are nested this deep.
  const deep = `${'{"0":'.repeat(50_000)}1${"}".repeat(50_000)}`
  assertEquals(inputOf(deep), { INVALID_JSON: deep })
})

Deno.test("an image is sent by its data or by its address", () => {
  const image = (url: string) => {
    const [turn] = sent(user({ type: "image", url }, "?"))
    return turn!.content === "?" ? undefined : turn!.content[0].source
  }
  const base64 = (media_type: string, data: string) => ({ type: "base64", media_type, data })
  assertEquals(image("data:image/png;base64,AAA="), base64("image/png", "AAA="))
  assertEquals(image("DATA:Image/WEBP;name=x;base64,A+/="), base64("image/webp", "A+/="))
  assertEquals(image("https://a.example/b?c"), { type: "url", url: "https://a.example/b?c" })
  for (
    const url of [
      "http://a.example/b.png",
      "https://",
      "data:image/png;base64,",
      "data:image/png;base64",
      "data:image/png,AAA=",
      "data:image/png;base64,A A",
      "data:image/bmp;base64,AAA=",
      "data:text/plain;base64,AAA=",
      "file:///etc/passwd",
      ""
    ]
  ) assertEquals(image(url), undefined, url)
})

Deno.test("another provider's id is made one that Anthropic takes, for call and result alike", () => {
  const idsFor = (id: string) => {
    const [turn, answer] = sent(assistant("", { toolCalls: [call(id)] }), result(id, "1"))
    assertEquals(answer!.content[0].tool_use_id, turn!.content[0].id)
    return turn!.content[0].id
  }
  const foreign = ["functions.x:0", "functions_x:0", "functions.x:1", "ü", ""].map(idsFor)
  for (const id of foreign) assertEquals(/^[a-zA-Z0-9_-]+$/.test(id), true, id)
  assertEquals(new Set(foreign).size, foreign.length)
  const long = `call_${"x".repeat(200)}`
  for (const id of ["toolu_01A", "call_a-B_9", long]) assertEquals(idsFor(id), id)
})
