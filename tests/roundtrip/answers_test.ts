import * as Arbitrary from "effect/Arbitrary"
import { assertEquals } from "@std/assert"
import { toMessage } from "../../src/api/anthropic/message.ts"
import { toAnswer } from "../../src/api/gemini/answer.ts"
import { toCompletion } from "../../src/api/openai/chat/whole.ts"
import { headOf } from "../../src/api/openai/Head.ts"
import type { Choice } from "../../src/domain/Answer.ts"
import {
  type DialectName,
  dialectNames,
  type Message,
  type Reasoning
} from "../../src/domain/Message.ts"
import type { Generated } from "../../src/gateway/whole.ts"
import { anthropic } from "./anthropic.ts"
import { gemini } from "./gemini.ts"
import { argumentsAsObjects, carried } from "./limits.ts"
import { openai } from "./openai.ts"
import { property } from "./property.ts"
import { argumentsText, label, oneOf, text } from "./texts.ts"

type Said = Extract<Message, { readonly role: "assistant" }>

/** What a model of one provider says: all of its thoughts are signed there, or none. */
const said: Arbitrary.Arbitrary<Said> = Arbitrary.map(
  Arbitrary.all({
    text,
    signer: oneOf([undefined, ...dialectNames]),
    thoughts: Arbitrary.array(Arbitrary.all({ label, isRedacted: oneOf([false, false, true]) }), {
      maxLength: 3
    }),
    calls: Arbitrary.array(
      Arbitrary.all({
        name: oneOf(["look", "see"]),
        text: argumentsText,
        isSigned: oneOf([true, false])
      }),
      { maxLength: 3 }
    )
  }),
  ({ text, signer, thoughts, calls }) => ({
    role: "assistant",
    content: text === "" ? [] : [{ type: "text", text }],
    reasoning: thoughts.map(({ label, isRedacted }, at): Reasoning => {
      if (signer === undefined) return { type: "text", text: label }
      const signature = { dialect: signer, value: `s1g+${at}/=` }
      // Gemini hides no thoughts.
      return isRedacted && signer !== "gemini"
        ? { type: "redacted", data: signature }
        : { type: "text", text: label, signature }
    }),
    toolCalls: calls.map(({ name, text, isSigned }, at) => ({
      id: `toolu_${at}`,
      name,
      arguments: text,
      ...(isSigned && signer === "gemini"
        ? { signature: { dialect: signer, value: `c4ll${at}` } }
        : {})
    }))
  })
)

const usage = {
  promptTokens: 1,
  completionTokens: 1,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported"
} as const

const generated = ({ content, reasoning, toolCalls }: Said): Generated => {
  const [part] = content
  const choice: Choice = {
    index: 0,
    text: part?.type === "text" ? part.text : "",
    reasoning,
    toolCalls,
    finishReason: toolCalls.length > 0 ? "tool_calls" : "stop"
  }
  return { model: "m", answer: { choices: [choice], usage }, usage, cost: undefined }
}

const hi = { role: "user", content: "Hi" }

const signerOf = ({ reasoning: [first] }: Said): DialectName | undefined =>
  first?.type === "redacted" ? first.data.dialect : first?.signature?.dialect

/** What is read where the client sends back `message`, in a body of its own. */
const last = (messages: ReadonlyArray<Message>): Message => messages[messages.length - 1]!

const asRead = (message: Message): unknown => JSON.parse(JSON.stringify(message))

const withObjects = (message: Said): Said => {
  const request = { model: "m", messages: [message], parameters: {}, dropUnsupported: false }
  return last(carried([argumentsAsObjects], request).messages) as Said
}

/** Unsigned thoughts are one text, since nothing tells where one ends. */
const withOneThought = (message: Said): Said => {
  if (signerOf(message) !== undefined || message.reasoning.length === 0) return message
  const text = message.reasoning.map((block) => block.type === "text" ? block.text : "").join("")
  return { ...message, reasoning: [{ type: "text", text }] }
}

property("what a model said comes back whole from a client of OpenAI's", said, (message) => {
  const head = headOf("chatcmpl", "req_1", 0)
  const { choices } = JSON.parse(JSON.stringify(toCompletion(head, generated(message))))
  const body = { model: "m", messages: [hi, choices[0].message] }
  const read = openai.read(JSON.stringify(body))
  assertEquals(asRead(last(read.messages)), asRead(withOneThought(message)))
})

property("what a model said comes back whole from a client of Anthropic's", said, (message) => {
  const { role, content } = JSON.parse(JSON.stringify(toMessage("req_1", generated(message))))
  const body = { model: "m", max_tokens: 1, messages: [hi, { role, content }] }
  const read = anthropic.read(JSON.stringify(body))
  assertEquals(asRead(last(read.messages)), asRead(withObjects(message)))
})

/** Halves of characters do not stand in base64. */
const wellFormed = (block: Reasoning): Reasoning =>
  block.type === "text" ? { ...block, text: block.text.toWellFormed() } : block

/**
 * Gemini's clients are shown thoughts where they ask for them. What they are not shown stands on the
 * first call, and is lost where there is none: nobody then waits for it.
 */
const fromGemini = (message: Said, isShown: boolean): Said => {
  const { reasoning, toolCalls } = message
  const signer = signerOf(message)
  if (signer === "gemini") {
    // Only its latest signature goes back to Gemini, and its calls have their own.
    const [latest] = reasoning.toReversed()
    return { ...message, reasoning: latest?.type === "text" ? [{ ...latest, text: "" }] : [] }
  }
  const isHidden = (block: Reasoning) => !isShown || block.type === "redacted"
  const hidden = toolCalls.length > 0 ? reasoning.filter(isHidden).map(wellFormed) : []
  const shown = reasoning.filter((block) => !isHidden(block))
  const seen = signer === undefined && isShown ? withOneThought(message).reasoning : shown
  return { ...message, reasoning: [...seen, ...hidden] }
}

for (const isShown of [true, false]) {
  property(
    `what a model said comes back from a client of Gemini's that is ${
      isShown ? "" : "not "
    }shown its thoughts`,
    said,
    (message) => {
      const answer = JSON.parse(JSON.stringify(toAnswer("r", generated(message), isShown)))
      const body = { contents: [{ parts: [{ text: "Hi" }] }, answer.candidates[0].content] }
      const read = gemini.read(JSON.stringify(body))
      const back = last(read.messages)
      if (back.role !== "assistant") throw new Error("The model's turn is the last")
      const isGeminis = signerOf(message) === "gemini"
      // The thoughts themselves do not go back to Gemini.
      const reasoning = isGeminis
        ? back.reasoning.filter((block) => block.type === "text" && block.signature)
          .slice(-1).map((block) => ({ ...block, text: "" }))
        : back.reasoning
      assertEquals(
        asRead({ ...back, reasoning }),
        asRead(withObjects(fromGemini(message, isShown)))
      )
    }
  )
}
