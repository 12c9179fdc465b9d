import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert"
import type { Message } from "../../../src/domain/Message.ts"
import {
  boundedToolCallIds,
  shortToolCallIds
} from "../../../src/protocol/openai/shortToolCallIds.ts"
import { taken, untaken } from "../../../src/protocol/openai/taken.ts"
import { request, user } from "./deltas.ts"

const messages = [user("Hi")]

Deno.test("taken() gives the same request where nothing is to be changed", () => {
  const asked = request(messages, { n: 1, stop: ["a"], temperature: 1, toolChoice: "auto" })
  assertStrictEquals(taken(asked, {}), asked)
  const quirks = {
    messageNames: false,
    mostStops: 4,
    namedToolChoice: false,
    shortToolCallIds: true,
    jsonFormats: ["json_object" as const],
    unsupported: ["n" as const, "tools" as const, "tool_choice" as const]
  }
  assertStrictEquals(taken(asked, quirks), asked)
  assertEquals(untaken(asked, quirks), [])
})

Deno.test("taken() leaves out exactly what untaken() tells", () => {
  const asked = request(messages, { n: 2, seed: 1, topK: 3, temperature: 1 })
  const quirks = { unsupported: ["n" as const, "seed" as const] }
  assertEquals(untaken(asked, quirks).map(({ path }) => path.at(-1)), ["n", "seed", "top_k"])
  const { parameters } = taken(asked, quirks)
  assertEquals(JSON.parse(JSON.stringify(parameters)), { temperature: 1 })
  assertEquals(untaken(taken(asked, quirks), quirks), [])
  // What the client wrote stays as it was.
  assertEquals(asked.parameters.n, 2)
})

const calling = (...ids: ReadonlyArray<string>): Message => ({
  role: "assistant",
  content: [],
  reasoning: [],
  toolCalls: ids.map((id) => ({ id, name: "t", arguments: "{}" }))
})

Deno.test("shortToolCallIds() makes different ids different, whatever they look like", () => {
  const ids = Array.from({ length: 5000 }, (_, at) => [`call_${at}`, `toolu_${at}_`, `ü${at}`])
    .flat()
  const [message] = shortToolCallIds([calling(...ids)])
  const short = message?.role === "assistant" ? message.toolCalls.map(({ id }) => id) : []
  for (const id of short) assert(/^[a-zA-Z0-9]{9}$/.test(id), id)
  assertEquals(new Set(short).size, ids.length)
})

Deno.test("shortToolCallIds() leaves alone what is short, and keeps a result with its call", () => {
  const own = [calling("D681PevKs")]
  assertStrictEquals(shortToolCallIds(own), own)
  const [call, result] = shortToolCallIds([
    calling("call_1", "D681PevKs"),
    { role: "tool", toolCallId: "call_1", content: [] }
  ])
  const ids = call?.role === "assistant" ? call.toolCalls.map(({ id }) => id) : []
  assertEquals(ids[1], "D681PevKs")
  assertNotEquals(ids[0], "call_1")
  assertEquals(result?.role === "tool" ? result.toolCallId : "", ids[0])
})

Deno.test("ids are cut where a provider takes no longer ones, and remain unlike, and with their results", () => {
  const long = "x".repeat(50)
  const messages: ReadonlyArray<Message> = [
    calling("call_1", `${long}a`, `${long}b`, "functions.x:0"),
    { role: "tool", toolCallId: `${long}b`, content: [] }
  ]
  const [call, result] = boundedToolCallIds(messages, 40)
  if (call?.role !== "assistant" || result?.role !== "tool") {
    throw new Error("Roles stay as they are")
  }
  const [first, second, third, fourth] = call.toolCalls.map(({ id }) => id)
  assertEquals([first, fourth], ["call_1", "functions.x:0"])
  assertEquals([second?.length, third?.length, second === third], [40, 40, false])
  assertEquals(result.toolCallId, third)
  assertStrictEquals(boundedToolCallIds(messages, 51), messages)
})
