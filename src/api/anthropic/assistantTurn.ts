/**
 * What a model said earlier: its words, its thoughts, and the tools that it called.
 *
 * @module
 */
import type { Json } from "../../domain/Completion.ts"
import type { Message, Reasoning, Signature, ToolCall } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { object, string } from "../json.ts"
import { type Findings, found, wrong } from "./Findings.ts"
import * as Signatures from "./signature.ts"
import { readParts } from "./userTurn.ts"

/** The message of a turn whose `content` stands at `path`. */
export const readAssistantTurn = (
  content: Json | undefined,
  path: Path,
  findings: Findings
): Message => {
  const reasoning: Array<Reasoning> = []
  const toolCalls: Array<ToolCall> = []
  /** Of the tool call that comes next. */
  let signature: Signature | undefined
  const parts = readParts(content, path, findings, (block, at) => {
    switch (block.type) {
      case "thinking": {
        const text = string(block.thinking) ?? ""
        const signature = Signatures.read(string(block.signature))
        if (text !== "" || signature) reasoning.push({ type: "text", text, signature })
        return true
      }
      case "redacted_thinking": {
        const data = string(block.data)
        const ofCall = data && Signatures.readOfCall(data)
        const redacted = Signatures.read(data)
        if (ofCall) signature = ofCall
        else if (redacted) reasoning.push({ type: "redacted", data: redacted })
        return true
      }
      case "tool_use": {
        const id = string(block.id)
        const name = string(block.name)
        if (!id) wrong(findings, [...at, "id"], "Expected the id of the tool call")
        if (!name) wrong(findings, [...at, "name"], "Expected the name of a tool")
        if (block.input !== undefined && object(block.input) === undefined) {
          wrong(findings, [...at, "input"], "Expected an object")
        }
        if (id && name) {
          toolCalls.push({ id, name, arguments: JSON.stringify(block.input ?? {}), signature })
        }
        signature = undefined
        return true
      }
      default:
        return false
    }
  })
  return found(findings, path.slice(0, -1), {
    role: "assistant",
    content: parts,
    reasoning,
    toolCalls
  })
}
