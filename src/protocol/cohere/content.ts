/**
 * What a piece of an answer says.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"

/** Adds `text`, if it is one, to `out`. */
export const say = (_tag: "Text" | "Reasoning", text: unknown, out: Array<Delta>): void => {
  if (typeof text === "string" && text !== "") out.push({ _tag, choice: 0, text })
}
