/**
 * What the model said earlier, with what it needs to take up its thoughts again.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import type { Message, Reasoning, Signature, ToolCall } from "../../domain/Message.ts"
import { generation } from "./thinking.ts"
import { toArguments } from "./toolArguments.ts"
import { givenId } from "./toolCallId.ts"

type AssistantMessage = Extract<Message, { readonly role: "assistant" }>

/** The parts of a turn of `model` that said `said`. Thoughts themselves do not go back. */
export const modelParts = (
  { reasoning, toolCalls }: AssistantMessage,
  said: ReadonlyArray<JsonObject>,
  model: string
): ReadonlyArray<JsonObject> => [
  ...signed(said, signatureOf(reasoning)),
  ...callParts(toolCalls, model)
]

const callParts = (calls: ReadonlyArray<ToolCall>, model: string): ReadonlyArray<JsonObject> => {
  const signatures = calls.map(({ signature }) => valueOf(signature))
  const foreign = signatures.every((value) => value === undefined) && !takesUnsigned(model)
  return calls.map((call, index) => ({
    functionCall: { id: givenId(call.id), name: call.name, args: toArguments(call.arguments) },
    thoughtSignature: foreign && index === 0 ? foreignSignature : signatures[index]
  }))
}

/**
 * From generation 3 on, the first call of a turn must be signed or the request is refused. This
 * stands for the signature of a call that another provider's model made, as after a failover.
 */
const foreignSignature = "skip_thought_signature_validator"

const takesUnsigned = (model: string): boolean => (generation(model) ?? 3) < 3

/** The signature belongs to the last text; where there is none, to an empty one. */
const signed = (
  parts: ReadonlyArray<JsonObject>,
  thoughtSignature: string | undefined
): ReadonlyArray<JsonObject> => {
  if (thoughtSignature === undefined) return parts
  const last = parts.findLastIndex(({ text }) => text !== undefined)
  return last < 0
    ? [...parts, { text: "", thoughtSignature }]
    : parts.map((part, index) => index === last ? { ...part, thoughtSignature } : part)
}

/** The latest that is Gemini's own. */
const signatureOf = (reasoning: ReadonlyArray<Reasoning>): string | undefined => {
  let latest: string | undefined
  for (const block of reasoning) {
    if (block.type === "text") latest = valueOf(block.signature) ?? latest
  }
  return latest
}

const valueOf = (signature: Signature | undefined): string | undefined =>
  signature?.dialect === "gemini" ? signature.value : undefined
