import type Anthropic from "@anthropic-ai/sdk"
import { assertEquals } from "@std/assert"
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { anthropic } from "../../../src/protocol/anthropic/mod.ts"
import { namedEvents } from "../../kit/replay.ts"
import { assistant, request, result, system, text, user } from "./request.ts"
import { message, model, withSdk } from "./sdk.ts"

/** The same request twice: as the SDK's user writes it, and as ours. */
const requests: Record<string, readonly [Anthropic.MessageCreateParams, CompletionRequest]> = {}
const same = (
  name: string,
  theirs: Omit<Anthropic.MessageCreateParamsNonStreaming, "model" | "max_tokens" | "stream">,
  messages: ReadonlyArray<Message>,
  parameters: Parameters = {}
) => {
  for (const stream of [false, true]) {
    requests[`${name}${stream ? ", streamed" : ""}`] = [
      { model, max_tokens: 1000, ...theirs, stream },
      request({ ...parameters, maxTokens: 1000 }, messages)
    ]
  }
}

same("one text", { messages: [{ role: "user", content: "你好 😀" }] }, [user("你好 😀")])

// Temperature and top_p are no words of the SDK any more: it speaks a later version of the API.
same(
  "plain parameters",
  {
    messages: [{ role: "user", content: "Hi" }],
    system: "Be brief.",
    stop_sequences: ["END", "FIN"],
    metadata: { user_id: "u1" }
  },
  [system("Be brief."), user("Hi")],
  { stop: ["END", "FIN"], user: "u1", metadata: { a: "b" } }
)

same(
  "several turns with thinking and tools",
  {
    system: "Be kind.\n\nBe brief.",
    messages: [
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Look it up.", signature: "sig1" },
          { type: "redacted_thinking", data: "red1" },
          { type: "text", text: "I'll look." },
          { type: "tool_use", id: "t1", name: "weather", input: { city: "北京", days: 2 } },
          { type: "tool_use", id: "t2", name: "time", input: {} }
        ]
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: "Sunny" },
          {
            type: "tool_result",
            tool_use_id: "t2",
            content: [
              { type: "text", text: "Noon" },
              {
                type: "image",
                source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" }
              }
            ]
          },
          { type: "text", text: "And?" }
        ]
      },
      { role: "assistant", content: "Go out." },
      { role: "user", content: "Thanks" }
    ],
    tools: [
      {
        name: "weather",
        description: "The weather",
        input_schema: {
          type: "object",
          properties: { city: { type: "string" } },
          required: ["city"],
          additionalProperties: false
        },
        strict: true
      },
      { name: "time", input_schema: { type: "object", properties: {} } }
    ],
    tool_choice: { type: "any" }
  },
  [
    system("Be kind."),
    user("Weather?"),
    assistant("I'll look.", {
      reasoning: [
        {
          type: "text",
          text: "Look it up.",
          signature: { dialect: "anthropic", value: "sig1" }
        },
        { type: "redacted", data: { dialect: "anthropic", value: "red1" } }
      ],
      toolCalls: [
        { id: "t1", name: "weather", arguments: '{ "city": "北京", "days": 2 }' },
        { id: "t2", name: "time", arguments: "{}" }
      ]
    }),
    system("Be brief."),
    result("t1", "Sunny"),
    result("t2", text("Noon"), { type: "image", url: "data:image/png;base64,iVBORw0KGgo=" }),
    user("And?"),
    assistant("Go out."),
    user("Thanks")
  ],
  {
    tools: [
      {
        name: "weather",
        description: "The weather",
        parameters: {
          type: "object",
          properties: { city: { type: "string" } },
          required: ["city"],
          additionalProperties: false
        },
        strict: true
      },
      { name: "time" }
    ],
    toolChoice: "required"
  }
)

same(
  "images by data and by address",
  {
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "Compare" },
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/4A==" } },
        { type: "image", source: { type: "url", url: "https://a.example/b.webp?c=d" } }
      ]
    }]
  },
  [
    user(
      "Compare",
      { type: "image", url: "data:image/jpeg;base64,/9j/4A==", detail: "auto" },
      { type: "image", url: "https://a.example/b.webp?c=d" }
    )
  ]
)

for (
  const [choice, ours] of [
    [{ type: "auto" }, "auto"],
    [{ type: "none" }, "none"],
    [{ type: "tool", name: "time" }, { name: "time" }]
  ] as const
) {
  same(
    `a choice of tools: ${choice.type}`,
    {
      messages: [{ role: "user", content: "Hi" }],
      tools: [{ name: "time", input_schema: { type: "object", properties: {} } }],
      tool_choice: choice
    },
    [user("Hi")],
    { tools: [{ name: "time" }], toolChoice: ours }
  )
}

const schema = {
  type: "object",
  properties: { name: { type: "string" } },
  required: ["name"],
  additionalProperties: false
}

same(
  "a structured answer after much thought",
  {
    messages: [{ role: "user", content: "Who?" }],
    thinking: { type: "adaptive" },
    output_config: { effort: "xhigh", format: { type: "json_schema", schema } }
  },
  [user("Who?")],
  {
    reasoningEffort: "xhigh",
    responseFormat: { type: "json_schema", name: "who", schema, strict: true }
  }
)

same(
  "no thought at all",
  { messages: [{ role: "user", content: "Hi" }], thinking: { type: "disabled" } },
  [user("Hi")],
  { reasoningEffort: "none" }
)

for (const [name, [theirs, ours]] of Object.entries(requests)) {
  Deno.test(`we send what the official SDK sends: ${name}`, async () => {
    const stream = theirs.stream === true
    const begin = { type: "message_start", message }
    const events = namedEvents(begin, { type: "message_stop" })
    const sent = await withSdk(stream ? events : JSON.stringify(message), async (sdk) => {
      const reply = await sdk.messages.create(theirs)
      // The answer is read to its end, or its connection would be left open.
      if (Symbol.asyncIterator in reply) { for await (const _ of reply); }
    })
    assertEquals(anthropic.unsupported(ours), [])
    const { path, body } = anthropic.encode(ours, { model, stream })
    assertEquals({ path, body: JSON.parse(JSON.stringify(body)) }, sent)
  })
}
