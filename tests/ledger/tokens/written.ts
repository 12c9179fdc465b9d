/**
 * Deltas and what they add up to.
 *
 * @module
 */
import type { Delta } from "../../../src/domain/Delta.ts"
import { make, type Written } from "../../../src/ledger/tokens/Written.ts"

/** A text of the answer. */
export const text = (text: string, choice = 0): Delta => ({ _tag: "Text", choice, text })

/** A text of the reasoning. */
export const reasoning = (text: string, choice = 0): Delta => ({ _tag: "Reasoning", choice, text })

/** A tool call begins. */
export const call = (name: string, choice = 0): Delta => ({
  _tag: "ToolCallStart",
  choice,
  index: 0,
  id: "id",
  name
})

/** More of its arguments. */
export const args = (fragment: string, choice = 0): Delta => ({
  _tag: "ToolCallArguments",
  choice,
  index: 0,
  fragment
})

/** What `deltas` add up to. */
export const writtenOf = (deltas: ReadonlyArray<Delta>, capacity?: number): Written => {
  const written = make(capacity)
  for (const delta of deltas) written.add(delta)
  return written
}
