/**
 * What a call has written so far, kept so that its tokens can be counted at any time.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import { addAll, none, tokensOf } from "./ruleOfThumb.ts"

/** What a call has written so far: text, reasoning, and tool calls by name and arguments. */
export interface Written {
  /** Adds what `delta` shows, if anything. */
  readonly add: (delta: Delta) => void
  /** Whether nothing was shown. */
  readonly isEmpty: () => boolean
  /** Tokens by a rule of thumb: cheap enough to ask every second, and from 1 once there is anything. */
  readonly roughTokens: () => number
  /** The texts, each choice's text, reasoning and tool calls apart. */
  readonly texts: () => ReadonlyArray<string>
  /** Tokens, by a rule of thumb, of what came after `texts` had their fill. */
  readonly tokensBeyond: () => number
}

/** One of the texts. */
interface Strand {
  /** In pieces, all but the last part. */
  readonly pieces: Array<string>
  /** The last part; adding to it copies nothing. */
  open: string
  /** How much of `open` is in the amount already. */
  seen: number
}

/** Where a delta's text goes, within its choice. */
const kinds = { text: 0, reasoning: 1, tools: 2 }
/** Units of text after which the open part becomes a piece: many small strings take a lot of memory. */
const pieceLength = 4096

/**
 * Nothing yet. `capacity` is how much text is kept in all, in UTF-16 units (default: 1 Mi); what
 * comes after is only counted, by a rule of thumb.
 */
export const make = (capacity = 1 << 20): Written => {
  const strands = new Map<number, Strand>()
  const amount = none()
  const beyond = none()
  let room = capacity
  let empty = true

  const strandOf = (key: number): Strand => {
    const known = strands.get(key)
    if (known) return known
    const strand = { pieces: [], open: "", seen: 0 }
    strands.set(key, strand)
    return strand
  }

  const append = (choice: number, kind: number, text: string): void => {
    const kept = text.length <= room ? text : text.slice(0, room)
    if (kept.length < text.length) addAll(beyond, text, kept.length)
    if (kept === "") return
    room -= kept.length
    const strand = strandOf(choice * 3 + kind)
    strand.open += kept
    if (strand.open.length < pieceLength) return
    look(strand)
    strand.pieces.push(strand.open)
    strand.open = ""
    strand.seen = 0
  }

  /** Adds what is new of `strand` to the amount. Reading the open part also makes one string of it. */
  const look = (strand: Strand): void => {
    if (strand.seen === strand.open.length) return
    addAll(amount, strand.open, strand.seen)
    strand.seen = strand.open.length
  }

  return {
    add: (delta) => {
      switch (delta._tag) {
        case "Text":
        case "Refusal":
          empty = false
          return append(delta.choice, kinds.text, delta.text)
        case "Reasoning":
          empty = false
          return append(delta.choice, kinds.reasoning, delta.text)
        case "ToolCallStart":
          empty = false
          return append(delta.choice, kinds.tools, delta.name)
        case "ToolCallArguments":
          empty = false
          return append(delta.choice, kinds.tools, delta.fragment)
        // What nobody can read has no text to count, but it was written.
        case "ReasoningSignature":
        case "ReasoningRedacted":
        case "Foreign":
          empty = false
      }
    },
    isEmpty: () => empty,
    roughTokens: () => {
      strands.forEach(look)
      const { narrow, wide } = amount
      const tokens = tokensOf({ narrow: narrow + beyond.narrow, wide: wide + beyond.wide })
      return empty ? 0 : Math.max(1, tokens)
    },
    texts: () => Array.from(strands.values(), ({ pieces, open }) => pieces.join("") + open),
    tokensBeyond: () => tokensOf(beyond)
  }
}
