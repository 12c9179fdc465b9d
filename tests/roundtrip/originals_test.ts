import * as Arbitrary from "effect/Arbitrary"
import { assertEquals } from "@std/assert"
import type { CompletionRequest } from "../../src/domain/Completion.ts"
import { anthropic as anthropicDialect } from "../../src/protocol/anthropic/mod.ts"
import type { Call, Target } from "../../src/protocol/Dialect.ts"
import { gemini as geminiDialect } from "../../src/protocol/gemini/mod.ts"
import { anthropic } from "./anthropic.ts"
import { gemini } from "./gemini.ts"
import { dialect as openaiDialect, openai } from "./openai.ts"
import { property } from "./property.ts"
import { requests } from "./requests.ts"
import type { Spoken } from "./Spoken.ts"
import { oneOf } from "./texts.ts"

type Body = Record<string, unknown>

/** What a client's body looks like beside what is read of it. */
interface Manner {
  /** By these the keys of the body are put in another order. */
  readonly ranks: ReadonlyArray<number>
  /** Whether all objects have their keys the other way round. */
  readonly isReversed: boolean
  /** Fields that nobody knows, in the body and in each message. */
  readonly unknown: Readonly<Body>
}

const manners: Arbitrary.Arbitrary<Manner> = Arbitrary.all({
  ranks: Arbitrary.array(oneOf([0, 1, 2, 3]), { minLength: 20, maxLength: 20 }),
  isReversed: oneOf([false, true]),
  unknown: oneOf<Body>([
    {},
    { zeta: null, cache_control: { type: "ephemeral" } },
    { "10": [], service_tier: "auto", a_b: { "\ud800": "\udc00" } }
  ])
})

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, field]) => [key, reversed(field)])
  )
}

/** A client's body that says the same as `text`, in its own manner. */
const bodyOf = (text: string, messages: string, { ranks, isReversed, unknown }: Manner): Body => {
  const plain: Body = JSON.parse(text)
  const said = Array.isArray(plain[messages]) ? plain[messages] : []
  const body: Body = {
    ...plain,
    ...unknown,
    [messages]: said.map((one) => ({ ...one, ...unknown }))
  }
  const turned = isReversed ? reversed(body) : body
  if (!isObject(turned)) throw new Error("An object reversed is an object")
  return Object.fromEntries(
    Object.entries(turned).map((entry, at) => ({ entry, rank: ranks[at % ranks.length]! }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ entry }) => entry)
  )
}

/** All fields but `keys`, in their order. Google takes two spellings: the gateway settles for one. */
const without = (body: Body, keys: ReadonlyArray<string>): string =>
  JSON.stringify(
    Object.entries(body)
      .filter(([key]) => !keys.includes(key))
      .map(([key, value]) => [body.contents ? camel(key) : key, value])
  )

const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())

/** Each dialect, where its conversation stands, and which fields are the gateway's own. */
const all: ReadonlyArray<{
  readonly spoken: Spoken
  readonly encode: (request: CompletionRequest, target: Target) => Call
  readonly messages: string
  readonly own: ReadonlyArray<string>
}> = [
  {
    spoken: openai,
    encode: openaiDialect.encode,
    messages: "messages",
    own: ["model", "stream", "stream_options"]
  },
  {
    spoken: anthropic,
    encode: anthropicDialect.encode,
    messages: "messages",
    own: ["model", "stream"]
  },
  // The model stands in the path.
  { spoken: gemini, encode: geminiDialect.encode, messages: "contents", own: [] }
]

const asked = Arbitrary.all({
  request: requests,
  manner: manners,
  isStreamed: oneOf([false, true])
})

for (const { spoken, encode, messages, own } of all) {
  property(
    `what a client says in the words of ${spoken.name} goes out in its own, key by key`,
    asked,
    ({ request, manner, isStreamed: stream }) => {
      const body = bodyOf(spoken.write(request), messages, manner)
      const read = spoken.read(JSON.stringify(body))
      const call = encode(read, { model: "another", stream })
      const sent: Body = JSON.parse(JSON.stringify(call.body))
      assertEquals(without(sent, own), without(body, own))
      if (own.includes("model")) assertEquals(sent.model, "another")
      if (own.includes("stream")) assertEquals(sent.stream ?? false, stream)
    }
  )
}

property(
  "what the gateway changes of it goes out changed, and nothing else",
  asked,
  ({ request, manner }) => {
    for (const { spoken, encode, messages, own } of all) {
      const body = bodyOf(spoken.write(request), messages, manner)
      const read = spoken.read(JSON.stringify(body))
      const changed = { ...read, parameters: { ...read.parameters, maxTokens: 77 } }
      const call = encode(changed, { model: "another", stream: false })
      const sent: Body = JSON.parse(JSON.stringify(call.body))
      const fields = [...own, "max_tokens", "generationConfig"]
      assertEquals(without(sent, fields), without(body, fields))
      const config = isObject(sent.generationConfig) ? sent.generationConfig : {}
      assertEquals(sent.max_tokens ?? config.maxOutputTokens, 77)
      const { maxOutputTokens: _, ...rest } = config
      const before = isObject(body.generationConfig) ? body.generationConfig : {}
      const { maxOutputTokens: __, ...restBefore } = before
      assertEquals(JSON.stringify(rest), JSON.stringify(restBefore))
    }
  }
)
