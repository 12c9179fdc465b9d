/**
 * The conversation, as Anthropic's clients tell it.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import { type Message, textOf } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { array, object } from "../json.ts"
import { readAssistantTurn } from "./assistantTurn.ts"
import { anthropicOnly, type Findings, found, wrong } from "./Findings.ts"
import { readParts, readUserTurn } from "./userTurn.ts"

/** What the system is told, and then everybody's turns. */
export const readMessages = (body: JsonObject, findings: Findings): ReadonlyArray<Message> => {
  const turns = array(body.messages)
  if (turns === undefined || turns.length === 0) {
    wrong(findings, ["messages"], "Expected at least one message")
    return []
  }
  const { system } = body
  return [
    ...(system === undefined || system === null ? [] : readSystem(system, ["system"], findings)),
    ...turns.flatMap((turn, at) => readTurn(turn, ["messages", at], findings))
  ]
}

const readTurn = (turn: Json, path: Path, findings: Findings): ReadonlyArray<Message> => {
  const message = object(turn)
  const at = [...path, "content"]
  switch (message?.role) {
    case "user":
      return readUserTurn(message.content, at, findings)
    case "assistant":
      return [readAssistantTurn(message.content, at, findings)]
    case "system":
      return readSystem(message.content, at, findings)
    default:
      wrong(findings, [...path, "role"], 'Expected "user" or "assistant"')
      return []
  }
}

/**
 * One text: many servers take no more than one message of the system, and that as a plain text. Claude
 * Code puts a line there that is meant for Anthropic's accounts and is another in each request: nobody
 * else could keep the prompt in a cache behind it.
 */
const readSystem = (
  content: Json | undefined,
  path: Path,
  findings: Findings
): ReadonlyArray<Message> => {
  const parts = readParts(content, path, findings, () => false)
  if (parts.some(({ type }) => type === "image")) {
    anthropicOnly(findings, path, "An image that the system is shown")
  }
  const text = parts
    .map((part) => textOf([part]).replace(accounting, ""))
    .filter((text) => text !== "")
    .join("\n\n")
  return text === ""
    ? []
    : [found(findings, path, { role: "system", content: [{ type: "text", text }] })]
}

const accounting = /^x-anthropic-billing-header:[^\n]*\n*/
