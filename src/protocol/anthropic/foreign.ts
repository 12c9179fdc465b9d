/**
 * Parts of an answer that only Anthropic's clients understand.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { besides, passable } from "../foreign.ts"
import type { Fields } from "../json.ts"

/**
 * Adds such a part to `out`. `block` is a block that is over, with the `deltas` that came to it;
 * `delta` is more of the text block that is open, such as a citation; `begins` is what the next
 * block begins with beside what is read of it.
 */
export const addForeign = (
  part: { readonly block: Fields; readonly deltas?: ReadonlyArray<Fields> } | {
    readonly delta: Fields
  } | { readonly begins: Fields },
  out: Array<Delta>
): void => {
  const passed = passable(part)
  if (passed) out.push({ _tag: "Foreign", choice: 0, dialect: "anthropic", part: passed })
}

/**
 * Adds how a block begins, where it says more than is read of it, or `isAnother`: what follows
 * would else be taken for more of the block before.
 */
export const addBeginning = (
  type: keyof typeof known,
  block: Fields,
  isAnother: boolean,
  out: Array<Delta>
): void => {
  const others = besides(block, known[type])
  if (others || isAnother) addForeign({ begins: { type, ...others } }, out)
}

/** What is read of a block's beginning. */
const known = {
  text: new Set(["type", "text"]),
  tool_use: new Set(["type", "id", "name", "input"])
}

/** Whether a change to a text block is one that has no words of ours, such as a citation. */
export const isForeignToText = (type: unknown): boolean =>
  typeof type === "string" && !readElsewhere.has(type)

/** Those of other blocks say nothing to a text. */
const readElsewhere = new Set([
  "text_delta",
  "input_json_delta",
  "thinking_delta",
  "signature_delta"
])
