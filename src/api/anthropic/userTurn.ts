/**
 * What a user's turn says: words, images, and the results of tools.
 *
 * @module
 */
import type { Json, JsonObject } from "../../domain/Completion.ts"
import type { Message, Part } from "../../domain/Message.ts"
import type { Path } from "../Fields.ts"
import { array, boolean, object, string } from "../json.ts"
import { anthropicOnly, type Findings, found, wrong } from "./Findings.ts"
import { readImage } from "./image.ts"

/** The messages of a turn whose `content` stands at `path`: results first, in their order. */
export const readUserTurn = (
  content: Json | undefined,
  path: Path,
  findings: Findings
): ReadonlyArray<Message> => {
  const results: Array<Message> = []
  const parts = readParts(content, path, findings, (block, at) => {
    if (block.type !== "tool_result") return false
    const result = readResult(block, at, findings)
    if (result) results.push(result)
    return true
  })
  return parts.length === 0 && results.length > 0
    ? results
    : [...results, found(findings, path.slice(0, -1), { role: "user", content: parts })]
}

const readResult = (block: JsonObject, path: Path, findings: Findings): Message | undefined => {
  const toolCallId = string(block.tool_use_id)
  if (!toolCallId) {
    wrong(findings, [...path, "tool_use_id"], "Expected the id of the tool call")
    return undefined
  }
  const content = block.content === undefined || block.content === null
    ? []
    : readParts(block.content, [...path, "content"], findings, () => false)
  const result: Message = { role: "tool", toolCallId, content }
  return found(findings, path, boolean(block.is_error) ? { ...result, isError: true } : result)
}

/** Texts and images; `take` is shown what is neither first, and says whether it was something. */
export const readParts = (
  content: Json | undefined,
  path: Path,
  findings: Findings,
  take: (block: JsonObject, path: Path) => boolean
): Array<Part> => {
  const whole = string(content)
  if (whole !== undefined) return whole === "" ? [] : [{ type: "text", text: whole }]
  const blocks = array(content)
  if (blocks === undefined) {
    wrong(findings, path, "Expected a text or an array of blocks")
    return []
  }
  return blocks.flatMap((value, index): ReadonlyArray<Part> => {
    const at = [...path, index]
    const block = object(value)
    const type = string(block?.type)
    if (block === undefined || type === undefined) {
      wrong(findings, at, "Expected a block with a type")
      return []
    }
    if (type === "text") {
      const text = string(block.text)
      if (text === undefined) wrong(findings, [...at, "text"], "Expected a text")
      return text ? [found(findings, at, { type: "text", text })] : []
    }
    if (type === "image") {
      const image = readImage(block, at, findings)
      return image ? [found(findings, at, image)] : []
    }
    if (!take(block, at)) anthropicOnly(findings, at, "A block", type)
    return []
  })
}
