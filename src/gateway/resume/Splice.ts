/**
 * Joins the continuation of an answer to what was already delivered of it, so that nothing is
 * delivered twice.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { commonLength, horizon, openingOf, overlap } from "./overlap.ts"
import type { How } from "./plan.ts"

/**
 * `diverged`: the continuation began the answer anew, and became another one than was delivered.
 * Nothing of it was given out, and nothing will be.
 */
export type Joined = "ok" | "diverged"

/** One seam. */
export interface Splice {
  /** Takes a delta of the continuation, and adds what is to be delivered to `out`. */
  readonly feed: (delta: Delta, out: Array<Delta>) => Joined
  /** The continuation is over: adds what was held back to `out`. */
  readonly finish: (out: Array<Delta>) => Joined
}

/**
 * A seam after `delivered`. At most 400 UTF-16 units are held back, and only while they may be a
 * repetition. Reasoning is dropped: the answer has begun.
 */
export const make = (how: How, delivered: string): Splice => {
  const before = delivered.trim()
  const end = before.slice(-horizon)
  const opening = openingOf(before)
  /** White space at the end, which the model was not shown or may repeat. */
  const gap = delivered.slice(delivered.trimEnd().length)
  /** How much of it came again. */
  let inGap = 0
  let phase: "holding" | "following" | "passing" | "diverged" = before === ""
    ? "passing"
    : "holding"
  let held = ""
  /** How far the beginning was followed, where the answer began anew. */
  let followed = 0

  const pass = (text: string): string => {
    phase = "passing"
    let from = 0
    while (inGap < gap.length && from < text.length && text[from] === gap[inGap]) {
      from++
      inGap++
    }
    if (from < text.length) inGap = gap.length
    return text.slice(from)
  }

  const diverge = (): string => {
    phase = "diverged"
    return ""
  }

  const follow = (text: string): string => {
    phase = "following"
    const known = text.slice(0, before.length - followed)
    if (!before.startsWith(known, followed)) return diverge()
    followed += known.length
    return followed < before.length ? "" : pass(text.slice(known.length))
  }

  const mayRepeat = (text: string): boolean =>
    opening !== undefined && before.startsWith(text) ||
    how === "instruction" && end.includes(text)

  /** Decides by what is held; `isAll` where no more will come. */
  const decide = (isAll: boolean): string => {
    const raw = held
    held = ""
    const text = raw.trimStart()
    const same = commonLength(text, before)
    const isAnew = opening !== undefined && same >= opening
    if (isAnew && (same === before.length || same === text.length && !isAll)) return follow(text)
    // A model that goes on from a prefill repeats nothing but all of it.
    const touching = gap === "" && raw === text
    const repeated = how === "instruction" ? overlap(before, text, touching) : 0
    if (repeated > 0) return pass(text.slice(repeated))
    return isAnew ? diverge() : pass(raw)
  }

  const take = (text: string): string => {
    switch (phase) {
      case "holding": {
        const room = horizon - held.length
        held += text.slice(0, room)
        if (held.length < horizon && mayRepeat(held.trimStart())) return ""
        return decide(false) + take(text.slice(room))
      }
      case "following":
        return follow(text)
      case "passing":
        return pass(text)
      case "diverged":
        return ""
    }
  }

  const give = (text: string, out: Array<Delta>): Joined => {
    if (phase === "diverged") return "diverged"
    if (text !== "") out.push({ _tag: "Text", choice: 0, text })
    return "ok"
  }

  const finish = (out: Array<Delta>): Joined => {
    if (phase === "holding") return give(decide(true), out)
    return give(phase === "following" ? diverge() : "", out)
  }

  return {
    feed: (delta, out) => {
      switch (delta._tag) {
        case "Text":
          return give(take(delta.text), out)
        case "Reasoning":
        case "ReasoningSignature":
        case "ReasoningRedacted":
        // They are of tokens that are told, or not told, in other pieces.
        case "Logprobs":
          return give("", out)
        case "Usage":
          out.push(delta)
          return give("", out)
        case "Refusal":
        case "ToolCallStart":
        case "ToolCallArguments":
        case "Foreign":
        case "Finish":
          if (finish(out) === "diverged") return "diverged"
          out.push(delta)
          return "ok"
      }
    },
    finish
  }
}
