import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { GatewayError } from "../../src/domain/GatewayError.ts"
import type { Message } from "../../src/domain/Message.ts"
import type { ModelSpec } from "../../src/domain/Model.ts"
import { defaultTraffic } from "../../src/config/Traffic.ts"
import { admit } from "../../src/gateway/admit.ts"
import { anthropic } from "../../src/protocol/anthropic/mod.ts"
import type { Dialect } from "../../src/protocol/Dialect.ts"
import { openai } from "../../src/protocol/openai/mod.ts"
import { make } from "../../src/routing/Snapshot.ts"
import { fakeActor, providersOf } from "../routing/FakeActor.ts"
import { asking } from "./request.ts"

const everything = [
  "text-generation",
  "conversation",
  "vision",
  "tools",
  "json-schema",
  "reasoning"
] as const

/** A model that does everything but what `spec` says. */
const deployment = (spec: Partial<ModelSpec>, dialect: Dialect = openai()) => {
  const actor = fakeActor("own", [{ id: "m", name: "M", capabilities: everything, ...spec }])
  const { settings } = actor
  const provider = { ...settings.provider, dialect }
  return make(defaultTraffic, providersOf({ ...actor, settings: { ...settings, provider } }))
    .find("m")!.deployments[0]
}

const noError = new GatewayError({ reason: { _tag: "Internal" } })

const whyNot = ({ reason }: GatewayError) => {
  if (reason._tag !== "InvalidRequest") throw new Error(reason._tag)
  return reason
}

/** `request` as a model of `spec` can honour it, which it can. */
const admitted = (spec: Partial<ModelSpec>, request: CompletionRequest, dialect?: Dialect) => {
  const given = admit(deployment(spec, dialect), request)
  if (given instanceof GatewayError) throw given
  return given
}

/** What becomes of `request`: the paths that it is refused for, or what is left out of it. */
const fate = (
  spec: Partial<ModelSpec>,
  request: CompletionRequest,
  dialect?: Dialect
): { readonly refused: ReadonlyArray<string> } | { readonly dropped: ReadonlyArray<string> } => {
  const given = admit(deployment(spec, dialect), request)
  if (!(given instanceof GatewayError)) return { dropped: given.dropped }
  const reason = whyNot(given)
  const paths = reason.issues.map(({ path }) => path.join("."))
  const kind = paths.includes("model")
    ? "unsupported_model"
    : paths.some((path) => path.startsWith("messages"))
    ? "unsupported_input"
    : "unsupported_parameter"
  assertEquals([reason.status, reason.kind], [400, kind])
  assertEquals(reason.canDrop ?? false, reason.message.includes("drop_unsupported"))
  if (kind !== "unsupported_model") {
    for (const path of paths) assertStringIncludes(reason.message, path)
  }
  return { refused: paths }
}

const text = { type: "text", text: "Look" } as const
const image = { type: "image", url: "https://example.com/a.png" } as const
const user = (...content: ReadonlyArray<typeof text | typeof image>): Message => ({
  role: "user",
  content
})
const assistant = (...ids: ReadonlyArray<string>): Message => ({
  role: "assistant",
  content: [text],
  reasoning: [],
  toolCalls: ids.map((id) => ({ id, name: "look", arguments: "{}" }))
})
const result: Message = { role: "tool", toolCallId: "a", content: [text] }
const saying = (...messages: ReadonlyArray<Message>) => ({ ...asking("m"), messages })

const tools = [{ name: "look" }]
const schema = { type: "json_schema", name: "answer", schema: { type: "object" } } as const

/** What each capability is needed for, and where that stands. */
const needs: ReadonlyArray<
  readonly [
    capability: (typeof everything)[number],
    request: CompletionRequest,
    paths: ReadonlyArray<string>
  ]
> = [
  ["vision", saying(user(text), assistant(), user(text, image, image)), [
    "messages.2.content.1",
    "messages.2.content.2"
  ]],
  ["tools", asking("m", { tools }), ["parameters.tools"]],
  ["tools", saying(user(text), assistant("a"), result, user(text)), [
    "messages.1.tool_calls",
    "messages.2"
  ]],
  ["json-schema", asking("m", { responseFormat: schema }), ["parameters.response_format"]],
  ["reasoning", asking("m", { reasoningEffort: "low" }), ["parameters.reasoning_effort"]]
]

for (const [capability, request, paths] of needs) {
  const lacking = { capabilities: everything.filter((one) => one !== capability) }
  const dropping = { ...request, dropUnsupported: true }

  Deno.test(`${paths.join(" and ")} is refused where the model is known to lack ${capability}`, () => {
    assertEquals(fate(lacking, request), { refused: paths })
    assertEquals(fate({}, request), { dropped: [] })
  })

  Deno.test(`${paths.join(" and ")} is let through where nobody knows of ${capability}`, () => {
    const unknown = { ...lacking, unknownCapabilities: [capability] }
    assertEquals(fate(unknown, request), { dropped: [] })
    assertEquals(fate(unknown, dropping), { dropped: [] })
  })

  const isTuning = capability === "reasoning"
  Deno.test(`${paths.join(" and ")} is ${isTuning ? "" : "not "}left out of a request that lets it`, () => {
    assertEquals(fate(lacking, dropping), isTuning ? { dropped: paths } : { refused: paths })
  })
}

Deno.test("what asks for nothing is not refused", () => {
  const capabilities = ["text-generation", "conversation"] as const
  for (
    const parameters of [
      { reasoningEffort: "none" },
      { responseFormat: { type: "json_object" } },
      { responseFormat: { type: "text" } },
      { tools: [] }
    ] as const
  ) assertEquals(fate({ capabilities }, asking("m", parameters)), { dropped: [] })
})

Deno.test("a request that no drop can mend is not told to set it, and one that it can is", () => {
  const message = (spec: Partial<ModelSpec>, request: CompletionRequest) => {
    const given = admit(deployment(spec), request)
    return given instanceof GatewayError ? whyNot(given).message : ""
  }
  const capabilities = ["conversation"] as const
  const hard = message({ capabilities }, asking("m", { tools, reasoningEffort: "low" }))
  assertStringIncludes(hard, "ask a model that can")
  assertStringIncludes(
    message({ capabilities }, asking("m", { reasoningEffort: "low" })),
    '"drop_unsupported"'
  )
})

Deno.test("of very many parts that cannot be honoured some are told, and how many others there are", () => {
  const capabilities = everything.filter((one) => one !== "vision")
  const images = Array.from({ length: 5000 }, () => image)
  const given = admit(deployment({ capabilities }), saying(user(...images)))
  const { message } = whyNot(given instanceof GatewayError ? given : noError)
  assertStringIncludes(message, "messages.0.content.19 and 4980 more: leave it out")
})

Deno.test("a model that makes vectors answers nobody, whatever is asked and left out", () => {
  for (const dropUnsupported of [false, true]) {
    const spec = { capabilities: ["embeddings"] } as const
    assertEquals(fate(spec, asking("m", { tools }, dropUnsupported)), { refused: ["model"] })
  }
  assertEquals(fate({ capabilities: ["conversation", "embeddings"] }, asking("m")), { dropped: [] })
})

Deno.test("a last message of the assistant is refused where the model is known to refuse it", () => {
  const begun = saying(user(text), assistant())
  assertEquals(fate({ prefill: false }, begun), { refused: ["messages.1"] })
  assertEquals(fate({ prefill: false }, { ...begun, dropUnsupported: true }), {
    refused: ["messages.1"]
  })
  assertEquals(fate({}, begun), { dropped: [] })
  assertEquals(fate({ prefill: true }, begun), { dropped: [] })
  assertEquals(fate({ prefill: false }, saying(assistant(), user(text))), { dropped: [] })
})

Deno.test("what a model refuses together with such a message is refused only there", () => {
  const spec = { prefill: true, refusedWithPrefill: ["response_format", "seed"] } as const
  const parameters = { responseFormat: schema, seed: 1 }
  assertEquals(fate(spec, asking("m", parameters)), { dropped: [] })
  assertEquals(fate(spec, { ...saying(user(text), assistant()), parameters }), {
    refused: ["parameters.response_format", "parameters.seed"]
  })
  const plain = { ...parameters, responseFormat: { type: "text" } } as const
  const begun = { ...saying(user(text), assistant()), parameters: plain, dropUnsupported: true }
  assertEquals(fate(spec, begun), { dropped: ["parameters.seed"] })
})

Deno.test("each part is told once, though model and capabilities both refuse it", () => {
  const spec = {
    capabilities: ["conversation"],
    unsupportedParameters: ["tools", "reasoning_effort", "stop"]
  } as const
  assertEquals(fate(spec, asking("m", { tools, reasoningEffort: "low", stop: ["x"] })), {
    refused: ["parameters.tools", "parameters.reasoning_effort", "parameters.stop"]
  })
})

Deno.test("what the model refuses and what the dialect has no words for are left out, and told", () => {
  const spec = { unsupportedParameters: ["temperature"] } as const
  const request = asking("m", { temperature: 1, seed: 1, n: 2, maxTokens: 5 }, true)
  assertEquals(fate(spec, request, anthropic), {
    dropped: ["parameters.seed", "parameters.n", "parameters.temperature"]
  })
  const given = admitted(spec, request, anthropic)
  assertEquals(given.request.parameters, { seed: 1, n: 2, maxTokens: 5 })
})

Deno.test("an image that a dialect has no words for is refused, also where the rest may be left out", () => {
  const odd = { ...image, url: "data:image/tiff;base64,AAAA" }
  for (const dropUnsupported of [false, true]) {
    const request = { ...saying({ role: "user", content: [text, odd] }), dropUnsupported }
    assertEquals(fate({}, request, anthropic), { refused: ["messages.0.content.1"] })
  }
})

Deno.test("tools come before thoughts, with a model that has no more than one of them at a time", () => {
  const spec = {
    refusedWhileReasoning: ["tools", "temperature"],
    defaultReasoningEffort: "medium"
  } as const
  assertEquals(fate(spec, asking("m", { tools })), { refused: ["parameters.tools"] })
  assertEquals(fate(spec, asking("m", { tools, reasoningEffort: "none" })), { dropped: [] })
  const given = admitted(spec, asking("m", { tools, temperature: 1 }, true))
  assertEquals(given.request.parameters, { tools, temperature: 1, reasoningEffort: "none" })
  assertEquals(given.dropped, ["parameters.reasoning_effort"])
  // Without tools, it thinks, and is not hot.
  const cold = admitted(spec, asking("m", { temperature: 1 }, true))
  assertEquals(cold.request.parameters, {})
})

Deno.test("what is honoured whole is the very request that came", () => {
  const request = asking("m", { tools, temperature: 1 }, true)
  assertStrictEquals(admitted({}, request).request, request)
})
